import Foundation
import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

/// Files of other projects, where they lie beside the checkout.
private let corpus: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../shared/corpus").standardizedFileURL
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

/// A turn in 256 steps.
private let sines = (0..<256).map { sin(Double($0) * .pi / 128) }

/// Pictures like those of a camera: soft shapes with edges and a fine texture, in two frames.
private func pictures(_ layout: PictureLayout, frames: Int, seed: String) -> [UInt8] {
  var random = Seeded.of(seed)
  let waves = (0..<4).map { _ in
    (
      x: Double.random(in: -9...9, using: &random), y: Double.random(in: -9...9, using: &random),
      phase: Double.random(in: 0...6, using: &random)
    )
  }
  let edge = Double.random(in: 0.3...0.7, using: &random)
  let format = layout.format
  let rows = ComponentRows(layout)
  var bytes: [UInt8] = []
  for frame in 0..<frames {
    var picture = [UInt8](repeating: 0, count: layout.byteCount)
    for component in format.components.indices {
      let count = format.sampleCount(component: component, width: layout.width)
      let rowCount = format.rowCount(component: component, height: layout.height)
      let isColor = format.isChroma(component)
      let peak = Double(1 << format.components[component].depth - 1)
      for row in 0..<rowCount {
        let y = Double(row) / Double(rowCount)
        let samples = (0..<count).map { column -> UInt16 in
          let x = Double(column) / Double(count) + Double(frame) * 0.01
          var value = x > edge + y / 5 ? 0.12 : -0.1
          for (number, wave) in waves.enumerated() where isColor == (number > 1) || !isColor {
            let own = format.model == .rgb || isColor ? Double(component) * 0.9 : 0
            let angle = (wave.x * x + wave.y * y + wave.phase + own) * 128 / .pi
            value += 0.07 * sines[Int(angle) & 255]
          }
          let noise = Double.random(in: -0.012...0.012, using: &random)
          value = 0.45 + value * (isColor ? 0.5 : 1) + noise
          return UInt16(max(0, min(1, value)) * peak)
        }
        picture.withUnsafeMutableBytes { picture in
          samples.withUnsafeBufferPointer {
            rows.write($0, component: component, row: row, of: picture)
          }
        }
      }
    }
    bytes += picture
  }
  return bytes
}

private func guesses(
  _ bytes: [UInt8], byteCount: Int64? = nil, name: String = "x.raw", limit: Int = 10,
  known: (width: Int?, height: Int?, format: PixelFormat?) = (nil, nil, nil)
) -> [LayoutGuess] {
  bytes.withUnsafeBytes {
    LayoutGuess.guesses(
      sample: $0, byteCount: byteCount ?? Int64(bytes.count), name: PictureFileName(name),
      known: known, limit: limit)
  }
}

extension LayoutGuess {
  fileprivate var text: String { "\(format.name) \(width)x\(height)" }
}

@Suite("Pictures: guessing the layout of raw files")
struct LayoutGuessTests {
  /// Each takes a good part of a second where nothing is optimized.
  static let forms = [
    ("yuv420p", 176, 144), ("nv12", 123, 91), ("yuyv422", 122, 91), ("p010le", 123, 91),
    ("gray", 200, 116),
  ]

  @Test("Format and size come first of a camera's pictures, at usual sizes and odd ones")
  func synthetic() throws {
    var misses: [String] = []
    for (name, width, height) in Self.forms {
      let layout = try PictureLayout(
        #require(PixelFormat(named: name)), width: width, height: height)
      let found = guesses(pictures(layout, frames: 2, seed: "\(name) \(width)"))
      #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
      #expect(found.allSatisfy { (0...1).contains($0.rowCorrelation) && !$0.evidence.isEmpty })
      let text = "\(name) \(width)x\(height)"
      if found.first?.text == text {
        #expect(found.first?.frames == 2 && found.first?.remainder == 0)
      } else {
        misses.append("\(text): \(found.prefix(3).map(\.text))")
      }
    }
    #expect(misses.isEmpty)
  }

  @Test("What is known is kept, and what cannot be told is said")
  func known() throws {
    let format = try #require(PixelFormat(named: "nv21"))
    let layout = try PictureLayout(format, width: 160, height: 120)
    let bytes = pictures(layout, frames: 2, seed: "known")
    let open = guesses(bytes)
    #expect(open.first?.text == "nv12 160x120")
    #expect(open.first?.evidence.contains { $0.contains("nv21 would look the same") } == true)
    #expect(open.prefix(3).contains { $0.text == "nv21 160x120" })
    #expect(guesses(bytes, name: "clip_nv21.yuv").first?.text == "nv21 160x120")
    let fixed = guesses(bytes, known: (160, nil, format))
    #expect(fixed.first?.text == "nv21 160x120")
    #expect(fixed.allSatisfy { $0.width == 160 && $0.format == format })
    #expect(guesses(bytes, limit: 3).count == 3)
    #expect(guesses(bytes) == open, "the same bytes, the same guesses")
  }

  @Test("A short last frame and a pipe are no hindrance")
  func partial() throws {
    let format = try #require(PixelFormat(named: "yuv420p"))
    let layout = try PictureLayout(format, width: 176, height: 144)
    let bytes = Array(pictures(layout, frames: 2, seed: "partial").dropLast(3000))
    let found = try #require(guesses(bytes).first)
    #expect(found.text == "yuv420p 176x144" && found.frames == 1)
    #expect(found.remainder == Int64(layout.byteCount - 3000))
    let pipe = bytes.withUnsafeBytes {
      LayoutGuess.guesses(
        sample: $0, byteCount: nil, name: PictureFileName("-"), known: (nil, nil, nil))
    }
    #expect(pipe.first?.text == "yuv420p 176x144")
  }

  @Test("Bytes of any number, alike or noise, have some guesses or none")
  func anything() {
    var random = Seeded.of("guess anything")
    for count in [0, 1, 2, 3, 7, 100, 4000] {
      for bytes in [random.bytes(count), [UInt8](repeating: 128, count: count)] {
        for guess in guesses(bytes) + guesses(bytes, name: "x_9x7_yuv420p9le.yuv") {
          #expect(guess.frames > 0 && (0...1).contains(guess.score))
          #expect((0...1).contains(guess.rowCorrelation))
        }
      }
    }
    #expect(guesses([]).isEmpty)
    #expect(guesses([1, 2, 3], known: (65_535, 65_535, nil)).isEmpty)
    #expect(guesses([1, 2, 3], known: (-1, 0, nil)).isEmpty)
  }

  @Test(
    "Files of others, without their names",
    .enabled(if: corpus != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
  func others() throws {
    for (path, form) in [
      ("synthetic/yuv420p_175x143_2f.yuv", "yuv420p 175x143"),
      ("synthetic/nv12_175x143_2f.yuv", "nv12 175x143"),
      ("synthetic/yuv422p_33x17_2f.yuv", "yuv422p 33x17"),
      ("openh264/CiscoVT2people_160x96_6fps.yuv", "yuv420p 160x96"),
      ("openh264/Static_152_100.yuv", "yuv420p 152x100"),
    ] {
      let file = try #require(corpus).appendingPathComponent(path)
      let bytes = [UInt8](try Data(contentsOf: file))
      let found = guesses(Array(bytes.prefix(1 << 20)), byteCount: Int64(bytes.count))
      // Of a test card with chroma as sharp as luma the right one is the second.
      let rank = path.contains("Static") ? 2 : 1
      #expect(
        found.prefix(rank).contains { $0.text == form },
        "\(path): \(found.prefix(4).map(\.text))")
    }
  }
}
