public import MediaModel

/// One block of side data of a track, packet or frame, under ffprobe's names.
public struct SideDataDescription: Equatable, Sendable {
  /// FFmpeg's name of the type, such as `Display Matrix`.
  public var type: String
  /// What it says, in ffprobe's order.
  ///
  /// A name may stand more than once (HDR10+ curves).
  public var fields: [Field]

  /// A named value inside a block.
  public struct Field: Equatable, Sendable {
    /// ffprobe's name.
    public var name: String
    /// Its value.
    public var value: Value

    init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// What a field may hold.
  public indirect enum Value: Equatable, Sendable {
    /// A whole number.
    case integer(Int64)
    /// An exact ratio, printed `n/d`.
    case rational(Rational)
    /// A text.
    case string(String)
    /// Groups of fields, such as the three components of a Dolby Vision curve.
    case list([[Field]])
  }

  /// The first whole number under a name.
  public func integer(_ name: String) -> Int64? {
    for field in fields where field.name == name {
      if case .integer(let value) = field.value { return value }
    }
    return nil
  }
}

/// Collects the fields of one block.
struct SideDataBuilder {
  var fields: [SideDataDescription.Field] = []

  mutating func integer(_ name: String, _ value: some BinaryInteger) {
    fields.append(.init(name, .integer(Int64(truncatingIfNeeded: value))))
  }
  mutating func flag(_ name: String, _ value: Bool) {
    fields.append(.init(name, .integer(value ? 1 : 0)))
  }
  mutating func rational(_ name: String, _ numerator: CInt, _ denominator: CInt) {
    fields.append(.init(name, .rational(Rational(Int(numerator), Int(denominator)))))
  }
  mutating func string(_ name: String, _ value: String) {
    fields.append(.init(name, .string(value)))
  }
  mutating func list(_ name: String, _ groups: [[SideDataDescription.Field]]) {
    fields.append(.init(name, .list(groups)))
  }
}
