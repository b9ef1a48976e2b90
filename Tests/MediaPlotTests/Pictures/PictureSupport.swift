import Foundation
import Testing

@testable import MediaPlot

/// Where the texts of a drawing of 12 pixels' letters overlap, each pair once.
func overlaps(_ sketch: Sketch) -> [String] {
  struct Box {
    var text: String
    var x: ClosedRange<Double>
    var y: ClosedRange<Double>
  }
  let boxes = sketch.shapes.compactMap { shape -> Box? in
    guard case .text(let text, let x, let y, let anchor, let ink) = shape, !text.isEmpty else {
      return nil
    }
    let width = Sketch.width(of: text, ink)
    let left = x - (anchor == .start ? 0 : anchor == .middle ? width / 2 : width)
    return Box(text: text, x: left...left + width, y: y - 9...y)
  }
  var found: [String] = []
  for (index, box) in boxes.enumerated() {
    if box.x.lowerBound < 0 || box.x.upperBound > sketch.width {
      found.append("\(box.text) outside")
    }
    for other in boxes[(index + 1)...] where box.x.overlaps(other.x) && box.y.overlaps(other.y) {
      found.append("\(box.text) on \(other.text)")
    }
  }
  return found
}

/// Texts of a drawing, in the order they are drawn.
func texts(_ sketch: Sketch) -> [String] {
  sketch.shapes.compactMap { if case .text(let text, _, _, _, _) = $0 { text } else { nil } }
}
