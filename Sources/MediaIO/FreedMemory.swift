import CSystem

/// What becomes of memory that is no longer used.
public enum FreedMemory {
  /// Keeps up to `byteCount` bytes of it for what is needed next, instead of giving them back to the
  /// kernel at once.
  ///
  /// Queues that fill and drain many times a second would make it clear the same pages each time.
  public static func keep(_ byteCount: Int32) { csystem_keep_freed_memory(byteCount) }
}
