internal import MediaRaw

/// A conversion done in bands of rows, each made of its own rows of the input alone.
///
/// Bands stay in the caches nearest to the processor while they are read, converted and written, which
/// whole pictures do not. One behind the other they are the picture that `PictureConverter` makes.
public struct BandedConverter: Sendable {
  /// A piece of a picture of the input, and where in a band's bytes it belongs.
  public struct Piece: Hashable, Sendable {
    /// Bytes from the picture's beginning.
    public var pictureOffset: Int
    /// Where in the band's bytes.
    public var bandRange: Range<Int>
  }

  /// How many bands a picture has.
  public let bandCount: Int
  /// Bytes of the largest band of the input.
  public let inputByteCount: Int
  /// And of the output.
  public let outputByteCount: Int
  private let rowsPerBand: Int
  private let input: PictureLayout
  private let whole: PictureConverter
  /// The last band, which may have fewer rows.
  private let last: PictureConverter

  /// Bands of a converter's pictures; nil where bands of the output do not lie behind each other, or
  /// need rows of others.
  ///
  /// - Parameters:
  ///   - converter: what to do.
  ///   - bandByteCount: about how many bytes a band of the output is to have.
  public init?(_ converter: PictureConverter, bandByteCount: Int) {
    let conversion = converter.conversion
    let (input, output) = (conversion.input.layout, conversion.output.layout)
    guard output.planes.count == 1, let plane = output.planes.first, plane.offset == 0,
      conversion.chromaFilter == .nearest || input.format.chroma.verticalShift == 0
    else { return nil }
    // Thresholds of dithering repeat after eight rows, fields and their chroma after four.
    let rows = max(bandByteCount / plane.stride / 8, 1) * 8
    guard rows < input.height else { return nil }
    bandCount = (input.height + rows - 1) / rows
    let rest = input.height - (bandCount - 1) * rows
    guard let whole = Self.converter(conversion, rows: rows),
      let last = Self.converter(conversion, rows: rest)
    else { return nil }
    self.input = input
    self.whole = whole
    self.last = rest == rows ? whole : last
    rowsPerBand = rows
    inputByteCount = whole.input.layout.byteCount
    outputByteCount = whole.output.layout.byteCount
  }

  private static func converter(_ conversion: PictureConversion, rows: Int) -> PictureConverter? {
    func form(_ form: PictureForm) -> PictureForm? {
      let layout = form.layout
      let band = try? PictureLayout(
        layout.format, width: layout.width, height: rows, strides: layout.planes.map(\.stride))
      return band.map { PictureForm($0, form.color) }
    }
    guard let input = form(conversion.input), let output = form(conversion.output) else {
      return nil
    }
    var conversion = conversion
    conversion.input = input
    conversion.output = output
    return PictureConverter(conversion)
  }

  private func converter(_ band: Int) -> PictureConverter { band == bandCount - 1 ? last : whole }

  /// Bytes of a band of the output.
  public func outputByteCount(ofBand band: Int) -> Int { converter(band).output.layout.byteCount }

  /// What of a picture a band is made of.
  public func pieces(ofBand band: Int) -> [Piece] {
    let layout = converter(band).input.layout
    return zip(input.planes, layout.planes).enumerated().map { number, planes in
      let (picture, own) = planes
      let first = input.format.rowCount(plane: number, height: band * rowsPerBand)
      return Piece(
        pictureOffset: picture.offset + first * picture.stride, bandRange: own.offset..<own.end)
    }
  }

  /// Converts a band.
  ///
  /// - Parameters:
  ///   - band: its number, from 0 on.
  ///   - source: what `pieces` names, `inputByteCount` bytes at most.
  ///   - target: room for `outputByteCount(ofBand:)` bytes, all of which are written.
  public func convert(
    band: Int, _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) {
    unsafe converter(band).apply(source, into: target)
  }
}
