/// Colors for levels from dark to light, evenly told apart by eye, also where red and green are not.
///
/// From near black over violet and red to a pale yellow. Lightness rises by equal steps: the colors
/// were reckoned in the OKLCh space with hue 275° to 465° and as much chroma as sRGB has.
enum ColorMap {
  private static let stops: [UInt32] = [
    0x020019, 0x0D002F, 0x210043, 0x390153, 0x54005E, 0x700363, 0x8E0364, 0xAC025E, 0xCA1052,
    0xDF3443, 0xEE5332, 0xF97327, 0xFD9231, 0xFDB151, 0xFACD7B, 0xF8E6AB, 0xFBFAE3,
  ]

  /// 256 colors, the darkest first.
  static let colors: [Canvas.Color] = (0..<256).map { level in
    let place = Double(level) / 255 * Double(stops.count - 1)
    let lower = min(Int(place), stops.count - 2)
    let share = place - Double(lower)
    let (from, to) = (Canvas.Color(stops[lower]), Canvas.Color(stops[lower + 1]))
    func mixed(_ from: UInt8, _ to: UInt8) -> UInt32 {
      UInt32((Double(from) + (Double(to) - Double(from)) * share).rounded())
    }
    return Canvas.Color(
      mixed(from.red, to.red) << 16 | mixed(from.green, to.green) << 8
        | mixed(from.blue, to.blue))
  }

  /// The color of a share: of 0 and less the darkest, of 1 and more the lightest.
  static func color(_ share: Double) -> Canvas.Color {
    guard share > 0 else { return colors[0] }
    return colors[min(255, Int((min(share, 1) * 255).rounded()))]
  }
}
