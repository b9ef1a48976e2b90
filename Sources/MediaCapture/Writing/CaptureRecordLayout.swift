/// Where a datagram stands in its record, so that it can be put there before the record is made.
public struct CaptureRecordLayout: Hashable, Sendable {
  /// How many bytes of the record are in front of the datagram.
  public let headroom: Int
  private let isBlock: Bool
  private let linkByteCount: Int

  /// No record at all: datagrams follow each other.
  public static let bare = CaptureRecordLayout(headroom: 0, isBlock: false, linkByteCount: 0)

  private init(headroom: Int, isBlock: Bool, linkByteCount: Int) {
    self.headroom = headroom
    self.isBlock = isBlock
    self.linkByteCount = linkByteCount
  }

  init(_ format: CaptureWriter.Format, isIPv4: Bool) {
    let linkByteCount = CaptureFlow.byteCount(isIPv4: isIPv4)
    switch format {
    case .rtpdump:
      self.init(headroom: RTPDumpHeader.recordByteCount, isBlock: false, linkByteCount: 0)
    case .pcapng:
      self.init(
        headroom: PCAPNGBlocks.prefixByteCount + linkByteCount, isBlock: true,
        linkByteCount: linkByteCount)
    case .pcap, .pcapNanoseconds:
      self.init(
        headroom: PCAPHeader.recordByteCount + linkByteCount, isBlock: false,
        linkByteCount: linkByteCount)
    }
  }

  /// How many bytes of the record are behind a datagram of so many bytes.
  public func tail(_ payloadByteCount: Int) -> Int {
    isBlock ? PCAPNGBlocks.suffixByteCount(linkByteCount + payloadByteCount) : 0
  }
}
