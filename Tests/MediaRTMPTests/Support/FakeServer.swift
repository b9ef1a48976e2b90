import MediaFLV
import MediaRTMP

/// A server that answers as nginx-rtmp does, except where its quirk says otherwise.
struct FakeServer: Sendable {
  /// A command of the client's.
  struct Call: Sendable {
    var command: RTMPCommand
    var streamID: UInt32
    var name: RTMPCommandName { command.name }
    var id: Double { command.transactionID }
  }

  /// What the server does.
  enum Reply: Sendable {
    case command(RTMPCommand, on: UInt32 = 0, chunkStream: UInt32 = 3)
    case message(RTMPMessageType, [UInt8], on: UInt32 = 0, chunkStream: UInt32 = 2, at: UInt32 = 0)
    /// Bytes as they are, behind what the chunk writer wrote.
    case bytes([UInt8])
    case close

    static func status(
      _ code: String, _ words: String = "words", level: String = "status", on streamID: UInt32 = 1
    ) -> Reply {
      let status = RTMPStatus(level: level, code: code, description: words)
      return .command(RTMPCommand(.onStatus, [.null, status.value]), on: streamID, chunkStream: 5)
    }
    static func result(_ id: Double, _ values: AMFValue...) -> Reply {
      .command(RTMPCommand(.result, transactionID: id, values))
    }
    static func error(_ id: Double, _ code: String, _ words: String) -> Reply {
      let status = RTMPStatus(level: "error", code: code, description: words)
      return .command(RTMPCommand(.error, transactionID: id, [.null, status.value]))
    }
    static func connected(_ id: Double) -> Reply {
      .result(
        id, .object(AMFObject([AMFProperty("fmsVer", .string("FMS/3,0,1,123"))])),
        RTMPStatus(code: "NetConnection.Connect.Success").value)
    }
  }

  /// What it answers; nil for what nginx-rtmp would.
  typealias Quirk = @Sendable (Call) -> [Reply]?

  var quirk: Quirk
  /// The answer to C0 and C1.
  var handshake: @Sendable (_ c1: [UInt8]) -> [UInt8] = { c1 in
    [3] + [UInt8](repeating: 0, count: 1536) + c1
  }
  /// What it does with a message that is no command.
  var onMessage: @Sendable (RTMPMessage) -> [Reply] = { _ in [] }

  private(set) var received: [RTMPMessage] = []
  private(set) var isClosed = false
  private var inbox: [UInt8] = []
  private var stage = 0
  private var reader = RTMPChunkReader()
  private var writer = RTMPChunkWriter()

  init(_ quirk: @escaping Quirk = { _ in nil }) { self.quirk = quirk }

  /// The commands that came.
  var commands: [RTMPCommand] {
    received.filter { $0.typeID == .command }.compactMap {
      try? RTMPCommand(parsing: $0.payload, isAMF3: false)
    }
  }

  /// Takes the client's bytes; the answers.
  mutating func receive(_ bytes: [UInt8]) throws -> [UInt8] {
    inbox += bytes
    var output: [UInt8] = []
    if stage == 0, inbox.count >= 1537 {
      output += handshake(Array(inbox[1..<1537]))
      inbox.removeFirst(1537)
      stage = 1
    }
    if stage == 1, inbox.count >= 1536 {
      inbox.removeFirst(1536)
      stage = 2
    }
    guard stage == 2 else { return output }
    reader.append(inbox)
    inbox = []
    while let message = try reader.next() {
      received.append(message)
      for reply in try replies(to: message) { write(reply, to: &output) }
    }
    return output
  }

  private func replies(to message: RTMPMessage) throws -> [Reply] {
    guard message.typeID == .command else { return onMessage(message) }
    let command = try RTMPCommand(parsing: message.payload, isAMF3: false)
    let call = Call(command: command, streamID: message.messageStreamID)
    return quirk(call) ?? Self.plain(call)
  }

  private mutating func write(_ reply: Reply, to output: inout [UInt8]) {
    guard !isClosed else { return }
    switch reply {
    case .command(let command, let streamID, let chunkStreamID):
      let type = command.isAMF3 ? RTMPMessageType.commandAMF3 : .command
      write(
        .message(type, command.payload, on: streamID, chunkStream: chunkStreamID), to: &output)
    case .message(let type, let payload, let streamID, let chunkStreamID, let timestamp):
      writer.append(
        RTMPMessage(
          chunkStreamID: chunkStreamID, timestamp: timestamp, typeID: type,
          messageStreamID: streamID, payload: payload), to: &output)
    case .bytes(let bytes): output += bytes
    case .close: isClosed = true
    }
  }

  /// What nginx-rtmp does.
  static func plain(_ call: Call) -> [Reply] {
    switch call.name {
    case .connect:
      return [
        .message(.windowAcknowledgementSize, bytes32(5_000_000)),
        .message(.setPeerBandwidth, bytes32(5_000_000) + [2]),
        .message(.setChunkSize, bytes32(4096)), .connected(call.id),
      ]
    case .createStream: return [.result(call.id, .null, .number(1))]
    case .publish: return [.status("NetStream.Publish.Start")]
    case .play:
      return [
        .message(.userControl, [0, 0] + bytes32(1)), .status("NetStream.Play.Start"),
      ] + media(on: 1) + [.status("NetStream.Play.UnpublishNotify")]
    case .deleteStream: return [.status("NetStream.Unpublish.Success")]
    default: return []
    }
  }

  /// A little of everything that is played.
  static func media(on streamID: UInt32) -> [Reply] {
    let metadata = AMFEncoder.amf0(.string("onMetaData")) + AMFEncoder.amf0(.null)
    return [
      .message(.data, metadata, on: streamID, chunkStream: 5),
      .message(.video, [0x17, 0, 0, 0, 0, 1, 2, 3], on: streamID, chunkStream: 6),
      .message(.audio, [0xaf, 0, 0x12, 0x10], on: streamID, chunkStream: 4),
      .message(
        .video, [0x17, 1] + [UInt8](repeating: 7, count: 300), on: streamID,
        chunkStream: 6, at: 40),
      .message(.audio, [0xaf, 1, 5, 6], on: streamID, chunkStream: 4, at: 0x0100_0000),
    ]
  }
}

func bytes32(_ value: UInt32) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}
