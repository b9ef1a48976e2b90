import MediaRaw
import TestSupport
import Testing

private struct Case: Sendable, CustomStringConvertible {
  var format: SampleFormat
  var bytes: String
  /// In the lane: integers shifted up to fill it.
  var integers: [Int32] = []
  var floats: [Double] = []
  var description: String { format.rawValue }
}

private let cases = [
  Case(format: .u8, bytes: "00 80 ff 81", integers: [-32768, 0, 32512, 256]),
  Case(format: .s8, bytes: "80 00 7f ff", integers: [-32768, 0, 32512, -256]),
  Case(format: .s16le, bytes: "0080 0000 ff7f 3412", integers: [-32768, 0, 32767, 0x1234]),
  Case(format: .s16be, bytes: "8000 0000 7fff 1234", integers: [-32768, 0, 32767, 0x1234]),
  Case(
    format: .s24le, bytes: "000080 000000 ffff7f 563412",
    integers: [.min, 0, 0x7fff_ff00, 0x1234_5600]),
  Case(
    format: .s24be, bytes: "800000 ffffff 7fffff 123456",
    integers: [.min, -256, 0x7fff_ff00, 0x1234_5600]),
  Case(
    format: .s24in32le, bytes: "000080ff 000000aa ffff7f00 56341299",
    integers: [.min, 0, 0x7fff_ff00, 0x1234_5600]),
  Case(
    format: .s24in32be, bytes: "ff800000 aaffffff 007fffff 99123456",
    integers: [.min, -256, 0x7fff_ff00, 0x1234_5600]),
  Case(
    format: .s32le, bytes: "00000080 ffffffff ffffff7f 78563412",
    integers: [.min, -1, .max, 0x1234_5678]),
  Case(
    format: .s32be, bytes: "80000000 ffffffff 7fffffff 12345678",
    integers: [.min, -1, .max, 0x1234_5678]),
  Case(
    format: .f32le, bytes: "0000803f 00000040 000000bf 00000000", floats: [1, 2, -0.5, 0]),
  Case(
    format: .f32be, bytes: "3f800000 40000000 bf000000 00000000", floats: [1, 2, -0.5, 0]),
  Case(
    format: .f64le, bytes: "000000000000f03f 000000000000e0bf 9a9999999999b93f",
    floats: [1, -0.5, 0.1]),
  Case(
    format: .f64be, bytes: "3ff0000000000000 bfe0000000000000 3fb999999999999a",
    floats: [1, -0.5, 0.1]),
  // G.711 tables 1 and 2, shifted up from 13 and 14 bits.
  Case(format: .alaw, bytes: "d5 55 aa 2a 80 c5", integers: [8, -8, 32256, -32256, 5504, 264]),
  Case(format: .mulaw, bytes: "ff 7f 80 00 fe f0", integers: [0, 0, 32124, -32124, 8, 120]),
]

