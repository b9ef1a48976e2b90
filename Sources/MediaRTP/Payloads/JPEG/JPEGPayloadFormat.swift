import MediaBytes

/// What SDP says of JPEG: payload type 26, or `JPEG/90000` (RFC 2435, RFC 3551 5.3).
///
/// RTP counts width and height in blocks of 8 up to 2040; what that cannot say, SDP does.
public struct JPEGPayloadFormat: Hashable, Sendable {
  /// Ticks of the timestamp in a second.
  public static let clockRate: UInt32 = 90_000

  /// The width in samples and the height in rows, 1...65535 each; nil where it is not said.
  public var size: JPEGSize?

  /// Makes the format of pictures of a size.
  public init(size: JPEGSize? = nil) { self.size = size }

  /// Reads the size from `x-dimensions` of the format, `a=x-dimensions` or `a=framesize` (RFC 6064
  /// 6.2.1.1); what cannot be read is left out.
  public init(_ format: SDPPayloadFormat, attributes: [SDPAttribute] = []) {
    var texts = [(format.parameters["x-dimensions"], "," as Unicode.Scalar)]
    for attribute in attributes {
      if attribute.name.isSameToken(as: "x-dimensions") { texts.append((attribute.value, ",")) }
      guard attribute.name.isSameToken(as: "framesize") else { continue }
      let words = (attribute.value ?? "").fields()
      if words.count == 2, words[0] == "\(format.payloadType)" { texts.append((words[1], "-")) }
    }
    for (text, separator) in texts {
      let numbers = (text ?? "").parts(separator).map { $0.trimmed.number(1...Int(UInt16.max)) }
      guard numbers.count == 2, let width = numbers[0], let height = numbers[1] else { continue }
      size = JPEGSize(width: width, height: height)
      return
    }
  }

  /// What SDP says of it; the size is there only if RTP cannot say it.
  public func payloadFormat(_ payloadType: RTPPayloadType) -> SDPPayloadFormat {
    var parameters: [SDPFormatParameters.Parameter] = []
    if let size, !size.isSaidByHeader {
      parameters.append(.init("x-dimensions", "\(size.width),\(size.height)"))
    }
    return SDPPayloadFormat(
      payloadType, "JPEG", clockRate: Self.clockRate,
      parameters: SDPFormatParameters(payloadType: payloadType, parameters))
  }

  /// `a=framesize`, which says the same to other receivers; nil where RTP says it.
  public func frameSizeAttribute(_ payloadType: RTPPayloadType) -> SDPAttribute? {
    guard let size, !size.isSaidByHeader else { return nil }
    return SDPAttribute("framesize", "\(payloadType) \(size.width)-\(size.height)")
  }
}

/// How large a JPEG picture is.
public struct JPEGSize: Hashable, Sendable {
  /// Samples in a row.
  public var width: Int
  /// Rows.
  public var height: Int

  /// Makes it of both.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Whether both are multiples of 8 and at most 2040 (RFC 2435 3.1.5).
  public var isSaidByHeader: Bool {
    fitsHeader && width % 8 == 0 && height % 8 == 0
  }

  /// Whether both are at most 2040.
  var fitsHeader: Bool { (1...2040).contains(width) && (1...2040).contains(height) }

  /// Width and height as RTP has them, in blocks of 8: 0 where that cannot be said.
  var blocks: (UInt8, UInt8) {
    guard fitsHeader else { return (0, 0) }
    return (UInt8((width + 7) / 8), UInt8((height + 7) / 8))
  }
}
