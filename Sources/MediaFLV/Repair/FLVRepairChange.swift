public import MediaModel

/// One range of bytes in which a repaired copy differs from its input.
///
/// In the order of their places; between them input and copy are the same byte for byte.
public struct FLVRepairChange: Hashable, Sendable {
  /// What was changed.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The file header.
    case header
    /// The tag `onMetaData`, or the place it was moved from.
    case metadata
    /// `DataSize`.
    case dataSize = "data_size"
    /// A `PreviousTagSize`.
    case previousTagSize = "previous_tag_size"
    /// `Timestamp` and `TimestampExtended`.
    case timestamp
    /// `StreamID`.
    case streamID = "stream_id"
    /// The `Filter` bit.
    case filter
    /// The bits of a tag's first byte that must be zero.
    case reservedBits = "reserved_bits"
    /// Bytes that are not in the copy.
    case dropped
    /// Bytes that are not in the input.
    case inserted
  }

  /// What was changed.
  public var kind: Kind
  /// Which of the files written it is about, from 0.
  public var file: Int
  /// Where it is in the input; empty where bytes were inserted.
  public var input: Range<Int>
  /// Where it is in that file; empty where bytes were dropped.
  public var output: Range<Int>
  /// The field's value before; nil where it is no number.
  public var old: Int64?
  /// The field's value now; nil where it is no number.
  public var new: Int64?
  /// Why, in a few words.
  public var reason: String

  /// Makes a change.
  public init(
    _ kind: Kind, file: Int, input: Range<Int>, output: Range<Int>, old: Int64? = nil,
    new: Int64? = nil, reason: String
  ) {
    self.kind = kind
    self.file = file
    self.input = input
    self.output = output
    self.old = old
    self.new = new
    self.reason = reason
  }
}

/// What to do next in order to write a repaired copy.
public enum FLVRepairOutput: Hashable, Sendable {
  /// The next file begins.
  case begin(file: Int)
  /// Append these bytes of the input.
  case copy(Range<Int>)
  /// Append these bytes.
  case bytes([UInt8])
  /// Nothing is to be done; what was appended last, or left out, differs from the input.
  case change(FLVRepairChange)
  /// Nothing is to be done; something that a repair cannot mend.
  case finding(Finding)
}

/// Sums over a whole repair.
public struct FLVRepairTotals: Hashable, Sendable {
  /// Tags of the input that are in the copy, `onMetaData` among them even where it was rewritten.
  public var tagsKept = 0
  /// Whole tags of the input, and one cut off by its end, that are not in the copy.
  public var tagsDropped = 0
  /// Tags of the copy that were not in the input: metadata, repeated sequence headers.
  public var tagsInserted = 0
  /// Bytes of the input that are not in the copy.
  public var bytesDropped = 0
  /// Tags that are encrypted, which nobody can look into.
  public var encrypted = 0
  /// How many changes there are of each kind.
  public var changes: [FLVRepairChange.Kind: Int] = [:]

  /// Makes sums of nothing.
  public init() {}

  /// All changes.
  public var changeCount: Int { changes.values.reduce(0, +) }
}
