import MediaBytes

extension FLVMetadataBody {
  /// The bytes of its tag, `PreviousTagSize` behind it included.
  public var tagByteCount: Int { FLVTagHeader.byteCount + bytes.count + 4 }

  /// Sets the index to keyframes whose positions are counted without this very tag in front.
  public mutating func setKeyframes(_ keyframes: some Collection<(position: Int, time: Double)>) {
    for (index, keyframe) in keyframes.enumerated() {
      setKeyframe(index, position: keyframe.position + tagByteCount, time: keyframe.time)
    }
  }

  /// The whole tag and the `PreviousTagSize` behind it; `dataSize` of the header is not looked at.
  public func tag(
    _ header: FLVTagHeader = FLVTagHeader(.script, dataSize: 0, timestamp: 0)
  ) -> [UInt8] {
    var header = header
    header.dataSize = UInt32(bytes.count)
    var writer = ByteWriter(capacity: tagByteCount)
    header.write(to: &writer)
    writer.append(bytes)
    writer.integer(header.dataSize + UInt32(FLVTagHeader.byteCount))
    return writer.bytes
  }
}
