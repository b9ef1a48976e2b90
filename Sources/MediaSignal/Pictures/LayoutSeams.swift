internal import MediaRaw

/// Rows that lie below each other and are not alike: where planes and pictures meet.
///
/// They should be where a layout has planes and pictures meet, and nowhere else.
struct LayoutSeams {
  private let layout: PictureLayout
  private let reader: LayoutReader

  init(_ layout: PictureLayout, _ reader: LayoutReader) {
    self.layout = layout
    self.reader = reader
  }

  /// Bits that speak against the layout.
  var cost: Double {
    let frames = max(reader.count / max(layout.byteCount, 1), 1)
    let starts = Set([0, frames / 2, frames - 1]).sorted().map { $0 * layout.byteCount }
    var inner = 0.0
    var outer = 0.0
    for start in starts {
      for (number, plane) in layout.planes.enumerated() where plane.rowCount >= 8 {
        let usual = usual(plane, start)
        // Where another layout would have its seams.
        let places = [(1, 4), (1, 3), (1, 2), (2, 3), (3, 4)].map { $0.0 * plane.rowCount / $0.1 }
        let jumps = places.filter { jump(plane, start, $0, usual) == true }
        inner += jumps.isEmpty ? 0 : 1 / Double(layout.planes.count)
        guard number == 0 else { continue }
        // Its own, behind the first plane.
        if jump(plane, start, plane.rowCount, usual) == false { outer += 1 }
      }
    }
    return (0.5 * inner + 0.25 * outer) / Double(starts.count)
  }

  /// What rows differ by elsewhere in a plane.
  private func usual(_ plane: PictureLayout.Plane, _ start: Int) -> Double {
    var differences: [Double] = []
    for part in 1..<12 {
      // Beside the places that are tried.
      let row = min(max(plane.rowCount * part / 12 + 2, 1), plane.rowCount - 1)
      differences += [difference(plane, start, row)].compactMap(\.self)
    }
    return differences.isEmpty ? 0 : differences.sorted()[differences.count * 3 / 4]
  }

  private func difference(_ plane: PictureLayout.Plane, _ start: Int, _ row: Int) -> Double? {
    reader.difference(
      across: start + plane.offset + plane.stride * row, rowByteCount: plane.rowByteCount,
      stride: plane.stride)
  }

  /// Whether a row is unlike the one above; nil where the sample has none.
  private func jump(
    _ plane: PictureLayout.Plane, _ start: Int, _ row: Int, _ usual: Double
  ) -> Bool? {
    difference(plane, start, row).map { $0 > 3 * usual + 4 }
  }
}
