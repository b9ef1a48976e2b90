/// A rectangle of pixels.
public struct PictureRectangle: Hashable, Sendable {
  /// Columns to its left.
  public var x: Int
  /// Rows above it.
  public var y: Int
  /// Columns.
  public var width: Int
  /// Rows.
  public var height: Int

  /// A rectangle by its upper left corner and its sides.
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }
}

/// What moves pixels without changing them.
public enum PictureGeometry: Hashable, Sendable {
  /// Keeps a rectangle that lies inside the picture, with `x` and `y` on the grid of chroma samples.
  case crop(PictureRectangle)
  /// Puts the picture into a larger one of `width` by `height`, at `x`, `y` on the grid of chroma
  /// samples; around it is `color` (red, green, blue of 8 bits, full range).
  ///
  /// Chroma samples that cover pixels of the picture keep its colour.
  case pad(width: Int, height: Int, x: Int, y: Int, color: [UInt8])
  /// Clockwise by 90, 180 or 270 degrees.
  case rotate(Int)
  /// The left becomes the right.
  case flipHorizontally
  /// The top becomes the bottom.
  case flipVertically
}
