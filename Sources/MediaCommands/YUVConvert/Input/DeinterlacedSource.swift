internal import MediaFFmpeg
internal import MediaIO
internal import MediaRaw
internal import MediaSignal

/// Whole pictures made of another source's interlaced ones, each of its neighbours too.
///
/// Works as pictures are drawn: each needs those before it.
final class DeinterlacedSource: PictureSource {
  private(set) var description: PictureSourceDescription
  var leftOver: Int64 { source.leftOver }
  var bytesRead: Int64 { source.bytesRead }
  var undecodablePackets: Int { source.undecodablePackets }

  private let source: any PictureSource
  private let deinterlacer: PictureDeinterlacer
  /// Repacks pictures that libavfilter does not take as they are.
  private let repacking: PictureConverter?
  private let inputs: BufferPool
  private let outputs: BufferPool
  /// Numbers of the pictures that are inside.
  private var numbers: [Int64] = []
  private var hasEnded = false

  /// - Parameters:
  ///   - source: not yet drawn from.
  ///   - order: which field came first; nil where nothing says.
  /// - Throws: `FFmpegError`, `PictureLayoutError`, `Failure`.
  init(_ source: any PictureSource, order: FieldOrder?) throws {
    self.source = source
    description = source.description
    let layout = description.layout
    var format = layout.format
    if try !PictureDeinterlacer.supports(format.name) {
      let plain = format.model == .rgb ? PixelFormat(named: "gbrp") : format.planarEquivalent
      guard let plain, try PictureDeinterlacer.supports(plain.name) else {
        throw Failure(.unavailable, "\(format.name) cannot be deinterlaced")
      }
      format = plain
    }
    let plain = try PictureLayout(format, width: layout.width, height: layout.height)
    if format != layout.format {
      // Codes keep their meaning, so that any serves.
      let color = PictureColor(
        matrix: description.matrix ?? .bt601,
        range: description.range ?? (format.impliesFullRange ? .full : .limited))
      repacking = PictureConverter(
        PictureConversion(from: PictureForm(layout, color), to: PictureForm(plain, color)))
    } else {
      repacking = nil
    }
    deinterlacer = try PictureDeinterlacer(
      format: format.name, width: layout.width, height: layout.height,
      isTopFieldFirst: order.map { $0 == .topFirst })
    description.layout = plain
    description.fieldOrder = nil
    if layout.format.hasAlpha, !format.hasAlpha {
      description.notes.append("alpha is dropped in order to deinterlace")
    }
    inputs = BufferPool(byteCount: layout.byteCount)
    outputs = BufferPool(byteCount: plain.byteCount)
  }

  func next() throws -> SourcePicture? {
    while true {
      let buffer = outputs.take()
      let layout = description.layout
      if try deinterlacer.next({ try DecodedPictures.copy($0, layout, into: buffer.bytes) }) {
        guard !numbers.isEmpty else { return nil }
        return SourcePicture(number: numbers.removeFirst(), content: .held(buffer))
      }
      guard !hasEnded else { return nil }
      if let picture = try source.next() {
        try push(picture)
      } else {
        hasEnded = true
        try deinterlacer.finish()
      }
    }
  }

  private func push(_ picture: SourcePicture) throws {
    let held = try picture.bytes(inputs)
    var layout = source.description.layout
    var bytes = held
    if let repacking {
      bytes = outputs.take()
      repacking.apply(UnsafeRawBufferPointer(held.bytes), into: bytes.bytes)
      layout = description.layout
    }
    guard let base = UnsafeRawPointer(bytes.bytes.baseAddress) else { return }
    try deinterlacer.push(layout.planes.map { (base + $0.offset, $0.stride) })
    withExtendedLifetime(bytes) {}
    numbers.append(picture.number)
  }
}
