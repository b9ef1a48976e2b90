public import MediaModel

/// The frames of an FLV file or stream, wherever its bytes come from.
public struct FLVFrameSource: FrameSource {
  private let read: () throws -> [UInt8]
  private var reader: FLVReader
  private var demuxer = FLVDemuxer()
  private var isAtEnd = false

  /// Reads as far as the tracks are known.
  ///
  /// - Parameters:
  ///   - limits: what counts as damage, which is jumped over.
  ///   - read: gives the next bytes of the input, none at its end.
  /// - Throws: `ParseError` where the input is no FLV at all, `FLVFrameError`, and what `read` throws.
  public init(limits: FLVLimits = FLVLimits(), reading read: @escaping () throws -> [UInt8]) throws
  {
    self.read = read
    reader = FLVReader(limits: limits)
    while demuxer.tracks == nil { try readOn() }
  }

  /// The tracks in the order of their first tags.
  public var tracks: [Track] { demuxer.tracks ?? [] }

  /// The next frame in the order of the tags; nil at the end.
  ///
  /// - Throws: as the initialiser.
  public mutating func next() throws -> Frame? {
    while true {
      if let frame = demuxer.next() { return frame }
      if isAtEnd { return nil }
      try readOn()
    }
  }

  private mutating func readOn() throws {
    guard let event = try reader.next() else {
      let bytes = try read()
      if bytes.isEmpty { reader.finish() } else { reader.receive(bytes.span) }
      return
    }
    switch event {
    case .header(let header, _): demuxer.take(header)
    case .tag(let tag, let body): try unsafe demuxer.take(tag, body: body.span.bytes)
    case .tagEnd, .skipped: break
    case .end:
      demuxer.finish()
      isAtEnd = true
    }
  }
}
