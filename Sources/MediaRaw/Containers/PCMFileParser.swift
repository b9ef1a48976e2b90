internal import MediaBytes
public import MediaModel

/// Reads the structure of a file of PCM sound: WAV (RIFF, RIFX, RF64, BW64), W64, AIFF, AIFF-C, AU.
///
/// Pulls: `next` says what is wanted of the input, from where it stands on. Samples are left to the
/// caller, so that memory stays flat and several threads may read them.
public struct PCMFileParser: Sendable {
  /// What is to be done next with the input.
  public enum Step: Hashable, Sendable {
    /// Hand the next so many bytes to `receive`, fewer only at the end of the input.
    case read(byteCount: Int)
    /// The format is known and the samples begin here: so many bytes, all the rest where nil.
    /// Pass as many as there are, then say so by `pass`.
    case samples(byteCount: Int64?)
    /// Pass so many bytes, or to the end of the input, then say by `pass` how many there were.
    case skip(byteCount: Int64)
    /// There is nothing more to be known.
    case end
  }

  /// Which container the first bytes are of; nil where they are of none that is read here.
  public static func container(of prefix: RawSpan) -> PCMContainer? {
    var facts = PCMFileFacts()
    guard form(prefix, &facts) != nil || AUHeader.order(prefix) != nil else { return nil }
    return facts.container ?? .au
  }
  /// Bytes that `container(of:)` wants to see.
  public static let prefixLength = 40

  /// The wanted step.
  public private(set) var next = Step.read(byteCount: 12)
  /// What the file is; set before the first step that is not `read`.
  public var container: PCMContainer? { facts.container }
  /// The coding of the samples; set before the step `samples`.
  public var format: PCMFormat? { facts.format }
  /// Frames the header promises, where it does; set before the step `samples`.
  public var declaredFrames: Int64? { facts.declaredFrames }
  /// What else the file tells.
  public var metadata: PCMMetadata { facts.metadata }
  /// What is odd, in the order it was seen; of each kind the first few, then their number.
  public var findings: [Finding] { facts.findings.all() }

  var facts = PCMFileFacts()
  private var phase = Phase.signature([])
  /// The chunks' kind; nil of AU, which has none.
  private var form: (any ChunkForm)?
  private let byteCount: Int64?
  /// How much of the input was handed over or passed.
  private var position: Int64 = 0
  private var soundFrames: Int64?
  /// A part of the input that the header promises is missing, which has been told.
  private var isCut = false
  /// Whether the file's own size is yet to be looked at where the input ends.
  private var checksEnd = true

  private enum Phase {
    case signature([UInt8])
    case auHeader([UInt8])
    case auAnnotation(AUHeader)
    /// Of a chunk; behind one of odd length a pad byte may stand first.
    case header(mayHavePad: Bool)
    /// The first seven bytes of a header whose last one is wanted.
    case lastOfHeader([UInt8])
    case body(Chunk)
    case lead(Chunk, byteCount: Int64?)
    case samples(Chunk)
    case rest(Chunk, byteCount: Int64)
    case padding(byteCount: Int64)
    case trailing(FindingCode, offset: Int64)
    case end
  }

  /// A parser at the beginning of a file; its size in bytes where that is known.
  public init(byteCount: Int64?) { self.byteCount = byteCount }

  /// Takes the bytes that a step `read` asked for.
  ///
  /// - Throws: `PCMFileError` where no sound can be read: the offset and what was expected.
  public mutating func receive(_ bytes: RawSpan) throws(PCMFileError) {
    guard case .read(let wanted) = next else { return }
    let offset = position
    position += Int64(bytes.byteCount)
    switch phase {
    case .signature(var seen):
      let isFirst = seen.isEmpty
      seen.append(copying: bytes)
      try readSignature(seen, mayAsk: isFirst)
    case .auHeader(var seen):
      seen.append(copying: bytes)
      try beginAU(seen)
    case .auAnnotation(let header):
      header.readAnnotation(bytes, &facts)
      beginAUSamples(header)
    case .header(let mayHavePad): try readHeader(bytes, at: offset, mayHavePad)
    case .lastOfHeader(var header):
      header.append(copying: bytes)
      try unsafe readHeader(header.span.bytes, at: offset - 7, false)
    case .body(let chunk): try readBody(bytes, wanted: wanted, of: chunk)
    case .lead, .samples, .rest, .padding, .trailing, .end: break
    }
  }

