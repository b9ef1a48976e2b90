public import MediaRaw

/// Converts pictures exactly, as `PictureConversion` says.
public final class PictureConverter: PictureStep {
  /// What is done.
  public let conversion: PictureConversion
  /// Of the pictures taken.
  public var input: PictureForm { conversion.input }
  /// Of the pictures made.
  public var output: PictureForm { conversion.output }

  /// Whether no sample changes, only its place: nothing is rounded and nothing can be clipped.
  public var isRepacking: Bool { general.groups.allSatisfy(\.isRepacking) }

  private let loop: any PictureLoop
  /// Made anew where another loop converts: few ask for it then, and a small picture takes no longer.
  private var general: GeneralLoop { loop as? GeneralLoop ?? GeneralLoop(conversion) }

  /// A converter; which loops do the work is decided here.
  ///
  /// The layouts must have equal sides.
  ///
  /// - Parameters:
  ///   - conversion: what to do.
  ///   - usesFastLoops: whether loops made for single conversions do those; the general one gives the
  ///     same.
  public init(_ conversion: PictureConversion, usesFastLoops: Bool = true) {
    precondition(
      conversion.input.layout.width == conversion.output.layout.width
        && conversion.input.layout.height == conversion.output.layout.height)
    self.conversion = conversion
    let fast = usesFastLoops ? FastConversion.make(conversion) : nil
    loop = fast ?? GeneralLoop(conversion)
  }

  /// Converts a picture.
  ///
  /// - Parameters:
  ///   - source: `input.layout.byteCount` bytes.
  ///   - target: `output.layout.byteCount` bytes, all of which are written.
  public func apply(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) {
    precondition(source.count >= input.layout.byteCount, "a picture of too few bytes")
    precondition(target.count >= output.layout.byteCount, "no room for a picture")
    unsafe loop.run(source, into: target)
  }

  /// Converts a picture of `input.layout.byteCount` bytes to one of `output.layout.byteCount`.
  public func apply(_ picture: [UInt8]) -> [UInt8] {
    let count = output.layout.byteCount
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { room, filled in
      unsafe picture.withUnsafeBytes { unsafe apply($0, into: UnsafeMutableRawBufferPointer(room)) }
      filled = count
    }
  }

  /// How many samples of each of the output's components the formula puts beyond the codes there are.
  ///
  /// Goes through the whole picture once more.
  ///
  /// - Parameter source: `input.layout.byteCount` bytes.
  /// - Returns: a count for each component.
  public func clippedCounts(_ source: UnsafeRawBufferPointer) -> [Int64] {
    precondition(source.count >= input.layout.byteCount, "a picture of too few bytes")
    return unsafe general.clippedCounts(source)
  }
}

extension GeneralLoop.Group {
  /// Whether each component is one of the input's, or the same everywhere.
  var isRepacking: Bool {
    members.allSatisfy(\.loop.isCopy) && inputs.allSatisfy(\.resampling.isIdentity)
  }
}
