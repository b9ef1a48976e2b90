import MediaBytes

/// Splits the scan of JPEG pictures into packets, the quantization tables in the first of them
/// (RFC 2435).
///
/// Markers in front of the scan are not sent: receivers make them again. A size that is no
/// multiple of 8, or over 2040, only `sizeInSDP` can tell them.
public struct JPEGPacketizer: RTPPacketizer {
  private let maxPayload: Int
  private let sizeInSDP: Bool

  /// Makes one; with `sizeInSDP` pictures larger than 2040 are sent with a size of 0, and the
  /// session description must say it, see `JPEGPayloadFormat`.
  public init(maxPayload: Int, sizeInSDP: Bool = false) {
    self.maxPayload = maxPayload
    self.sizeInSDP = sizeInSDP
  }

  /// Splits a picture from SOI to EOI.
  public mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError) {
    let picture = try JPEGPicture(frame)
    guard picture.size.fitsHeader || sizeInSDP else {
      throw RTPPayloadError(
        "the picture is \(picture.size.width)x\(picture.size.height), "
          + "the largest that RTP can say is 2040x2040", clause: "RFC 2435 3.1.5")
    }
    guard picture.scan.count <= JPEGPayloadHeader.maxOffset else {
      throw RTPPayloadError(
        "the scan has \(picture.scan.count) bytes, the fragment offset ends at "
          + "\(JPEGPayloadHeader.maxOffset)", clause: "RFC 2435 3.1.2")
    }
    let (width, height) = picture.size.blocks
    var header = JPEGPayloadHeader(
      type: picture.sampling.rawValue, quality: 255, width: width, height: height)
    if picture.restartInterval > 0 {
      header.type += 64
      header.restart = JPEGPayloadHeader.Restart(interval: picture.restartInterval)
    }
    let tables = picture.quantization[0] + picture.quantization[1]
    let headerCount = header.bytes.count
    guard maxPayload > headerCount + 4 + tables.count else {
      throw RTPPayloadError(
        "the limit of \(maxPayload) bytes leaves no room behind the headers and quantization "
          + "tables of \(headerCount + 4 + tables.count) bytes", clause: "RFC 2435 3.1.8")
    }
    split(picture.scan, header, tables, into: &payloads)
  }

  private func split(
    _ scan: Range<Int>, _ first: JPEGPayloadHeader, _ tables: [UInt8],
    into payloads: inout RTPPayloads
  ) {
    var header = first
    var position = scan.lowerBound
    repeat {
      payloads.begin()
      header.offset = position - scan.lowerBound
      payloads.add(header.bytes)
      if position == scan.lowerBound {
        // MBZ and Precision: both tables have 8 bits.
        payloads.add([0, 0])
        payloads.add(u16: UInt16(tables.count))
        payloads.add(tables)
      }
      let end = min(scan.upperBound, position + maxPayload - payloads.openByteCount)
      payloads.add(frame: position..<end)
      payloads.end(marker: end == scan.upperBound)
      position = end
    } while position < scan.upperBound
  }
}
