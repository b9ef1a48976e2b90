import MediaBytes
import TestSupport
import Testing

/// A pcapng file of several interfaces.
private struct Interfaces {
  private var writer = ByteWriter()
  var bytes: [UInt8] { writer.bytes }

  init() {
    add(0x0a0d_0d0a) {
      $0.append([0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0] + [UInt8](repeating: 255, count: 8))
    }
  }

  private mutating func add(_ type: UInt32, _ write: (inout ByteWriter) -> Void) {
    var body = ByteWriter()
    write(&body)
    body.fill(-body.bytes.count & 3)
    writer.integer(type)
    writer.integer(UInt32(body.bytes.count + 12))
    writer.append(body.bytes)
    writer.integer(UInt32(body.bytes.count + 12))
  }

  /// `offset` is `if_tsoffset`.
  mutating func add(link: UInt16, offset: Int64 = 0) {
    add(1) {
      $0.integer(link)
      $0.fill(6)
      $0.append([0, 14, 0, 8])
      $0.integer(offset)
    }
  }

  mutating func add(_ frame: [UInt8], on interface: UInt32, at microseconds: UInt32) {
    add(6) {
      $0.integer(interface)
      $0.integer(0 as UInt32)
      $0.integer(microseconds)
      $0.integer(UInt32(frame.count))
      $0.integer(UInt32(frame.count))
      $0.append(frame)
    }
  }

  /// Adds a packet behind headers of IPv4 and UDP.
  mutating func add(_ packet: TestPacket, on interface: UInt32) {
    let bytes = packet.bytes
    var frame = ByteWriter()
    frame.append([0x45, 0])
    frame.integer(UInt16(28 + bytes.count))
    frame.append([0, 0, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0x9c, 0x40, 0x13, 0x8c])
    frame.integer(UInt16(8 + bytes.count))
    frame.integer(0 as UInt16)
    frame.append(bytes)
    add(frame.bytes, on: interface, at: UInt32(packet.time / 1000))
  }
}

/// Captures of several interfaces at once.
@Suite struct RTPUnpackInterfaceTests {
  private static let raw: UInt16 = 101
  private static let usb: UInt16 = 220

  /// The clocks of both are as far apart as a file can say.
  @Test func timesThatCannotBeAreNone() throws {
    let scratch = try ScratchFolder()
    var file = Interfaces()
    file.add(link: Self.raw, offset: 9_223_372_035)
    file.add(link: Self.raw, offset: -9_223_372_036)
    for (index, packet) in RTPCaptures.sound(4).enumerated() {
      file.add(packet, on: UInt32(index % 2))
    }
    let path = try scratch.write(file.bytes, to: "a.pcapng")
    let document = try rtpDocument("--map", "96=L16/8000", "--check", path)
    #expect(document["streams"]?[0]?["packets"]?.integer == 4)
    #expect(document["streams"]?[0]?["jitter_ms"]?.isNull == true)
  }

  @Test func otherLinksArePassedOver() throws {
    let scratch = try ScratchFolder()
    var file = Interfaces()
    file.add(link: Self.usb)
    file.add(link: Self.raw)
    for packet in RTPCaptures.sound(20) {
      file.add([1, 2, 3, 4], on: 0, at: UInt32(packet.time / 1000))
      file.add(packet, on: 1)
    }
    let path = try scratch.write(file.bytes, to: "a.pcapng")
    let document = try rtpDocument("--map", "96=L16/8000", "--check", path)
    #expect(document["streams"]?[0]?["packets"]?.integer == 20)
    let findings = document.list("findings")
    #expect(findings.compactMap { $0["code"]?.string } == ["I34016"], "\(findings)")
    #expect(findings.first?["message"]?.string == "20 records of link type 220")
  }

  @Test func aCaptureOfOtherLinksAloneIsRefused() throws {
    let scratch = try ScratchFolder()
    var file = Interfaces()
    file.add(link: Self.usb)
    file.add([1, 2, 3, 4], on: 0, at: 1)
    let path = try scratch.write(file.bytes, to: "a.pcapng")
    let outcome = try Mediatool.run(["rtp-unpack", "--json", path])
    #expect(outcome.ending == .exit(65) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(outcome.errors.contains("link type 220 is not supported"), "\(outcome)")
  }
}
