import MediaCLI
import MediaIO
import MediaRaw
import TestSupport
import Testing

@testable import MediaCommands

/// What a run of the command left behind.
struct YUVConvertOutcome {
  var exit: ExitCode
  var output: [UInt8]
  var errors: String
}

/// Runs `mediatool yuv-convert` in this process; `-` is read from a pipe that carries some bytes.
func yuvConvert(_ words: [String], input: [UInt8] = []) -> YUVConvertOutcome {
  let (output, errors) = (MemoryOutput(), MemoryOutput())
  var environment = CommandEnvironment(standardOutput: output, standardError: errors)
  environment.standardInput = { (timeout) throws(IOFailure) in
    try pipeCarrying(input, false, timeout)
  }
  let exit = Tool.run(["yuv-convert"] + words, environment)
  return YUVConvertOutcome(exit: exit, output: output.bytes, errors: errors.text)
}

/// A raw picture in memory.
struct RawPicture: Equatable {
  var layout: PictureLayout
  var bytes: [UInt8]

  init(_ layout: PictureLayout, _ bytes: [UInt8]) { (self.layout, self.bytes) = (layout, bytes) }

  /// A picture with a sample of its own at each place of each component.
  init(
    _ format: String, _ width: Int, _ height: Int,
    sample: (_ component: PixelComponent, _ number: Int) -> Int
  ) throws {
    let format = try #require(PixelFormat(named: format))
    layout = try PictureLayout(format, width: width, height: height)
    bytes = [UInt8](repeating: 0, count: layout.byteCount)
    let rows = ComponentRows(layout)
    let layout = layout
    bytes.withUnsafeMutableBytes { bytes in
      rows.writePadding(of: bytes)
      for (number, component) in format.components.enumerated() {
        let count = format.sampleCount(component: number, width: width)
        for row in 0..<format.rowCount(component: number, height: layout.height) {
          let samples = (0..<count).map { _ in UInt16(sample(component, number)) }
          samples.withUnsafeBufferPointer {
            rows.write($0, component: number, row: row, of: bytes)
          }
        }
      }
    }
  }

  /// All codes alike, by lot.
  static func random(
    _ format: String, _ width: Int, _ height: Int, _ generator: inout Seeded
  ) throws -> RawPicture {
    try RawPicture(format, width, height) { component, _ in
      Int(generator.next() >> UInt64(64 - component.depth))
    }
  }

  /// The same bytes in another format.
  func read(as format: String) throws -> RawPicture {
    let format = try #require(PixelFormat(named: format))
    return RawPicture(
      try PictureLayout(format, width: layout.width, height: layout.height), bytes)
  }

  /// The rows of every component.
  var samples: [[[Int]]] {
    let (format, rows) = (layout.format, ComponentRows(layout))
    return format.components.indices.map { component in
      let count = format.sampleCount(component: component, width: layout.width)
      return (0..<format.rowCount(component: component, height: layout.height)).map { number in
        var row = [UInt16](repeating: 0, count: count)
        bytes.withUnsafeBytes { bytes in
          row.withUnsafeMutableBufferPointer {
            rows.read(component: component, row: number, of: bytes, into: $0)
          }
        }
        return row.map { Int($0) }
      }
    }
  }

  /// What the command makes of it, of the size that it says.
  func converted(to format: String, _ options: [String] = []) throws -> RawPicture {
    let size = "\(layout.width)x\(layout.height)"
    let outcome = yuvConvert(
      ["-s", size, "-p", layout.format.name, "--to", "raw,\(format)", "--jobs", "1"] + options
        + ["-", "-"], input: bytes)
    try #require(outcome.exit == .success, "\(layout.format.name) \(options): \(outcome.errors)")
    let format = try #require(PixelFormat(named: format))
    let sides = try #require(Self.sides(after: options, layout), "\(options)")
    let result = try PictureLayout(format, width: sides.0, height: sides.1)
    try #require(
      outcome.output.count == result.byteCount, "\(layout.format.name) to \(format.name) \(options)"
    )
    return RawPicture(result, outcome.output)
  }

  /// The sides that options ask for.
  private static func sides(after options: [String], _ layout: PictureLayout) -> (Int, Int)? {
    func value(_ option: String) -> String? {
      options.firstIndex(of: option).map { options[$0 + 1] }
    }
    var sides = (layout.width, layout.height)
    for option in ["--crop", "--scale"] {
      guard let text = value(option) else { continue }
      let numbers = text.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
      guard numbers.count == 2 else { return nil }
      sides = (numbers[0], numbers[1])
    }
    if let turn = value("--rotate"), turn != "180" { sides = (sides.1, sides.0) }
    return sides
  }
}
