internal import CKernels

/// Where the transforms of a spectrogram stand, by their place in the sound alone.
///
/// So any cut of the sound into chunks gives the same ones. They begin close together, for short
/// sounds need columns too, and stand twice as far apart each time that `columns` columns would be
/// passed, until they overlap by half.
struct SpectrogramGrid: Hashable, Sendable {
  /// Samples of a transform.
  let size: Int
  /// The most columns, an even number.
  let columns: Int

  /// The step of the first transforms; those of the last are `size / 2` apart.
  private var finestStep: Int { size / 16 }

  init(_ plan: SpectrogramPlan) {
    size = plan.transformSize
    columns = max(2, plan.maxColumns / 2 * 2)
  }

  /// One transform: a column of the picture as wide as its step, in the middle of its samples.
  struct Place: Hashable, Sendable {
    /// First frame of the column.
    var start: Int64
    /// Frames of the column.
    var step: Int64
  }

  /// The frame after the last that a transform reads; it begins `size` before, which may lie before
  /// the sound.
  func end(_ place: Place) -> Int64 { place.start + place.step / 2 + Int64(size / 2) }

  var first: Place { Place(start: 0, step: Int64(finestStep)) }

  func next(after place: Place) -> Place { self.place(at: place.start + place.step) }

  /// The first transform whose end comes after a frame.
  func first(endingAfter frame: Int64) -> Place {
    var place = self.place(at: max(0, frame - Int64(size)))
    while end(place) <= frame { place = next(after: place) }
    return place
  }

  /// The transform whose column holds a frame.
  private func place(at frame: Int64) -> Place {
    var step = Int64(finestStep)
    while step < size / 2, frame >= step * Int64(columns) { step *= 2 }
    return Place(start: frame / step * step, step: step)
  }
}

/// What every chunk of a spectrogram needs: made once, shared.
struct SpectrogramTables: Sendable {
  let grid: SpectrogramGrid
  let transform: FourierTransform
  /// Hann's window, scaled so that a sine of full scale has a power of 1.
  let window: [Float]

  /// The tables of a plan, whose `transformSize` must be a power of two from 64 to 32768.
  init(_ plan: SpectrogramPlan) {
    grid = SpectrogramGrid(plan)
    transform = FourierTransform(size: plan.transformSize)
    let size = Double(plan.transformSize)
    // The window's mean is a half, and a sine shares its power with its mirror image.
    window = (0..<plan.transformSize).map { index in
      let turn = 2 * Double.pi * Double(index) / size
      return Float((0.5 - 0.5 * ckernels_cos(turn)) * 4 / size)
    }
  }
}
