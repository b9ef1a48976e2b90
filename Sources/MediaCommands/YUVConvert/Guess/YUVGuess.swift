internal import MediaIO
internal import MediaJSON
internal import MediaRaw
internal import MediaSignal

/// `--guess`: what a raw file of unknown layout may be.
struct YUVGuess {
  /// Bytes looked at: some pictures of any usual size.
  static let sampleByteCount = 8 << 20

  /// Prints the candidates with their evidence, best first, as text or JSON.
  ///
  /// - Throws: `Failure` of code 65 where no layout fits, or the input cannot be read.
  static func run(
    _ request: YUVConvertRequest, file: ReadableFile, output: any ByteOutput
  ) throws -> ExitCode {
    try run(
      input: request.input, raw: request.raw, format: request.checks.format, file: file,
      output: output)
  }

  /// The same of what it needs of a request.
  static func run(
    input: String, raw: RawPictureOptions, format: ResultFormat, file: ReadableFile,
    output: any ByteOutput
  ) throws -> ExitCode {
    let sample = try Sample(file, skip: raw.skip)
    guard sample.count > 0 else { throw Failure(.dataError, "holds no bytes to look at") }
    let bytes = UnsafeRawBufferPointer(rebasing: sample.bytes.prefix(sample.count))
    guard !bytes.starts(with: Y4MHeader.signature) else {
      throw Failure(.dataError, "is Y4M, which says itself what it holds: leave out --guess")
    }
    let guesses = LayoutGuess.guesses(
      sample: bytes,
      byteCount: sample.wholeByteCount, name: PictureFileName(input),
      known: (width: raw.width, height: raw.height, format: raw.format))
    guard !guesses.isEmpty else {
      throw Failure(.dataError, "fits no layout that is known: is it coded or compressed?")
    }
    let result = YUVGuessResult(
      input: input, byteCount: sample.wholeByteCount, sampleByteCount: Int64(sample.count),
      guesses: guesses, skip: raw.skip)
    switch format {
    case .text: try output.write(YUVGuessReport.text(result))
    case .json, .jsonl:
      var writer = JSONWriter(style: format == .json ? .pretty : .compact)
      YUVGuessReport.document.write(result, into: &writer)
      writer.newline()
      try writer.drain(to: output)
    }
    try output.flush()
    return .success
  }

  /// The first bytes of an input.
  private final class Sample {
    let bytes: UnsafeMutableRawBufferPointer
    private(set) var count = 0
    /// Of the whole input behind what is skipped; nil where only its end would tell.
    private(set) var wholeByteCount: Int64?

    init(_ file: ReadableFile, skip: Int64) throws(IOFailure) {
      bytes = .allocate(byteCount: YUVGuess.sampleByteCount, alignment: 64)
      if file.isSeekable {
        count = try file.read(at: skip, into: bytes)
        // Files of /proc say 0 and hold more.
        let whole = max((file.byteCount ?? 0) - min(skip, file.byteCount ?? 0), Int64(count))
        wholeByteCount = whole
      } else {
        try pass(skip, of: file)
        while count < bytes.count {
          let read = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]))
          guard read > 0 else {
            wholeByteCount = Int64(count)
            return
          }
          count += read
        }
      }
    }

    deinit { bytes.deallocate() }

    private func pass(_ skip: Int64, of file: ReadableFile) throws(IOFailure) {
      var left = skip
      while left > 0 {
        let part = bytes.prefix(Int(min(left, Int64(bytes.count))))
        let read = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: part))
        guard read > 0 else { return }
        left -= Int64(read)
      }
    }
  }
}
