/// Puts AAC access units in AudioMuxElements of one frame each (RFC 6416 6), the configuration in
/// SDP (`cpresent=0`); one that does not fit goes on in further packets, the last has the marker.
public struct LATMPacketizer: RTPPacketizer {
  /// What SDP says of it.
  public let format: LATMPayloadFormat
  private let maxPayload: Int

  /// Makes one; `maxPayload` is at least 1 byte.
  public init(_ format: LATMPayloadFormat, maxPayload: Int) {
    precondition(!format.isConfigurationInBand && format.streamMuxConfig?.frameCount == 1)
    precondition(maxPayload >= 1, "no room for a frame")
    self.format = format
    self.maxPayload = maxPayload
  }

  /// Takes an access unit without ADTS header.
  public mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError) {
    let count = frame.byteCount
    guard count > 0 else {
      throw RTPPayloadError("the access unit is empty", clause: "ISO/IEC 14496-3 1.7.3")
    }
    // PayloadLengthInfo: 255 as often as it goes, then the rest.
    var length = [UInt8](repeating: 255, count: count / 255)
    length.append(UInt8(count % 255))
    let total = length.count + count
    for start in stride(from: 0, to: total, by: maxPayload) {
      let end = min(start + maxPayload, total)
      payloads.begin()
      if start < length.count { payloads.add([UInt8](length[start..<min(end, length.count)])) }
      if end > length.count {
        payloads.add(frame: max(start - length.count, 0)..<end - length.count)
      }
      payloads.end(marker: end == total)
    }
  }
}
