public import MediaRaw

/// One thing that is done to pictures: bytes of one form in, bytes of another out.
///
/// May be used from several threads at once.
public protocol PictureStep: Sendable {
  /// Of the pictures taken.
  var input: PictureForm { get }
  /// Of the pictures made.
  var output: PictureForm { get }

  /// Fills `target` (`output.layout.byteCount` bytes) from `source` (`input.layout.byteCount`);
  /// they do not overlap. Throws where the work is done by what can fail.
  func apply(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws
}