  /// Takes notice that bytes of a step `samples` or `skip` were passed: all of them, or what there
  /// was until the end of the input.
  public mutating func pass(_ byteCount: Int64) {
    let passed = max(byteCount, 0)
    position += min(passed, .max - position)
    switch phase {
    case .lead(let chunk, let samples):
      phase = .samples(chunk)
      next = .samples(byteCount: samples)
    case .samples(let chunk): endSamples(chunk, passed)
    case .rest(let chunk, let wanted):
      guard passed < wanted else { return endChunk(chunk) }
      if soundFrames != nil {
        facts.note(.pastEnd, cutMessage(chunk), at: chunk.offset)
        isCut = true
      }
      // Nothing will come: that is told where it can be thrown.
      ask(headerLength, .header(mayHavePad: false))
    case .padding: ask(headerLength, .header(mayHavePad: false))
    case .trailing(let code, let offset):
      if position > offset {
        facts.note(code, "\(position - offset) bytes follow the last chunk", at: offset)
      }
      finish()
    case .signature, .auHeader, .auAnnotation, .header, .lastOfHeader, .body, .end: break
    }
  }
}

// MARK: - The beginning

extension PCMFileParser {
  private static func form(
    _ prefix: RawSpan, _ facts: inout PCMFileFacts
  ) -> (any ChunkForm)? {
    if let form = RIFFForm(prefix, &facts) { return form }
    if let form = AIFFForm(prefix, &facts) { return form }
    return W64Form(prefix, &facts)
  }

  private mutating func readSignature(_ seen: [UInt8], mayAsk: Bool) throws(PCMFileError) {
    let bytes = unsafe seen.span.bytes
    if AUHeader.order(bytes) != nil { return ask(AUHeader.length - seen.count, .auHeader(seen)) }
    if mayAsk, seen.count == 12, bytes.fourCharacters(at: 0) == "riff" {
      return ask(W64Form.signatureLength - seen.count, .signature(seen))
    }
    form = Self.form(bytes, &facts)
    guard form != nil else {
      throw .malformed(
        offset: 0,
        "none of RIFF, RIFX, RF64, BW64 with WAVE, riff of Wave64, FORM with AIFF or AIFC, .snd")
    }
    ask(headerLength, .header(mayHavePad: false))
  }

  private mutating func beginAU(_ seen: [UInt8]) throws(PCMFileError) {
    let header = try unsafe AUHeader(seen.span.bytes)
    facts.container = .au
    facts.format = header.format
    let annotation = min(header.samplesOffset - Int64(AUHeader.length), Int64(maxChunkLength))
    if annotation > 0 {
      ask(Int(annotation), .auAnnotation(header))
    } else {
      beginAUSamples(header)
    }
  }

  private mutating func beginAUSamples(_ header: AUHeader) {
    let chunk = Chunk(id: "data", offset: 4, bodyOffset: position, size: header.byteCount)
    begin(chunk, lead: header.samplesOffset - position, byteCount: header.byteCount)
  }

  private var headerLength: Int { form?.headerLength ?? 8 }

  private mutating func ask(_ byteCount: Int, _ phase: Phase) {
    self.phase = phase
    next = .read(byteCount: byteCount)
  }
}

// MARK: - Chunks

