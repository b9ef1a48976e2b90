public import MediaModel

/// What a file's name tells of the pictures in it, such as `clip_1920x1080_30_nv12.yuv`.
///
/// The name is read word by word; of several that say the same thing the last counts, and the
/// suffix above all. `1080p`, `cif` and the like count only where no `1920x1080` stands.
public struct PictureFileName: Hashable, Sendable {
  /// In luma samples.
  public var width: Int?
  /// In luma samples.
  public var height: Int?
  /// How pixels are stored.
  public var format: PixelFormat?
  /// Frames per second.
  public var frameRate: Rational?

  /// Reads the name behind the last slash.
  public init(_ path: String) {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    var reader = PictureNameReader()
    reader.read(name.lowercased())
    let size = reader.size ?? reader.namedSize
    width = size?.width
    height = size?.height
    format = reader.resolvedFormat
    frameRate = reader.frameRate
  }
}

extension Character {
  var isDigit: Bool { ("0"..."9").contains(self) }
}
