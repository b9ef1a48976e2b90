import Foundation
import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

private func layout(_ format: String, _ width: Int, _ height: Int) throws -> PictureLayout {
  try PictureLayout(try #require(PixelFormat(named: format)), width: width, height: height)
}

private func measure(
  _ bytes: [UInt8], _ layout: PictureLayout, _ range: ColorRange
) -> [PlaneMeasurement] {
  let form = PictureForm(layout, PictureColor(matrix: .bt709, range: range))
  return bytes.withUnsafeBytes { PlaneMeasurement.measure($0, form) }
}

private func compare(
  _ first: [UInt8], _ second: [UInt8], _ layout: PictureLayout
) -> [PlaneDifference] {
  first.withUnsafeBytes { first in
    second.withUnsafeBytes { PlaneDifference.compare(first, with: $0, layout) }
  }
}

/// SSIM by its definition, window by window.
private func plainSSIM(_ a: [Int], _ b: [Int], width: Int, height: Int, peak: Double) -> Double {
  let (w, h) = (min(8, width), min(8, height))
  let count = Double(w * h)
  var values: [Double] = []
  for y in stride(from: 0, through: height - h, by: 4) {
    for x in stride(from: 0, through: width - w, by: 4) {
      let places = (0..<w * h).map { (y + $0 / w) * width + x + $0 % w }
      let (first, second) = (places.map { Double(a[$0]) }, places.map { Double(b[$0]) })
      let means = (first.reduce(0, +) / count, second.reduce(0, +) / count)
      let last = max(count - 1, 1)
      let variance = zip(first, second).reduce(0) {
        $0 + ($1.0 - means.0) * ($1.0 - means.0) + ($1.1 - means.1) * ($1.1 - means.1)
      }
      let covariance = zip(first, second).reduce(0) {
        $0 + ($1.0 - means.0) * ($1.1 - means.1)
      }
      // FFmpeg's constants: the first is a 64th of the paper's.
      let c1 = 0.0001 * peak * peak / count
      let c2 = 0.0009 * peak * peak
      values.append(
        (2 * means.0 * means.1 + c1) * (2 * covariance / last + c2)
          / ((means.0 * means.0 + means.1 * means.1 + c1) * (variance / last + c2)))
    }
  }
  return values.reduce(0, +) / Double(values.count)
}

@Suite("Pictures: what planes hold and how they differ")
struct PlaneFiguresTests {
  @Test("Extremes, sum and codes beyond black and white of each component")
  func measures() throws {
    let layout = try layout("yuv420p", 3, 2)
    let bytes: [UInt8] = [15, 16, 235, 236, 0, 255] + [15, 16] + [240, 241]
    let limited = measure(bytes, layout, .limited)
    #expect(limited.map(\.minimum) == [0, 15, 240])
    #expect(limited.map(\.maximum) == [255, 16, 241])
    #expect(limited.map(\.sum) == [757, 31, 481])
    #expect(limited.map(\.sampleCount) == [6, 2, 2])
    #expect(limited.map(\.outOfRange) == [4, 1, 1])
    #expect(limited[1].mean == 15.5)
    #expect(measure(bytes, layout, .full).map(\.outOfRange) == [0, 0, 0])
    var sum = limited[0]
    sum.add(limited[1])
    #expect(sum.minimum == 0 && sum.maximum == 255 && sum.sum == 788 && sum.outOfRange == 5)
    #expect(PlaneMeasurement().mean == nil)
  }

  @Test("Deep samples count without their shift, alpha has no range")
  func deep() throws {
    // Y 64 and 940 are black and white, 63 and 941 beyond; Cb 960 is in, Cr 961 out.
    let words = [63, 64, 940, 941, 960, 961].map { $0 << 6 }
    let bytes = words.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    let result = try measure(bytes, layout("p010le", 2, 2), .limited)
    #expect(result.map(\.outOfRange) == [2, 0, 1])
    #expect(result.map(\.maximum) == [941, 960, 961])
    let rgba = try measure([0, 16, 235, 0], layout("rgba", 1, 1), .limited)
    #expect(rgba.map(\.outOfRange) == [1, 0, 0, 0])
  }

  @Test("Errors, PSNR and SSIM by their definitions, whatever the size")
  func differences() throws {
    var random = Seeded.of("plane differences")
    for (width, height) in [
      (1, 1), (1, 9), (3, 3), (4, 4), (4, 40), (7, 12), (8, 8), (19, 4), (37, 23),
    ] {
      let layout = try layout("gray10le", width, height)
      let first = (0..<width * height).map { _ in Int.random(in: 0...1023, using: &random) }
      let second = first.map { min(1023, max(0, $0 + .random(in: -90...90, using: &random))) }
      let bytes = [first, second].map { $0.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } }
      let result = try #require(compare(bytes[0], bytes[1], layout).first)
      let errors = zip(first, second).map { abs($0 - $1) }
      #expect(result.maximumError == errors.max())
      #expect(result.differing == Int64(errors.count { $0 > 0 }))
      #expect(result.meanError == Double(errors.reduce(0, +)) / Double(errors.count))
      let squares = errors.reduce(0.0) { $0 + Double($1 * $1) } / Double(errors.count)
      if squares > 0 {
        #expect(abs((result.psnr ?? 0) - 10 * log10(1023 * 1023 / squares)) < 1e-9)
      }
      let ssim = plainSSIM(first, second, width: width, height: height, peak: 1023)
      #expect(abs((result.ssim ?? 0) - ssim) < 1e-9, "\(width)x\(height)")
      let same = try #require(compare(bytes[0], bytes[0], layout).first)
      #expect(same.psnr == nil && same.maximumError == 0 && same.differing == 0)
      #expect(abs((same.ssim ?? 0) - 1) < 1e-12)
    }
    #expect(PlaneDifference().ssim == nil && PlaneDifference().meanError == nil)
  }

  @Test(
    "FFmpeg's filters psnr and ssim say the same", .peers("ffmpeg"),
    arguments: ["yuv420p", "yuv444p", "gray", "yuv420p10le", "yuv422p10le"])
  func peers(_ name: String) throws {
    let layout = try layout(name, 66, 46)
    let folder = try ScratchFolder()
    let (maximum, word) = (1 << layout.format.depth - 1, layout.format.depth > 8 ? 2 : 1)
    var random = Seeded.of("ssim peers")
    var frames: [[[UInt8]]] = [[], []]
    for frame in 0..<3 {
      var pictures: [[UInt8]] = [[], []]
      for sample in 0..<layout.byteCount / word {
        let wave = (sin(Double(sample) / 7) + sin(Double(sample + frame) / 90) + 2) / 4.2
        let value = Int(wave * Double(maximum))
        let noise = Int.random(in: -maximum / 20...maximum / 20, using: &random)
        for (side, code) in [value, min(maximum, max(0, value + noise))].enumerated() {
          pictures[side] += word == 2 ? [UInt8(code & 255), UInt8(code >> 8)] : [UInt8(code)]
        }
      }
      for side in 0...1 { frames[side].append(pictures[side]) }
    }
    var sums: [PlaneDifference] = layout.format.components.map { _ in PlaneDifference() }
    for (first, second) in zip(frames[0], frames[1]) {
      for (index, part) in compare(first, second, layout).enumerated() { sums[index].add(part) }
    }
    let inputs = try ["a", "b"].enumerated().flatMap { side, file in
      try [
        "-f", "rawvideo", "-pix_fmt", name, "-s", "66x46", "-i",
        folder.write(frames[side].flatMap { $0 }, to: file),
      ]
    }
    let outcome = try ProcessRunner.run(
      "ffmpeg",
      ["-nostdin", "-hide_banner"] + inputs
        + ["-lavfi", "[0][1]psnr;[0][1]ssim", "-f", "null", "-"])
    for (letter, sum) in zip(["y", "u", "v"], sums) {
      // `PSNR y:35.1 u:...` and `SSIM Y:0.98 (17.4) U:...`.
      let psnr = number(outcome.errors, "PSNR", letter)
      let ssim = number(outcome.errors, "SSIM", letter.uppercased())
      #expect(abs((psnr ?? 0) - (sum.psnr ?? .infinity)) < 1e-4, "\(letter) \(outcome)")
      #expect(abs((ssim ?? 0) - (sum.ssim ?? .infinity)) < 1e-4, "\(letter) \(outcome)")
    }
  }

  /// The number behind `letter:` in the line that has `word`.
  private func number(_ text: String, _ word: String, _ letter: String) -> Double? {
    let line = text.split(separator: "\n").first { $0.contains(word + " ") }
    guard let range = line?.firstRange(of: " \(letter):"), let line else { return nil }
    return line[range.upperBound...].split(separator: " ").first.flatMap { Double($0) }
  }
}
