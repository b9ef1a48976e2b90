internal import MediaFLV
internal import MediaIO

/// Reads the files written back and holds them against the input.
///
/// Two things are shown, neither by way of the code that wrote: between the changes that the report
/// lists, input and files are equal byte for byte; and every tag that a scanner finds in the input,
/// unless it was left out as a whole, is found in the files in the same order, with the same type and
/// payload by SHA-256.
final class FLVRepairVerifier {
  private static let blockByteCount = 256 * 1024

  private let input: ReadableFile
  private let paths: [String]
  private let limits: FLVLimits
  private var output: ReadableFile?
  private let before: FLVTagCursor
  private var after: FLVTagCursor?
  /// How far both sides have been compared.
  private var inputCursor = 0
  private var outputCursor = 0
  private var digest: MessageDigest
  private(set) var result = FLVRepairVerification()

  init(_ input: ReadableFile, _ paths: [String], limits: FLVLimits) throws {
    self.input = input
    self.paths = paths
    self.limits = limits
    before = try FLVTagCursor(input, limits: limits)
    digest = try MessageDigest(.sha256)
  }

  func begin(file: Int) throws {
    try endFile(at: nil)
    let opened = try ReadableFile.open(paths[file])
    output = opened
    after = try FLVTagCursor(opened, limits: limits)
    outputCursor = 0
  }

  func change(_ change: FLVRepairChange) throws {
    try compareBytes(to: change.input.lowerBound, change.output.lowerBound)
    inputCursor = max(inputCursor, change.input.upperBound)
    outputCursor = max(outputCursor, change.output.upperBound)
    switch change.kind {
    case .dropped, .inserted, .metadata:
      try compareTags(to: change.input.lowerBound, change.output.lowerBound)
      // What was left out, put in or made anew as a whole is not compared.
      while let tag = before.tag, change.input.contains(tag.offset) { try before.advance() }
      while let tag = after?.tag, change.output.contains(tag.offset) { try after?.advance() }
    default: break
    }
  }

  /// Compares what is left.
  func finish(byteCount: Int) throws { try endFile(at: byteCount) }

  private func endFile(at inputEnd: Int?) throws {
    guard let output, let size = output.byteCount.map(Int.init) else { return }
    // A file goes on to its end, and all of it is found in the input from here on.
    let inputStop = inputEnd ?? inputCursor + size - outputCursor
    try compareBytes(to: inputStop, size)
    try compareTags(to: inputStop, size)
  }

  // MARK: Bytes

  private func compareBytes(to inputStop: Int, _ outputStop: Int) throws {
    let count = outputStop - outputCursor
    // Two changes may be about the same bytes, never about bytes in front of others.
    guard count == inputStop - inputCursor else {
      result.unreported += 1
      (inputCursor, outputCursor) = (inputStop, outputStop)
      return
    }
    var done = 0
    while done < count {
      let size = min(Self.blockByteCount, count - done)
      let one = try bytes(input, inputCursor + done, size)
      let other = try output.map { try bytes($0, outputCursor + done, size) }
      if one != other { result.unreported += 1 }
      done += size
    }
    result.bytesCompared += max(0, count)
    (inputCursor, outputCursor) = (inputStop, outputStop)
  }

  private func bytes(_ file: ReadableFile, _ offset: Int, _ count: Int) throws -> [UInt8] {
    if let signal = Signals.received { throw Failure(.signal(signal), "interrupted") }
    var bytes = [UInt8](repeating: 0, count: count)
    let found = try bytes.withUnsafeMutableBytes { try file.read(at: Int64(offset), into: $0) }
    return Array(bytes.prefix(found))
  }

  // MARK: Tags

  /// Compares the tags in front of two places, one by one.
  private func compareTags(to inputStop: Int, _ outputStop: Int) throws {
    while true {
      let one = before.tag.flatMap { $0.offset < inputStop ? $0 : nil }
      let other = after?.tag.flatMap { $0.offset < outputStop ? $0 : nil }
      guard one != nil || other != nil else { return }
      if let one, let other, let output {
        let (first, second) = (try hash(one, input), try hash(other, output))
        if first != second { result.different += 1 }
      } else {
        result.different += 1
      }
      result.compared += 1
      if one != nil { try before.advance() }
      if other != nil { try after?.advance() }
    }
  }

  private func hash(_ tag: FLVTag, _ file: ReadableFile) throws -> [UInt8] {
    digest.update([tag.header.type.rawValue])
    var place = tag.body.lowerBound
    while place < tag.body.upperBound {
      let part = try bytes(file, place, min(Self.blockByteCount, tag.body.upperBound - place))
      guard !part.isEmpty else { break }
      digest.update(part)
      place += part.count
    }
    return digest.finish()
  }
}
