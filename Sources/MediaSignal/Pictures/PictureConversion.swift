public import MediaRaw

/// A conversion between two forms of pictures of the same size, and what it has to choose.
///
/// Each component of the output is made of the input's components on its own grid of samples: what
/// is finer there becomes the mean of the samples covered, rounded half up; what is coarser is
/// repeated or interpolated. To these the exact formula of `ColorFormula` is applied, once: the
/// result is rounded to the nearest code, halves up, then clipped to the codes there are.
public struct PictureConversion: Hashable, Sendable {
  /// How coarse chroma is brought onto a finer grid.
  public enum ChromaFilter: String, Hashable, Sendable, CaseIterable {
    /// The sample that covers the place.
    case nearest
    /// Between the two or four nearest samples by distance, rounded half up, by `siting`.
    case bilinear
  }

  /// What hides the steps of a coarser depth.
  public enum Dither: String, Hashable, Sendable, CaseIterable {
    /// Nothing: codes are rounded.
    case none
    /// An 8 by 8 matrix of thresholds in place of one half.
    case bayer
  }

  /// What the pictures are.
  public var input: PictureForm
  /// What they become.
  public var output: PictureForm
  /// For chroma that the output has more of.
  public var chromaFilter = ChromaFilter.nearest
  /// Where the chroma of both lies; only interpolation asks.
  public var siting = ChromaSiting.left
  /// Whether rows of 4:2:0 chroma belong to the lines of their own field.
  ///
  /// Row r is of field r & 1 and covers the lines 4 (r / 2) + (r & 1) and the second behind that. Of
  /// 4n + 2 lines the last has no row of its own field; it shares that of the line before.
  public var isInterlaced = false
  /// Used only where the depth falls.
  public var dither = Dither.none

  /// A conversion with what is usual of the rest: nearest samples, no dither, no fields.
  public init(from input: PictureForm, to output: PictureForm) {
    self.input = input
    self.output = output
  }
}
