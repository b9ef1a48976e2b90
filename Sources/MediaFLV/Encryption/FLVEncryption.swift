public import MediaBytes

/// EncryptionTagHeader and FilterParams of an encrypted tag (FLV 10.1 F.3.1 and F.3.2).
///
/// They stand behind AudioTagHeader or VideoTagHeader, at the very start of a script tag's body,
/// wherever the tag's `Filter` bit is set.
public struct FLVEncryption: Hashable, Sendable {
  /// The 16 bytes that AES-CBC begins with.
  public struct InitializationVector: Hashable, Sendable {
    /// The first eight bytes, most significant first.
    public var high: UInt64
    /// The last eight bytes, most significant first.
    public var low: UInt64

    /// Makes a vector of its halves.
    public init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }

    init(parsing reader: inout ByteReader) throws(ParseError) {
      high = try reader.u64("IV")
      low = try reader.u64("IV")
    }

    func write(to writer: inout ByteWriter) {
      writer.integer(high)
      writer.integer(low)
    }
  }

  /// How the tag is protected, `FilterName` and `FilterParams`.
  public enum Filter: Hashable, Sendable {
    /// `Encryption`: the body is encrypted, as all of its kind are (EncryptionFilterParams).
    case encryption(InitializationVector)
    /// `SE`, selective: the body is encrypted where there is a vector, else it is in the clear
    /// (SelectiveEncryptionFilterParams).
    case selective(InitializationVector?)
  }

  /// How the tag is protected.
  public var filter: Filter
  /// The seven reserved bits after `EncryptedAU` of a selective filter, which should be 0.
  public var reservedBits: UInt8 = 0
  /// What `Length` counts beyond the parameters the filter defines: normally nothing.
  public var extraParameters: [UInt8] = []

  /// Makes the header of `filter`.
  public init(_ filter: Filter) { self.filter = filter }

  /// `FilterName`.
  public var filterName: String {
    switch filter {
    case .encryption: "Encryption"
    case .selective: "SE"
    }
  }

  /// Whether the body behind it cannot be read without the key.
  public var isBodyEncrypted: Bool {
    switch filter {
    case .encryption: true
    case .selective(let vector): vector != nil
    }
  }
}

// MARK: - Reading

extension FLVEncryption {
  /// Reads the header that the `Filter` bit promises; nil when there is no valid one.
  ///
  /// It is valid when one filter of a defined name is followed by at least the parameters it needs.
  /// The reader moves only past a valid header. `isWhole` says that the input ends with the
  /// reader; otherwise an end in the middle throws `truncated` and more bytes may settle it.
  public init?(parsing reader: inout ByteReader, isWhole: Bool) throws(ParseError) {
    var attempt = reader
    do throws(ParseError) {
      try self.init(header: &attempt)
    } catch {
      if case .truncated = error.reason, !isWhole { throw error }
      return nil
    }
    try reader.skip(attempt.position - reader.position, "EncryptionTagHeader")
  }

  private init(header reader: inout ByteReader) throws(ParseError) {
    try reader.expect([1], "NumFilters")
    let isSelective = reader.peekU8 == encodedName(selective: true)[0]
    try reader.expect(encodedName(selective: isSelective), "FilterName")
    let start = reader.offset
    let length = Int(try reader.u24("Length"))
    guard length >= (isSelective ? 1 : 16) else {
      throw ParseError(.invalid(UInt64(length)), "Length", at: start)
    }
    var parameters = try reader.reader(length, "FilterParams")
    if isSelective {
      let flags = try parameters.u8("EncryptedAU")
      reservedBits = flags & 0x7f
      filter = .selective(
        flags & 0x80 == 0 ? nil : try InitializationVector(parsing: &parameters))
    } else {
      filter = .encryption(try InitializationVector(parsing: &parameters))
    }
    extraParameters = try parameters.array(parameters.remaining, "FilterParams")
  }
}

/// A filter's name as a STRING, that is with a zero at its end.
private func encodedName(selective: Bool) -> [UInt8] {
  Array((selective ? "SE" : "Encryption").utf8) + [0]
}

extension ByteReader {
  /// Reads exactly these bytes.
  fileprivate mutating func expect(
    _ bytes: [UInt8], _ field: StaticString
  ) throws(ParseError) {
    for byte in bytes {
      let start = offset
      let found = try u8(field)
      guard found == byte else { throw ParseError(.invalid(UInt64(found)), field, at: start) }
    }
  }
}

// MARK: - Writing

extension FLVEncryption {
  /// Writes EncryptionTagHeader and FilterParams.
  public func write(to writer: inout ByteWriter) {
    var parameters = ByteWriter()
    switch filter {
    case .encryption(let vector):
      vector.write(to: &parameters)
    case .selective(let vector):
      precondition(reservedBits < 0x80, "reservedBits are seven bits")
      parameters.integer(reservedBits | (vector == nil ? 0 : 0x80))
      vector?.write(to: &parameters)
    }
    parameters.append(extraParameters)
    writer.integer(UInt8(1))
    var isSelective = false
    if case .selective = filter { isSelective = true }
    writer.append(encodedName(selective: isSelective))
    writer.u24(UInt32(parameters.count))
    writer.append(parameters.bytes)
  }
}

extension FLVEncryption {
  /// Reads what the `Filter` bit promises within a body; an anomaly where there is none.
  static func find(
    _ body: inout ByteReader, bodySize: Int, _ anomalies: inout [FLVBodyAnomaly]
  ) throws(ParseError) -> FLVEncryption? {
    let isWhole = body.position + body.remaining == bodySize
    let found = try FLVEncryption(parsing: &body, isWhole: isWhole)
    if found == nil {
      anomalies.append(FLVBodyAnomaly(.missingEncryptionHeader, at: body.position))
    }
    return found
  }
}