@Suite("Decoding samples")
struct SampleDecoderTests {
  @Test("Every form of sample has its values", arguments: cases)
  private func values(_ c: Case) throws {
    let bytes = hex(c.bytes)
    let format = try #require(
      PCMFormat(sampleFormat: c.format, sampleRate: 48_000, channelCount: 1))
    let scale = c.format.lane == .int16 ? 0x1p-15 : 0x1p-31
    let expected = c.integers.isEmpty ? c.floats : c.integers.map { Double($0) * scale }
    #expect(decode(bytes, format) == [expected])
  }

  @Test("Channels and padding are told apart", arguments: SampleFormat.allCases)
  func channels(_ sampleFormat: SampleFormat) throws {
    var random = Seeded.of("channels of \(sampleFormat)")
    let width = sampleFormat.byteCount
    for (channels, padding) in [(1, 0), (1, 3), (2, 0), (2, 1), (3, 0), (6, 2), (64, 0)] {
      var format = try #require(
        PCMFormat(sampleFormat: sampleFormat, sampleRate: 8000, channelCount: channels))
      format.blockAlign += padding
      let frames = 100
      let bytes = random.bytes(frames * format.blockAlign + (format.blockAlign > 1 ? 1 : 0))
      let planes = decode(bytes, format)
      let mono = try #require(
        PCMFormat(sampleFormat: sampleFormat, sampleRate: 8000, channelCount: 1))
      for channel in 0..<channels {
        let own = (0..<frames).flatMap { frame in
          bytes[(frame * format.blockAlign + channel * width)...].prefix(width)
        }
        let alone = try #require(decode(own, mono).first)
        // Bit by bit, since some are no numbers.
        #expect(planes[channel].map(\.bitPattern) == alone.map(\.bitPattern))
      }
    }
  }

  @Test("Float planes are the exact ones at full scale 1, behind the last of the history")
  func history() throws {
    for sampleFormat in [SampleFormat.s16le, .s32le, .f32le, .f64le] {
      let format = try #require(
        PCMFormat(sampleFormat: sampleFormat, sampleRate: 8000, channelCount: 2))
      var random = Seeded.of("history")
      let samples = (0..<400).map { _ in Double(Int16.random(in: .min ... .max, using: &random)) }
      let bytes = samples.flatMap { encode($0 / 32768, sampleFormat) }
      let planes = SamplePlanes(lane: sampleFormat.lane, channelCount: 2, capacity: 90)
      let decoder = SampleDecoder(format)
      let zeros = Array(repeating: Float(0), count: SamplePlanes.history)
      let whole = (0..<2).map { c in
        zeros + stride(from: c, to: 400, by: 2).map { Float(samples[$0] / 32768) }
      }
      var done = 0
      // Blocks shorter than the history too.
      for count in [5, 1, 0, 90, 20, 84] {
        let part = Array(bytes[done * format.blockAlign..<(done + count) * format.blockAlign])
        part.withUnsafeBytes { decoder.decode($0, into: planes) }
        #expect(planes.frameCount == count)
        for channel in 0..<2 {
          #expect(
            Array(planes.floats(channel))
              == Array(whole[channel].dropFirst(SamplePlanes.history + done).prefix(count)))
          #expect(
            Array(planes.floatsWithHistory(channel))
              == Array(whole[channel].dropFirst(done).prefix(SamplePlanes.history + count)))
        }
        done += count
      }
      #expect(done == 200)
    }
  }

  @Test("Float planes are left alone where nobody looks at them")
  func noFloats() throws {
    let format = try #require(
      PCMFormat(sampleFormat: .s16le, sampleRate: 8000, channelCount: 1))
    let planes = SamplePlanes(lane: .int16, channelCount: 1, capacity: 2)
    hex("0040 00c0").withUnsafeBytes {
      SampleDecoder(format).decode($0, into: planes, fillsFloats: false)
    }
    #expect(Array(planes.int16s(0)) == [0x4000, -0x4000])
    #expect(Array(planes.floats(0)) == [0, 0])
  }

  @Test("The largest and smallest codes honor the bits that carry sound")
  func codeRanges() throws {
    func range(_ format: SampleFormat, _ bits: Int? = nil) throws -> ClosedRange<Int32>? {
      var pcm = try #require(PCMFormat(sampleFormat: format, sampleRate: 8000, channelCount: 1))
      pcm.validBits = bits ?? pcm.validBits
      return SampleDecoder(pcm).codeRange
    }
    #expect(try range(.u8) == -32768...32512)
    #expect(try range(.s16be) == -32768...32767)
    #expect(try range(.s16le, 12) == -32768...32752)
    #expect(try range(.s24le) == .min...0x7fff_ff00)
    #expect(try range(.s24in32be) == .min...0x7fff_ff00)
    #expect(try range(.s32le, 20) == .min...0x7fff_f000)
    #expect(try range(.s32le) == .min ... .max)
    #expect(try range(.alaw) == -32256...32256)
    #expect(try range(.mulaw) == -32124...32124)
    #expect(try range(.f32le) == nil && range(.f64be) == nil)
  }

  private func encode(_ value: Double, _ format: SampleFormat) -> [UInt8] {
    switch format {
    case .s16le: le(Int(value * 32768), 2)
    case .s32le: le(Int(value * 0x1p31), 4)
    case .f32le: le(Int(Float(value).bitPattern), 4)
    default: le(Int(truncatingIfNeeded: value.bitPattern), 8)
    }
  }
}
