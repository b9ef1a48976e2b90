/// A loop that does one whole conversion of pictures, decided on when the converter is made.
///
/// May be used from several threads at once.
protocol PictureLoop: Sendable {
  /// Fills `target` (all bytes of the output's layout) from `source` (those of the input's); they do
  /// not overlap.
  func run(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer)
}
