import Foundation
import Testing

@testable import MediaSignal
import TestSupport

@Suite("Spectrogram")
struct SpectrogramTests {
  /// The spectrogram of planes that are cut after so many frames each.
  static func spectrogram(
    _ planes: [[Float]], _ plan: SpectrogramPlan, cuts: [Int] = [], settling: Int = .max,
    block: Int = 480
  ) -> Spectrogram {
    let tables = SpectrogramTables(plan)
    var meter = SpectrogramMeter(tables, channelCount: planes.count)
    let count = planes[0].count
    let bounds = [0] + cuts + [count]
    for (start, end) in zip(bounds, bounds.dropFirst()) {
      var chunk = SpectrogramChunkMeter(
        tables, channelCount: planes.count, firstFrame: Int64(start))
      take(planes, max(0, start - min(settling, start))..<start, block, into: &chunk)
      var position = start
      while position < end {
        let next = min(end, position + block)
        take(planes, position..<next, block, into: &chunk)
        chunk.advance(next - position)
        position = next
      }
      meter.append(chunk.finish())
    }
    return meter.spectrogram(frameCount: Int64(count))
  }

  private static func take(
    _ planes: [[Float]], _ range: Range<Int>, _ block: Int,
    into chunk: inout SpectrogramChunkMeter
  ) {
    for start in stride(from: range.lowerBound, to: range.upperBound, by: block) {
      for (channel, plane) in planes.enumerated() {
        Array(plane[start..<min(range.upperBound, start + block)])
          .withUnsafeBufferPointer { chunk.take($0, of: channel) }
      }
    }
  }

  static func sine(_ frequency: Double, _ count: Int, amplitude: Double = 1) -> [Float] {
    (0..<count).map { Float(amplitude * sin(2 * Double.pi * frequency * Double($0))) }
  }

  @Test("A sine of full scale is 0 dB in its bin, and little elsewhere", arguments: [64, 2048])
  func sine(size: Int) throws {
    let bin = size / 8
    let wave = Self.sine(Double(bin) / Double(size), 20 * size)
    let result = Self.spectrogram([wave], SpectrogramPlan(transformSize: size, maxColumns: 16))
    let column = try #require(result.channels.first?.dropFirst(2).first)
    #expect(column.count == size / 2 + 1)
    #expect(abs(column[bin]) < 0.01)
    #expect(abs(column[bin + 1] + 6.02) < 0.02)
    #expect(column[bin + 4] < -100 && column[bin - 4] < -100)
  }

  @Test("Between two bins a sine loses 1.42 dB, and half the amplitude is 6.02 dB less")
  func scalloping() {
    let wave = Self.sine(100.5 / 1024, 8192, amplitude: 0.5)
    let result = Self.spectrogram([wave], SpectrogramPlan(transformSize: 1024, maxColumns: 8))
    #expect(abs(result.channels[0][4][100] + 6.02 + 1.42) < 0.02)
    #expect(abs(result.channels[0][4][101] + 6.02 + 1.42) < 0.02)
  }

  @Test("A constant of full scale is 0 dB at 0 Hz, silence the floor")
  func constants() {
    let planes = [[Float](repeating: 1, count: 8192), [Float](repeating: 0, count: 8192)]
    let result = Self.spectrogram(planes, SpectrogramPlan(transformSize: 512, maxColumns: 20))
    #expect(abs(result.channels[0][10][0]) < 0.01)
    #expect(result.channels[1].allSatisfy { $0.allSatisfy { $0 == -160 } })
  }

  @Test("Any cut gives the same columns", arguments: [64, 256, 2048])
  func seams(size: Int) {
    var random = Seeded.of("SpectrogramTests.seams")
    for count in [1, size / 3, size, 30 * size + 17] {
      let planes = (0..<2).map { _ in FourierTransformTests.noise(count, &random) }
      let plan = SpectrogramPlan(transformSize: size, maxColumns: 24)
      let whole = Self.spectrogram(planes, plan)
      for _ in 0..<4 {
        let cuts = (0..<Int.random(in: 0...5, using: &random))
          .map { _ in Int.random(in: 0...count, using: &random) }.sorted()
        let cut = Self.spectrogram(
          planes, plan, cuts: cuts, settling: size, block: .random(in: 1...700, using: &random))
        #expect(cut.channels == whole.channels, "\(count) frames cut at \(cuts)")
        #expect(cut.columnFrames == whole.columnFrames)
      }
    }
  }

  @Test("Columns cover the sound and never pass their limit")
  func columns() {
    for count in [1, 10, 300, 1023, 1024, 5000, 70_000, 200_001] {
      for limit in [2, 7, 40] {
        let plan = SpectrogramPlan(transformSize: 256, maxColumns: limit)
        let result = Self.spectrogram([Self.sine(0.1, count)], plan)
        let columns = result.channels[0].count
        #expect(columns <= limit)
        #expect(columns * result.columnFrames >= count)
        #expect((columns - 1) * result.columnFrames < count)
      }
    }
  }

  @Test("A tone stands where it sounds, however long the sound")
  func place() throws {
    for count in [4000, 64_000, 512_000] {
      var wave = [Float](repeating: 0, count: count)
      for index in count / 2..<count * 3 / 4 { wave[index] = index % 8 < 4 ? 0.5 : -0.5 }
      let plan = SpectrogramPlan(transformSize: 256, maxColumns: 64)
      let result = Self.spectrogram([wave], plan)
      let loud = result.channels[0].indices.filter { result.channels[0][$0][32] > -20 }
      let first = try #require(loud.first) * result.columnFrames
      let end = (try #require(loud.last) + 1) * result.columnFrames
      let give = max(128, result.columnFrames)
      #expect(abs(first - count / 2) <= give && abs(end - count * 3 / 4) <= give, "\(count)")
    }
  }

  @Test("Sound shorter than a transform is seen all the same")
  func short() {
    let plan = SpectrogramPlan(transformSize: 4096, maxColumns: 800)
    let result = Self.spectrogram([Self.sine(0.25, 1000)], plan)
    #expect(result.channels[0].count == 4)
    for column in result.channels[0] {
      let peak = column.indices.max { column[$0] < column[$1] }
      #expect(peak == 1024)
    }
  }

  @Test("Less settling than a transform reads is silence before")
  func settling() {
    let wave = Self.sine(0.25, 40_000)
    let plan = SpectrogramPlan(transformSize: 16384, maxColumns: 40)
    let whole = Self.spectrogram([wave], plan)
    let cut = Self.spectrogram([wave], plan, cuts: [20_000], settling: 1000)
    #expect(cut.channels[0].count == whole.channels[0].count)
    let bin = 4096
    let losses = zip(whole.channels[0], cut.channels[0]).map { $0[bin] - $1[bin] }
    #expect(losses.contains { $0 > 3 })
    #expect(losses.allSatisfy { $0 > -1 })
  }

  @Test("What is not a number is silence, what is infinite is finite")
  func invalid() {
    var wave = Self.sine(0.25, 4000)
    wave[1000] = .nan
    wave[2000] = .infinity
    let plan = SpectrogramPlan(transformSize: 256, maxColumns: 40)
    let result = Self.spectrogram([wave], plan)
    #expect(result.channels[0].allSatisfy { $0.allSatisfy(\.isFinite) })
    let clean = Self.spectrogram([Self.sine(0.25, 4000)], plan)
    #expect(result.channels[0][0] == clean.channels[0][0])
  }
}
