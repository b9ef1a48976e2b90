/// A message as it may be shown: nothing in it is secret.
public struct RTMPTrace: Hashable, Sendable {
  /// Whether we sent it.
  public var isOutgoing: Bool
  /// All but the payload.
  public var header: RTMPMessage.Header
  /// What a command or a message of the protocol's own says, without secrets; empty for media.
  public var text = ""

  init(_ header: RTMPMessage.Header, isOutgoing: Bool) {
    (self.header, self.isOutgoing) = (header, isOutgoing)
  }
}

extension RTMPControl {
  /// The fields in a few words.
  var text: String {
    switch self {
    case .setChunkSize(let value), .abort(let value), .acknowledgement(let value),
      .windowAcknowledgementSize(let value):
      "\(value)"
    case .setPeerBandwidth(let window, let limit): "\(window), limit type \(limit.rawValue)"
    case .userControl(let control): control.text
    }
  }
}

extension RTMPUserControl {
  /// The name of the event as the specification has it, and its data.
  var text: String {
    switch self {
    case .streamBegin(let id): "Stream Begin \(id)"
    case .streamEOF(let id): "Stream EOF \(id)"
    case .streamDry(let id): "StreamDry \(id)"
    case .setBufferLength(let id, let milliseconds): "SetBuffer Length \(id), \(milliseconds) ms"
    case .streamIsRecorded(let id): "StreamIs Recorded \(id)"
    case .pingRequest(let time): "PingRequest \(time)"
    case .pingResponse(let time): "PingResponse \(time)"
    case .bufferEmpty(let id): "Buffer Empty \(id)"
    case .bufferReady(let id): "Buffer Ready \(id)"
    case .other(let event, let data): "event \(event), \(data.count) bytes of data"
    }
  }
}
