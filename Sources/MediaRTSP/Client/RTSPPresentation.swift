import MediaBytes
public import MediaRTP

/// What `DESCRIBE` says there is (RFC 2326 §10.2).
public struct RTSPPresentation: Hashable, Sendable {
  /// One track, as the description has it.
  public struct Track: Hashable, Sendable {
    /// Its place among the tracks.
    public var index: Int
    /// What the description says of it.
    public var media: SDPMedia
    /// What `SETUP` names.
    public var controlURI: String
  }

  /// The description as it came.
  public var text: [UInt8]
  /// What was read in it.
  public var description: SDPSession
  /// What control attributes are relative to.
  public var base: String
  /// What requests about all tracks name.
  public var controlURI: String
  /// The tracks, in the order of the description.
  public var tracks: [Track]

  /// Reads a description.
  ///
  /// - Throws: `ParseError` where it is none, or passes a limit.
  init(_ text: [UInt8], url: RTSPURL, base: String, limits: SDPLimits) throws(ParseError) {
    var reader = ByteReader(text.span)
    let description = try SDPSession(parsing: &reader, limits: limits)
    (self.text, self.description, self.base) = (text, description, base)
    controlURI = url.control(description.value("control"), base: base)
    tracks = description.media.enumerated().map { index, media in
      Track(
        index: index, media: media, controlURI: url.control(media.value("control"), base: base))
    }
  }
}
