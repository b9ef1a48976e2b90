internal import MediaBytes
internal import MediaFLV
internal import MediaIO

/// Reads an input from its first byte to its last, and has every tag analysed.
struct FLVTagWalk {
  private let input: FLVInput
  private var scanner: FLVScanner
  /// What is found.
  var analysis: FLVTagAnalysis

  init(_ input: FLVInput, limits: FLVLimits, _ analysis: FLVTagAnalysis) {
    self.input = input
    scanner = FLVScanner(
      bodyPrefix: max(FLVTag.bodyPrefix, analysis.bodyPrefix), limits: limits)
    self.analysis = analysis
  }

  /// Where reading fails, what came until then is told to its last byte.
  ///
  /// - Throws: `ParseError` where the input is no FLV at all, what reading throws, and what an
  ///   observer throws.
  mutating func run() throws {
    do {
      try readOn()
    } catch let failure as ReadFailure {
      // Whoever stops us knows where the input was.
      guard Signals.received == nil, analysis.header != nil, input.endEarly() else { throw failure }
      analysis.isCutShort = true
      do {
        try readOn()
      } catch is ReadFailure {
        throw failure
      }
      throw failure
    }
  }

  private mutating func readOn() throws {
    // A copy is not retained anew for each tag.
    let input = input
    while true {
      let ordinary = input.withWindow { window, offset in
        scanner.takeOrdinaryTag(window, at: offset, end: input.end)
      }
      if let ordinary {
        try take(ordinary, of: input)
        analysis.takeExactTagEnd(of: ordinary)
        if !analysis.wantsMore { return }
        continue
      }
      let step = try input.withWindow { window, offset in
        try scanner.step(window, at: offset, end: input.end, held: input.held)
      }
      switch step {
      case .needs(let range):
        if Signals.received != nil { return }
        try input.fill(range, retaining: scanner.retained)
      case .header(let header, let offset):
        try analysis.take(header, at: offset)
        if !analysis.wantsMore { return }
      case .tag(let tag):
        try take(tag, of: input)
        if scanner.takeExactTagEnd() { analysis.takeExactTagEnd(of: tag) }
        if !analysis.wantsMore { return }
      case .tagEnd(let size): analysis.take(size)
      case .skipped(let skip): analysis.take(skip)
      case .end(let how): return analysis.take(how)
      }
    }
  }

  private mutating func take(_ tag: FLVTag, of input: FLVInput) throws {
    if try input.withBytes(of: tag.body, { try analysis.take(tag, $0) }) { return }
    try input.fill(tag.body, retaining: min(scanner.retained, tag.offset))
    try input.withBytes(of: tag.body) { try analysis.takeWhole(tag, $0) }
  }
}
