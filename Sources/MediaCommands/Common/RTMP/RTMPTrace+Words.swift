internal import MediaRTMP

extension RTMPTrace {
  /// A message in a line: which way it goes, and what it is.
  var words: String {
    let text = text.isEmpty ? "" : ": \(text)"
    return "\(isOutgoing ? "->" : "<-") \(header.typeID), "
      + "\(header.payloadByteCount) bytes, timestamp \(header.timestamp), "
      + "stream \(header.messageStreamID)\(text)"
  }
}
