import CSystem

/// The machine's processors.
public enum Processors {
  /// How many this process may run on, at least 1; `taskset` and containers may allow fewer than
  /// there are.
  public static var availableCount: Int { max(1, Int(csystem_processor_count())) }
}
