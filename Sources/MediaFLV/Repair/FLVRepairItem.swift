import MediaModel

/// A stretch of the input on its way into the copy, in order and without gaps.
enum FLVRepairItem: Sendable {
  /// The first file header and all up to the first tag.
  case header(FLVRepairHeader)
  case tag(FLVRepairTag)
  /// Bytes that do not go into the copy.
  case dropped(Range<Int>, FLVRepairDrop)
  /// No bytes: a second file header was here.
  case join

  /// Where it begins in the input; nil where it has no bytes.
  var offset: Int? {
    switch self {
    case .header: 0
    case .tag(let tag): tag.record.tag.offset
    case .dropped(let range, _): range.lowerBound
    case .join: nil
    }
  }

  var tag: FLVRepairTag? {
    if case .tag(let tag) = self { tag } else { nil }
  }

  /// How much room it takes among those that wait, one for what has no bytes with it.
  var weight: Int {
    guard case .tag(let tag) = self else { return 1 }
    var held = 0
    if case .metadata = tag.role { held = tag.record.size }
    for change in tag.record.configurationChanges { held += change.after.count }
    return 1 + held / 1024
  }
}

/// Why bytes are left out.
enum FLVRepairDrop: Sendable {
  case damage(FLVSkip)
  case secondHeader
  case truncatedTag
  case trailingBytes

  var reason: String {
    switch self {
    case .damage(let skip):
      switch skip.reason {
      case .notATag: skip.zeros == nil ? "no tag begins here" : "a hole of zeros"
      case .pastEnd: "DataSize runs past the end of the input"
      case .overLimit: "DataSize is over the limit"
      case .leadsNowhere: "DataSize leads to no tag"
      }
    case .secondHeader: "a second FLV header, as where files were joined"
    case .truncatedTag: "the input ends inside this tag"
    case .trailingBytes: "bytes behind the last tag"
    }
  }
}

/// The first file header as the input has it.
struct FLVRepairHeader: Sendable {
  var header: FLVHeader
  /// Where `PreviousTagSize0` is and how many of its bytes there are; nil where it is missing.
  var field: Range<Int>?
  /// What it says; nil unless all of it is there.
  var value: UInt32?
  /// Where the first tag, or damage, begins.
  var end: Int
}

/// A tag of the input.
struct FLVRepairTag: Sendable {
  enum Role: Sendable {
    /// Sound or pictures: these tell the time.
    case frame(isKeyframe: Bool)
    /// What decoders need before frames.
    case setUp(FLVMediaPart.Kind)
    case metadata(FLVMetadataSource)
    case other
  }

  var record: FLVTagRecord
  /// The `PreviousTagSize` behind it, as many of its bytes as there are.
  var field: Range<Int>
  /// What it says; nil unless all of it is there.
  var fieldValue: UInt32?
  var role: Role
  /// The indexes of its tracks among the inspector's, in the order of its parts.
  var streams: [Int]
  /// Whether the `Filter` bit is set without an EncryptionTagHeader.
  var hasFalseFilter = false
  var isEncrypted = false
  /// Whether a second file header came before it, or the clock is set anew right behind it.
  var isBehindJoin = false
  /// When it is due in the copy, before the copy's own origin is subtracted.
  var time: Int64
  /// Whether the clock was set anew for it.
  var isRestart = false

  /// The track whose clock it is about.
  var stream: Int? { streams.first }
  var isFrame: Bool { if case .frame = role { true } else { false } }
  var isKeyframe: Bool { if case .frame(let isKeyframe) = role { isKeyframe } else { false } }
  /// Its time in the input.
  var rawTime: Int64 { record.dts }
  /// All its bytes in the input, those of the field behind it included.
  var range: Range<Int> { record.tag.offset..<field.upperBound }

  /// Whether it brings another configuration than the one in effect.
  var changesConfiguration: Bool {
    record.configurationChanges.contains { $0.before != nil }
  }
}

/// Which of a track's tags that set decoders up one replaces.
struct FLVSetUpKey: Hashable, Sendable {
  var media: MediaKind
  var track: UInt8
  var kind: FLVMediaPart.Kind
}

/// A first-in first-out list.
struct FLVRepairQueue<Element: Sendable>: Sendable {
  private var storage: [Element?] = []
  private var head = 0

  var count: Int { storage.count - head }
  var first: Element? { head < storage.count ? storage[head] : nil }

  subscript(place: Int) -> Element {
    guard let element = storage[head + place] else { preconditionFailure("taken already") }
    return element
  }

  mutating func append(_ element: Element) { storage.append(element) }

  mutating func popFirst() -> Element? {
    guard head < storage.count else { return nil }
    if head > 64, head * 2 > storage.count {
      storage.removeSubrange(..<head)
      head = 0
    }
    defer { head += 1 }
    return storage[head].take()
  }
}
