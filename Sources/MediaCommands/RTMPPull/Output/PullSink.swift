internal import MediaFLV
internal import MediaModel

/// Where what is pulled goes.
protocol PullSink: AnyObject {
  /// Takes a message as it comes, and what its body is.
  func write(_ message: PullMessage, _ record: FLVTagRecord, _ inspector: FLVInspector) throws
  /// Hands on what is written so far.
  func flush() throws
  /// Completes the output; nothing is left of one without frames.
  ///
  /// - Throws: `Failure` where there is nothing that it can hold.
  func finish(_ inspector: FLVInspector) throws
  /// Leaves nothing behind that is not of use already.
  func abandon()
  /// What a user should know about what is not in the output; each once, forgotten by this.
  func takeNotes() -> [String]
}
