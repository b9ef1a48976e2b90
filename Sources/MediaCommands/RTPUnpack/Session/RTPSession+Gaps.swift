internal import MediaCapture
internal import MediaModel
internal import MediaRTP

/// Where packets, frames and time are missing.
extension RTPSession {
  // MARK: Frames

  /// Says where a source begins or ends inside a frame, as captures cut out of a stream do.
  func tellEdges(_ source: RTPSource) {
    for payload in source.payloads {
      let edges = payload.edges
      if edges.isBegunInside, let first = edges.first {
        findings.add(
          .rtpPartialFrame, "the beginning of the first frame is missing", packet: first.packet,
          time: seconds(first.time), source: source.number)
      }
      if edges.isEndedInside, let last = edges.last {
        findings.add(
          .rtpPartialFrame, "the end of the last frame is missing", packet: last.packet,
          time: seconds(last.time), source: source.number)
      }
    }
  }
}