extension PCMFileParser {
  /// At the beginning of a chunk, or of the pad byte before it, or behind the last.
  private mutating func readHeader(
    _ bytes: RawSpan, at offset: Int64, _ mayHavePad: Bool
  ) throws(PCMFileError) {
    var pad = 0
    if mayHavePad {
      if PadByte.isThere(bytes) {
        pad = 1
      } else {
        facts.note(.pcmMissingPad, "no pad byte stands before byte \(offset)", at: offset)
      }
    }
    let start = offset + Int64(pad)
    if bytes.byteCount < headerLength { return try endInHeader(bytes.byteCount - pad, at: start) }
    guard pad == 0 else {
      return ask(
        1, .lastOfHeader([UInt8](copying: bytes.extracting(1..<bytes.byteCount))))
    }
    guard let form else { return finish() }
    try begin(form.chunk(bytes, at: start), form)
  }

  /// The input ends where a chunk might have begun.
  private mutating func endInHeader(
    _ byteCount: Int, at offset: Int64
  ) throws(PCMFileError) {
    guard soundFrames != nil else {
      let missing = facts.format == nil ? "the description of the format" : "the samples"
      throw .malformed(offset: offset, "the input ends before \(missing)")
    }
    if byteCount > 0 {
      facts.note(.trailingBytes, "\(byteCount) bytes follow the last chunk", at: offset)
    }
    finish()
  }

  private mutating func begin(
    _ header: Chunk, _ form: any ChunkForm
  ) throws(PCMFileError) {
    var chunk = header
    if let code = stray(chunk, form) {
      phase = .trailing(code, offset: chunk.offset)
      next = .skip(byteCount: .max)
      return
    }
    if chunk.id == form.samplesID {
      if soundFrames != nil {
        facts.note(
          .pcmSecondData, "another chunk \(chunk.name) of \(chunk.size ?? 0) bytes",
          at: chunk.offset)
        return skip(chunk)
      }
      chunk.size = samplesSize(chunk, form)
    }
    try proceed(chunk, try form.use(chunk, &facts))
  }

  /// What to call it where no chunk begins; nil where one does.
  private mutating func stray(_ chunk: Chunk, _ form: any ChunkForm) -> FindingCode? {
    guard soundFrames != nil else { return nil }
    if let end = form.end, chunk.offset >= end {
      guard KnownChunks.ids.contains(chunk.id) else { return .trailingBytes }
      facts.note(
        .pcmFormSize, "the file ends at byte \(end) by its header, a chunk \(chunk.name) follows",
        at: 4)
      self.form?.end = nil
      checksEnd = false
    }
    // GUIDs that are not known are chunks all the same.
    return chunk.id.isEmpty || KnownChunks.isPlausible(chunk.id) ? nil : .pcmNoChunk
  }

  private mutating func proceed(_ chunk: Chunk, _ use: ChunkUse) throws(PCMFileError) {
    switch use {
    case .skip: skip(chunk)
    case .read(let byteCount):
      if byteCount == 0 {
        try readBody(RawSpan(), wanted: 0, of: chunk)
      } else {
        ask(byteCount, .body(chunk))
      }
    case .samples(let lead, let byteCount): begin(chunk, lead: lead, byteCount: byteCount)
    }
  }

  private mutating func readBody(
    _ bytes: RawSpan, wanted: Int, of chunk: Chunk
  ) throws(PCMFileError) {
    guard var form else { return finish() }
    if bytes.byteCount < wanted {
      guard soundFrames != nil else {
        throw .malformed(offset: chunk.offset, cutMessage(chunk) + ", before the samples")
      }
      facts.note(.pastEnd, cutMessage(chunk), at: chunk.offset)
      isCut = true
    }
    let use = try form.read(chunk, bytes, &facts)
    self.form = form
    if case .samples = use { return try proceed(chunk, use) }
    if isCut { return ask(headerLength, .header(mayHavePad: false)) }
    skip(chunk)
  }

