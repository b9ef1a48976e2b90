import MediaBytes
import MediaCapture
import TestSupport
import Testing

/// Captures of every format to be damaged.
private let samples: [[UInt8]] = {
  var blocks = Blocks(order: .big)
  blocks.section()
  blocks.interface(.ethernet, options: blocks.option(9, [9]))
  blocks.packet(Packet.ethernet(0x0800, Packet.ipv4(17, Packet.udp4([1, 2, 3]))), 1)
  blocks.add(4, [1, 2, 3, 4])
  blocks.packet(Packet.ethernet(0x86dd, Packet.ipv6(17, Packet.udp6([1, 2, 3]))), 2)
  let segments = [10, 12, 14, 13, 20].map {
    Packet.ipv4(6, Packet.tcp([1, 2], sequence: UInt32($0)))
  }
  let fragments = [0..<16, 16..<24].map {
    Packet.ipv4(
      17, Array(Packet.udp4([UInt8](0..<16))[$0]), id: 1,
      fragment: UInt16($0.lowerBound / 8) | ($0.lowerBound == 0 ? 0x2000 : 0))
  }
  return [
    blocks.bytes, Packet.pcap(segments + fragments), RTPDumpTests.file,
    Packet.pcap([Packet.ethernet(0x0800, segments[0], tags: [0x8100])], .ethernet, order: .big),
  ]
}()

struct DamageTests {
  /// Whatever the bytes are: no trap, an error inside the input, the same for every cut.
  @Test func mutations() throws {
    var random = Seeded.of("mutations")
    for _ in 0..<3000 {
      guard var bytes = samples.randomElement(using: &random) else { return }
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 4))
        default: bytes.insert(contentsOf: bytes.prefix(place).suffix(8), at: place)
        }
      }
      let whole = read(bytes)
      let block = Int.random(in: 1...200, using: &random)
      #expect(read(bytes, block: block) == whole)
      #expect(read(bytes, block: block, isStream: true) == whole)
      if let error = whole.error { #expect((0...bytes.count).contains(error.offset)) }
      var end = 0
      for record in whole.records {
        #expect(record.offset >= end && record.data.upperBound <= bytes.count)
        end = record.data.upperBound
      }
    }
  }

  @Test func everyPrefixOfEverySample() {
    for bytes in samples {
      let whole = read(bytes)
      for count in 0..<bytes.count {
        let part = read(Array(bytes.prefix(count)))
        #expect(part.records == Array(whole.records.prefix(part.records.count)))
        #expect(part.packets == Array(whole.packets.prefix(part.packets.count)))
        #expect(read(Array(bytes.prefix(count)), block: 1, isStream: true) == part)
      }
    }
  }

  /// As a pipe: the end unknown until the last byte has come, the bytes behind `retained` gone.
  @Test func aStreamByteByByte() throws {
    for bytes in samples {
      var reader = CaptureReader()
      var records: [CaptureRecord] = []
      var (start, count) = (0, 0)
      reading: while true {
        let end = count == bytes.count ? count : nil
        let view = bytes.span.bytes.extracting(start..<count)
        switch try reader.step(view, at: start, end: end) {
        case .needs(let range):
          #expect(range.lowerBound >= reader.retained && end == nil)
          start = min(reader.retained, count)
          count += 1
        case .record(let record): records.append(record)
        case .end: break reading
        }
      }
      #expect(records == read(bytes).records)
    }
  }
}
