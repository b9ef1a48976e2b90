/// All that is to be known of a picture's bytes.
public struct PictureForm: Hashable, Sendable {
  /// Where they are.
  public var layout: PictureLayout
  /// What they mean.
  public var color: PictureColor

  /// A form of both.
  public init(_ layout: PictureLayout, _ color: PictureColor) {
    self.layout = layout
    self.color = color
  }
}
