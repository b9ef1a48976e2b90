public import MediaRaw

/// A form that raw pictures of unknown layout may have, and what speaks for it.
///
/// Candidates are weighed by how many bits a coder would need that foretells each sample from the one
/// beside it and the one above it: read in the right format and size, neighbours are alike. Usual
/// formats and sizes, whole frames and what the name says count some tenths of a bit besides.
public struct LayoutGuess: Hashable, Sendable {
  /// One of several that cannot be told apart, where evidence says so.
  public var format: PixelFormat
  /// In luma samples.
  public var width: Int
  /// In luma samples.
  public var height: Int
  /// Whole frames in the file.
  public var frames: Int64
  /// What is left over behind them, in bytes.
  public var remainder: Int64
  /// 0 to 1: how alike neighbouring rows are when read so, of luma and chroma.
  public var rowCorrelation: Double
  /// 0 to 1: all evidence together, comparable among the guesses for one file.
  public var score: Double
  /// Each piece of evidence in words.
  public var evidence: [String]

  /// Guesses, best first; at most `limit`.
  ///
  /// The same bytes have the same guesses. Nothing is guessed of an empty sample, nor forms of
  /// which the file holds less than one frame.
  ///
  /// - Parameters:
  ///   - sample: the first bytes of the file: all, or some MiB.
  ///   - byteCount: of the whole file; nil for a pipe, whose frames then need not fit.
  ///   - name: what the file's name says.
  ///   - known: what the user says: only the rest is guessed.
  ///   - limit: how many guesses are wanted.
  /// - Returns: guesses, best first.
  public static func guesses(
    sample: UnsafeRawBufferPointer, byteCount: Int64?, name: PictureFileName,
    known: (width: Int?, height: Int?, format: PixelFormat?), limit: Int = 10
  ) -> [LayoutGuess] {
    guard unsafe !sample.isEmpty, limit > 0 else { return [] }
    let reader = unsafe LayoutReader(sample)
    let candidates = LayoutCandidates(
      reader: reader, byteCount: byteCount, name: name, known: known)
    let coarse = candidates.layouts().map { layout in
      let reading = reader.read(layout, rowPairs: 8, length: 64)
      return (layout, candidates.cost(of: layout, reading, isFirst: true))
    }
    let chosen = coarse.sorted { $0.1 < $1.1 }.prefix(max(80, limit))
    let fine = chosen.map { layout, _ in
      let reading = reader.read(layout, rowPairs: 48, length: 256)
      return (layout, reading, candidates.cost(of: layout, reading))
    }
    // Candidates come in the order of their commonness; equals stay in it.
    return fine.enumerated().sorted { ($0.element.2, $0.offset) < ($1.element.2, $1.offset) }
      .prefix(limit).map { _, found in
        candidates.guess(found.0, found.1, cost: found.2)
      }
  }
}
