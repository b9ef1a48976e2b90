import MediaBytes
import MediaModel

/// Rewrites an FLV without loss: what a scanner finds in, what to write out.
///
/// It takes two passes over the same input. The first one counts and measures: its outputs are of no
/// use. Then `plan` says what the files will be, and a repair made with it tells the second pass
/// what to copy, what to write instead, and all that differs. The memory needed grows with the
/// number of keyframes, and of files and their configurations where a new one begins.
public struct FLVRepair: Sendable {
  /// How to go about it.
  public struct Options: Hashable, Sendable {
    /// The longest step of time that is no jump, in milliseconds.
    public var maxJump: Int64 = 10_000
    /// Whether a new file begins where a configuration changes or the clock is set anew.
    public var splits = false

    /// Makes the default options.
    public init() {}
  }

  private struct OpenHeader {
    var header: FLVHeader
    var offset: Int
    var field: Range<Int>?
    var value: UInt32?
  }

  private var timeline: FLVTimeline
  private var splitter: FLVSplitter
  private var emitter: FLVRepairEmitter
  private var openHeader: OpenHeader?
  private var openTag: FLVRepairTag?
  private var hasHeader = false
  private var isBehindJoin = false

  /// Begins before the first byte; `plan` makes it the second pass.
  public init(_ options: Options = Options(), plan: FLVRepairPlan? = nil) {
    timeline = FLVTimeline(maxJump: options.maxJump)
    splitter = FLVSplitter(isEnabled: options.splits)
    emitter = FLVRepairEmitter(plan: plan)
  }

  /// Sums so far.
  public var totals: FLVRepairTotals { emitter.totals }

  /// What there is to do since the last call.
  public mutating func takeOutputs() -> [FLVRepairOutput] { emitter.takeOutputs() }

  /// After a whole pass: what the files will be, their tracks described as far as `facts` can.
  public func plan(describing facts: (FLVStream) -> FLVTrackFacts) -> FLVRepairPlan {
    FLVRepairPlan(emitter.files, describing: facts)
  }

  // MARK: What a scanner finds, in its order

  /// Takes a file header.
  public mutating func header(_ header: FLVHeader, at offset: Int) {
    close(before: offset)
    openHeader = OpenHeader(header: header, offset: offset)
  }

  /// Takes a tag with the first bytes of its body, those of script data whole; `streams` are the
  /// inspector's indexes of the tracks of its parts.
  public mutating func tag(_ record: FLVTagRecord, body: RawSpan, streams: [Int]) {
    close(before: record.tag.offset)
    let role = role(record)
    var kept = record
    // What script data says is not asked again.
    if case .script = record.body { kept = FLVTagRecord(record.tag, .unknown) }
    var tag = FLVRepairTag(
      record: kept, field: record.tag.body.upperBound..<record.tag.body.upperBound,
      role: role, streams: streams, time: record.dts)
    tag.isBehindJoin = isBehindJoin
    if record.tag.header.isFiltered {
      let encryption = encryption(record, body)
      tag.hasFalseFilter = encryption == .some(nil)
      tag.isEncrypted = encryption??.isBodyEncrypted ?? false
    }
    openTag = tag
  }

  /// Takes the field behind a tag or a header.
  public mutating func previousTagSize(_ size: FLVPreviousTagSize) {
    let field = size.offset..<size.offset + 4
    if size.tagIndex == nil {
      openHeader?.field = field
      openHeader?.value = size.value
    } else {
      openTag?.field = field
      openTag?.fieldValue = size.value
    }
  }

  /// Takes damage.
  public mutating func skipped(_ skip: FLVSkip) {
    close(before: skip.range.lowerBound)
    push(.dropped(skip.range, .damage(skip)))
  }

  /// Takes the end of the input.
  public mutating func finish(_ end: FLVEnd) {
    switch end {
    case .clean: close(before: Int.max)
    case .missingPreviousTagSize(let offset, let present):
      openTag?.field = offset..<offset + present
      close(before: offset + present)
    case .truncatedTag(let offset, _, let present):
      close(before: offset)
      push(.dropped(offset..<offset + present, .truncatedTag))
    case .trailing(let skip):
      close(before: skip.range.lowerBound)
      push(.dropped(skip.range, .trailingBytes))
    }
    timeline.end()
    drain()
    while let placed = splitter.next(isEnded: true) { emitter.emit(placed) }
    emitter.finish()
  }

  // MARK: Inside

  /// Ends what waited for the field behind it.
  private mutating func close(before offset: Int) {
    if let tag = openTag {
      openTag = nil
      push(.tag(tag))
    }
    guard var open = openHeader else { return }
    openHeader = nil
    // Damage behind a doubtful header begins right behind its nine bytes.
    if let field = open.field, field.upperBound > offset { (open.field, open.value) = (nil, nil) }
    let behind = open.offset + 9
    let end = open.field?.upperBound ?? (offset == Int.max ? behind : max(behind, offset))
    if hasHeader {
      isBehindJoin = true
      push(.join)
      push(.dropped(open.offset..<end, .secondHeader))
    } else {
      hasHeader = true
      push(
        .header(
          FLVRepairHeader(header: open.header, field: open.field, value: open.value, end: end)))
    }
  }

  private mutating func push(_ item: FLVRepairItem) {
    timeline.append(item)
    drain()
  }

  private mutating func drain() {
    while let item = timeline.next() {
      splitter.append(item)
      while let placed = splitter.next(isEnded: false) { emitter.emit(placed) }
    }
  }

  private func role(_ record: FLVTagRecord) -> FLVRepairTag.Role {
    if case .script(let script) = record.body,
      let source = FLVMetadataSource(script, record.tag)
    {
      return .metadata(source)
    }
    guard let part = record.parts.first else { return .other }
    switch part.kind {
    case .codedFrames: return .frame(isKeyframe: record.isKeyframe)
    case .sequenceHeader, .metadata, .mpeg2TSSequenceStart, .multichannelConfig:
      return .setUp(part.kind)
    case .sequenceEnd, .command, .reserved: return .other
    }
  }

  /// What the `Filter` bit announces: nil where nobody can say, `.some(nil)` where there is nothing.
  private func encryption(_ record: FLVTagRecord, _ body: RawSpan) -> FLVEncryption?? {
    switch record.body {
    case .audio(let audio): return .some(audio.encryption)
    case .video(let video): return .some(video.encryption)
    case .script:
      var reader = ByteReader(body)
      do throws(ParseError) {
        return .some(try FLVEncryption(parsing: &reader, isWhole: true))
      } catch {
        return nil
      }
    case .unknown, .unreadable: return nil
    }
  }
}
