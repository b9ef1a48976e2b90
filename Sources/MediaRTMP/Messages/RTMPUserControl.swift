import MediaBytes

/// An event in a User Control message (Adobe RTMP 1.0 §7.1.7).
public enum RTMPUserControl: Hashable, Sendable {
  /// Event 0: the message stream can be used.
  case streamBegin(UInt32)
  /// Event 1: playback of the message stream has ended.
  case streamEOF(UInt32)
  /// Event 2: nothing more for a while.
  case streamDry(UInt32)
  /// Event 3: the client buffers so many milliseconds.
  case setBufferLength(stream: UInt32, milliseconds: UInt32)
  /// Event 4: the stream is a recording.
  case streamIsRecorded(UInt32)
  /// Event 6: answer with the same number, the server's time in milliseconds.
  case pingRequest(UInt32)
  /// Event 7: the number of the request.
  case pingResponse(UInt32)
  /// Event 31, in no specification: a recorded stream has been sent as far as the client buffers.
  case bufferEmpty(UInt32)
  /// Event 32, in no specification: sending goes on.
  case bufferReady(UInt32)
  /// Any other, with its data.
  case other(UInt16, [UInt8])

  /// Reads the event type and its data; an unknown event has all the rest as data.
  init(parsing reader: inout ByteReader) throws(ParseError) {
    let event = try reader.u16("Event Type")
    if event == 3 {
      let stream = try reader.u32("stream ID")
      self = .setBufferLength(stream: stream, milliseconds: try reader.u32("buffer length"))
      return
    }
    guard let make = Self.ofOneNumber(event) else {
      self = .other(event, [UInt8](copying: reader.takeRest()))
      return
    }
    self = make(try reader.u32("Event Data"))
  }

  private static func ofOneNumber(_ event: UInt16) -> ((UInt32) -> Self)? {
    switch event {
    case 0: Self.streamBegin
    case 1: Self.streamEOF
    case 2: Self.streamDry
    case 4: Self.streamIsRecorded
    case 6: Self.pingRequest
    case 7: Self.pingResponse
    case 31: Self.bufferEmpty
    case 32: Self.bufferReady
    default: nil
    }
  }

  /// How many bytes the event that begins so must have.
  static func leastByteCount(_ payload: [UInt8]) -> Int {
    guard payload.count >= 2 else { return 2 }
    return payload[0] == 0 && payload[1] == 3 ? 10 : 6
  }

  /// Writes the event type and its data.
  func write(to writer: inout ByteWriter) {
    switch self {
    case .streamBegin(let value): Self.write(0, value, to: &writer)
    case .streamEOF(let value): Self.write(1, value, to: &writer)
    case .streamDry(let value): Self.write(2, value, to: &writer)
    case .setBufferLength(let stream, let milliseconds):
      Self.write(3, stream, to: &writer)
      writer.integer(milliseconds)
    case .streamIsRecorded(let value): Self.write(4, value, to: &writer)
    case .pingRequest(let value): Self.write(6, value, to: &writer)
    case .pingResponse(let value): Self.write(7, value, to: &writer)
    case .bufferEmpty(let value): Self.write(31, value, to: &writer)
    case .bufferReady(let value): Self.write(32, value, to: &writer)
    case .other(let event, let data):
      writer.integer(event)
      writer.append(data)
    }
  }

  private static func write(_ event: UInt16, _ value: UInt32, to writer: inout ByteWriter) {
    writer.integer(event)
    writer.integer(value)
  }
}