  /// Passes what is left of a chunk.
  private mutating func skip(_ chunk: Chunk) {
    let done = position - chunk.bodyOffset
    let left = chunk.size.map { $0 - done } ?? .max
    guard left > 0 else { return endChunk(chunk) }
    phase = .rest(chunk, byteCount: left)
    next = .skip(byteCount: left)
  }

  private mutating func endChunk(_ chunk: Chunk) {
    if let end = form?.end, position > end {
      facts.note(
        .pcmFormSize,
        "the file ends at byte \(end) by its header, the chunk \(chunk.name) at \(position)", at: 4)
      form?.end = nil
      checksEnd = false
    }
    let alignment = form?.alignment ?? 1
    let padding = (alignment - position % alignment) % alignment
    if alignment > 2, padding > 0 {
      phase = .padding(byteCount: padding)
      next = .skip(byteCount: padding)
    } else {
      // Of a RIFF in a file that once was without a pad byte, places are odd; lengths count.
      let isOdd = alignment == 2 && (chunk.size ?? 0) % 2 == 1
      ask(headerLength, .header(mayHavePad: isOdd))
    }
  }

  private func cutMessage(_ chunk: Chunk) -> String {
    let size = chunk.size.map { "\($0) bytes" } ?? "an open end"
    return "the chunk \(chunk.name) has \(size), the input ends at byte \(position)"
  }
}

// MARK: - Samples

extension PCMFileParser {
  /// How long the samples' chunk is; nil where it reaches to the end of the input.
  private func samplesSize(_ chunk: Chunk, _ form: any ChunkForm) -> Int64? {
    guard let size = chunk.size else { return nil }
    let left = byteCount.map { $0 - chunk.bodyOffset }
    if size <= form.samplesLead {
      // Without sound, if the file as a whole is told to go on behind it or to end with it.
      guard let end = form.end, end - size > chunk.bodyOffset else { return nil }
      return size
    }
    guard UnsetSize.isLikely(size), form.headerLength == 8, container == .wav || container == .aiff
    else { return wrappedSize(size, left, form) }
    guard let left else { return nil }
    return left < size || left > size + 1 << 20 ? nil : size
  }

  /// A size of 32 bits that has lost its upper bits is nil: files of more than 4 GiB.
  private func wrappedSize(_ size: Int64, _ left: Int64?, _ form: any ChunkForm) -> Int64? {
    guard form.headerLength == 8, container != .rf64, container != .bw64, let left else {
      return size
    }
    let beyond = left - size
    return beyond >= 1 << 32 && beyond % (1 << 32) < 1 << 20 ? nil : size
  }

  /// Without the padding that FFmpeg counts as samples in RF64 and W64.
  private func unpadded(_ byteCount: Int64, _ chunk: Chunk, _ format: PCMFormat) -> Int64 {
    let alignment = form?.alignment ?? 1
    guard container == .rf64 || container == .bw64 || container == .w64,
      // Not their sum, which may be more than 64 bits hold.
      (chunk.bodyOffset % alignment + byteCount % alignment) % alignment == 0
    else { return byteCount }
    let blockAlign = Int64(format.blockAlign)
    let whole = byteCount - byteCount % blockAlign
    for stated in facts.statedFrames {
      let (sound, overflow) = stated.frames.multipliedReportingOverflow(by: blockAlign)
      if !overflow, sound < byteCount, byteCount - sound < alignment { return sound }
    }
    return byteCount - whole < alignment ? whole : byteCount
  }

  private mutating func begin(_ chunk: Chunk, lead: Int64, byteCount: Int64?) {
    guard let format = facts.format else { return finish() }
    let byteCount = byteCount.map { unpadded($0, chunk, format) }
    if form is AIFFForm, let stated = facts.statedFrames.first {
      facts.declaredFrames = stated.frames
    } else {
      facts.declaredFrames = byteCount.map { $0 / Int64(format.blockAlign) }
    }
    if lead > 0 {
      phase = .lead(chunk, byteCount: byteCount)
      next = .skip(byteCount: lead)
    } else {
      phase = .samples(chunk)
      next = .samples(byteCount: byteCount)
    }
  }

