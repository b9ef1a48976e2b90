public import MediaBytes

/// What begins an rtpdump file: a line of text and 16 bytes, big-endian (rtptools `rtpdump.h`).
public struct RTPDumpHeader: Hashable, Sendable {
  /// The longest first line that is read.
  public static let maxLineByteCount = 256
  /// The size of a record's header.
  static let recordByteCount = 8

  /// Where the packets went, of the line of text; `0.0.0.0:0` where it says nothing of use.
  public var destination: Endpoint
  /// Where they came from, or with rtptools itself the destination once more.
  public var source: Endpoint
  /// When the recording began, nanoseconds since 1970; times of packets are counted from it.
  public var start: Int64

  /// Makes a header; of times, microseconds are written.
  public init(source: Endpoint, destination: Endpoint, start: Int64) {
    self.source = source
    self.destination = destination
    self.start = start
  }

  /// Reads the line and the header behind it.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let begin = reader.offset
    var ahead = reader
    for expected in Self.signature where try ahead.u8("#!rtpplay1.0") != expected {
      throw ParseError(.unsupported(0), "#!rtpplay1.0", at: begin)
    }
    var line: [UInt8] = []
    while true {
      let byte = try ahead.u8("address/port")
      if byte == 0x0a { break }
      line.append(byte)
      guard line.count < Self.maxLineByteCount else {
        let limit = Self.maxLineByteCount
        throw ParseError(
          .overLimit(UInt64(line.count + 1), limit: limit), "address/port", at: begin)
      }
    }
    destination = Self.endpoint(String(decoding: line, as: UTF8.self))
    start = Int64(try ahead.u32("start seconds")) * 1_000_000_000
    start += Int64(try ahead.u32("start microseconds")) * 1000
    let address = IPAddress(ipv4: try ahead.u32("source"))
    source = Endpoint(address: address, port: try ahead.u16("port"))
    try ahead.skip(2, "padding")
    reader = ahead
  }

  /// Writes the line and the header behind it; a time outside 1970...2106 is our own bug.
  public func write(to writer: inout ByteWriter) {
    let (seconds, rest) = start.quotientAndRemainder(dividingBy: 1_000_000_000)
    guard let seconds = UInt32(exactly: seconds), rest >= 0 else {
      preconditionFailure("a start that does not fit")
    }
    writer.append(Self.signature)
    writer.append(Array(" \(destination.address)/\(destination.port)\n".utf8))
    writer.integer(seconds)
    writer.integer(UInt32(rest / 1000))
    writer.integer(source.address.ipv4 ?? 0)
    writer.integer(source.port)
    writer.fill(2)
  }

  private static let signature = Array("#!rtpplay1.0".utf8)

  private static func endpoint(_ text: String) -> Endpoint {
    let words = text.drop { $0 == " " }.split(separator: "/", maxSplits: 1)
    let address = words.first.flatMap { IPAddress(String($0)) } ?? IPAddress(ipv4: 0)
    let port = words.count > 1 ? UInt16(words[1].prefix { $0.isNumber }) : nil
    return Endpoint(address: address, port: port ?? 0)
  }
}
