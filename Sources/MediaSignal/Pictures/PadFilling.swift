internal import MediaRaw

/// A row of one colour for each plane of a form.
struct PadFilling {
  /// As many bytes as a row of the plane has.
  let rows: [[UInt8]]

  /// - Parameters:
  ///   - color: red, green and blue, of 8 bits and full range.
  ///   - form: of no packed 4:2:2.
  init(_ color: [UInt8], _ form: PictureForm) {
    let layout = form.layout
    guard let rgb = PixelFormat(named: "rgb24"),
      let one = try? PictureLayout(rgb, width: 1, height: 1),
      let pixel = try? PictureLayout(layout.format, width: 1, height: 1)
    else { preconditionFailure("a picture of one pixel always can be laid out") }
    let source = PictureForm(one, PictureColor(matrix: form.color.matrix, range: .full))
    let formulas = ColorFormula.formulas(from: source, to: form)
    let components = ComponentRows(pixel)
    var bytes = [UInt8](repeating: 0, count: pixel.byteCount)
    unsafe bytes.withUnsafeMutableBytes { bytes in
      for (number, formula) in formulas.enumerated() {
        let code = [UInt16(truncatingIfNeeded: formula.code(color.map { Int($0) }))]
        unsafe code.withUnsafeBufferPointer {
          unsafe components.write($0, component: number, row: 0, of: bytes)
        }
      }
      unsafe components.writePadding(of: bytes)
    }
    rows = zip(layout.planes, pixel.planes).map { plane, element in
      let element = bytes[element.offset..<element.offset + element.rowByteCount]
      return (0..<plane.rowByteCount / element.count).flatMap { _ in element }
    }
  }
}
