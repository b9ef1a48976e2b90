import MediaFLV
public import MediaModel

// The end that we choose.

extension RTMPClient {
  /// Ends publishing or playing.
  ///
  /// A publisher takes leave and waits for `NetStream.Unpublish.Success`, or for the server to
  /// close, until `finishTimeout`; without any of them the end is the same. Called again, it begins
  /// that wait anew, for who knows that the server has not even received all yet.
  public mutating func finish(at now: Nanoseconds) {
    switch phase {
    case .finished: return
    case .finishing: deadline = now + options.finishTimeout
    case .handshake, .connect, .createStream:
      enter(.finished, at: now)
    case .start, .running:
      let id = AMFValue.number(Double(streamID ?? 0))
      guard options.purpose.isPublishing else {
        session.send(RTMPCommand(.deleteStream, transactionID: 0, [.null, id]))
        return enter(.finished, at: now)
      }
      call(.fcUnpublish, [.null, .string(AMFString(options.url.streamKey))])
      call(.deleteStream, [.null, id])
      enter(.finishing, at: now)
    }
  }
}