  private mutating func endSamples(_ chunk: Chunk, _ passed: Int64) {
    guard let format = facts.format, case .samples(let wanted) = next else { return finish() }
    let blockAlign = Int64(format.blockAlign)
    soundFrames = passed / blockAlign
    if let wanted, passed < wanted {
      facts.note(
        .pcmDataCut,
        "the header promises \(wanted) bytes of samples, the input ends after \(passed)",
        at: position)
      isCut = true
      return finish()
    }
    if passed % blockAlign != 0 {
      facts.note(
        .pcmPartialFrame, "\(passed % blockAlign) bytes are no whole frame of \(blockAlign)",
        at: position - passed % blockAlign)
    }
    guard wanted != nil else {
      isCut = true
      if passed > 0 {
        let field = form == nil ? Int64(8) : chunk.offset + Int64(headerLength == 24 ? 16 : 4)
        facts.note(
          .pcmSizeUnset, "the size of the samples is not written; there are \(passed) bytes",
          at: field)
      }
      return finish()
    }
    if form == nil {
      phase = .trailing(.trailingBytes, offset: position)
      next = .skip(byteCount: .max)
    } else if position - chunk.bodyOffset < chunk.size ?? 0 {
      skip(chunk)
    } else {
      endChunk(chunk)
    }
  }

  /// At the end of the input, or where nothing more is to be known.
  private mutating func finish() {
    phase = .end
    next = .end
    facts.labelCues()
    guard !isCut, let soundFrames else { return }
    for stated in facts.statedFrames where stated.frames != soundFrames {
      facts.note(
        .pcmFrameCount,
        "'\(stated.field)' states \(stated.frames) frames, there are \(soundFrames)",
        at: stated.offset)
    }
    guard checksEnd, let form else { return }
    guard let end = form.end else {
      return facts.note(.pcmSizeUnset, "the size of the whole file is not written", at: 4)
    }
    // A pad byte that nobody misses is no matter of the size.
    if end > position + 1 {
      facts.note(
        .pcmFormSize, "the file ends at byte \(end) by its header, the input at \(position)", at: 4)
    }
  }
}

/// A kind of file that holds PCM sound.
public enum PCMContainer: String, Hashable, Sendable, CaseIterable {
  /// RIFF or RIFX of the form `WAVE`.
  case wav
  /// RF64, with sizes of 64 bits (EBU Tech 3306).
  case rf64
  /// BW64, its successor (ITU-R BS.2088).
  case bw64
  /// Sony's Wave64.
  case w64
  /// AIFF.
  case aiff
  /// AIFF-C.
  case aifc
  /// Sun's AU, `.snd`.
  case au
}

/// Why a file's sound cannot be read.
public enum PCMFileError: Error, Equatable {
  /// Broken: at which byte, and what was expected there.
  case malformed(offset: Int64, String)
  /// Sound of a coding that is not PCM, such as ADPCM: FFmpeg may know it.
  case unknownCoding(String)
}

extension PCMFileError {
  /// A rate that no format may have.
  static func sampleRate(_ rate: Int, at offset: Int64) -> Self {
    let range = PCMFormat.sampleRates
    return .malformed(
      offset: offset,
      "a sample rate of \(rate) Hz, \(range.lowerBound) to \(range.upperBound) are expected")
  }
}

extension PCMFileError: CustomStringConvertible {
  /// One line, such as `at byte 22: 0 channels, 1 to 64 are expected`.
  public var description: String {
    switch self {
    case .malformed(let offset, let what): "at byte \(offset): \(what)"
    case .unknownCoding(let coding): "sound of the coding \(coding)"
    }
  }
}
