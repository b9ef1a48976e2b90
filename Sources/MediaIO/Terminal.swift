import CSystem
import Glibc

/// What stands behind a standard stream.
public enum Terminal {
  /// Whether `descriptor` is a terminal.
  public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Columns of the terminal behind `descriptor`; nil if it is none or does not say.
  public static func width(_ descriptor: Int32) -> Int? {
    let columns = csystem_terminal_columns(descriptor)
    return columns > 0 ? Int(columns) : nil
  }
}
