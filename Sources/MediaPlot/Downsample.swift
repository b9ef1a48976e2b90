/// A point in the viewBox.
struct Position: Equatable {
  var x: Double
  var y: Double
}

/// The points that are seen when there are more than four to a pixel column.
///
/// Of each column of width 1 the first, lowest, highest and last point stay, in their order, so
/// every peak and the joins between columns are kept. Points come sorted by x.
func downsampled(_ points: [Position], columns: Int) -> [Position] {
  guard points.count > 4 * columns else { return points }
  var result: [Position] = []
  result.reserveCapacity(4 * columns)
  var start = 0
  while start < points.count {
    let column = points[start].x.rounded(.down)
    var end = start
    var low = start
    var high = start
    while end < points.count, points[end].x.rounded(.down) == column {
      if points[end].y < points[low].y { low = end }
      if points[end].y > points[high].y { high = end }
      end += 1
    }
    var last = -1
    for index in [start, min(low, high), max(low, high), end - 1] where index > last {
      result.append(points[index])
      last = index
    }
    start = end
  }
  return result
}
