internal import MediaModel

/// What the parameter `C` says: a pixel format and, of some, where chroma lies.
struct Y4MColorSpace: Hashable, Sendable {
  /// Behind the `C`.
  var name: String
  var format: PixelFormat
  var siting: ChromaSiting?

  /// In the order in which a format's name is looked for when written: of several names for one
  /// format the first says nothing that is not so.
  static let all: [Y4MColorSpace] = {
    let named: [(String, String, ChromaSiting?)] =
      [
        ("420jpeg", "yuv420p", .center), ("420mpeg2", "yuv420p", .left),
        // Cb and Cr of PAL DV lie with luma samples, on alternate lines; FFmpeg takes it so too.
        ("420paldv", "yuv420p", .topleft), ("420", "yuv420p", nil),
        ("422", "yuv422p", nil), ("444", "yuv444p", nil), ("411", "yuv411p", nil),
        ("mono", "gray", nil),
      ]
      + [9, 10, 12, 14, 16].flatMap { depth in
        ["420", "422", "444"].map { ("\($0)p\(depth)", "yuv\($0)p\(depth)le", nil) }
          + [("mono\(depth)", "gray\(depth)le", nil)]
      }
    return named.compactMap { name, format, siting in
      PixelFormat(named: format).map { Y4MColorSpace(name: name, format: $0, siting: siting) }
    }
  }()

  /// What a file without `C` has.
  static let unsaid: Y4MColorSpace = {
    guard let format = PixelFormat(named: "yuv420p") else {
      preconditionFailure("the catalogue has yuv420p")
    }
    return Y4MColorSpace(name: "420", format: format)
  }()

  /// What stands in a file for a format: `yuvj` formats are written as their sisters.
  static func written(_ format: PixelFormat, _ siting: ChromaSiting?) -> Y4MColorSpace? {
    let name = format.impliesFullRange ? "yuv" + format.name.dropFirst(4) : format.name
    let spaces = all.filter { $0.format.name == name }
    return spaces.first { $0.siting == siting && siting != nil } ?? spaces.first
  }

  /// The values of `C` and, in capitals, of `XYSCSS`, which writers before `C` had deep and other
  /// formats used.
  static func named(_ name: String) -> Y4MColorSpace? { all.first { $0.name == name } }
}

extension Y4MHeader {
  /// Whether frames of a format can be in such a file, as it is (`yuv420p10le`, `gray`) or not
  /// (`nv12`, `rgb24`).
  ///
  /// `gray14le` is read, but not offered: FFmpeg takes its `Cmono14` for 8 bits.
  public static func canHold(_ format: PixelFormat) -> Bool {
    format.name != "gray14le" && Y4MColorSpace.written(format, nil) != nil
  }

  /// The first line, its end included, as FFmpeg writes it; comments as far as the line has room.
  ///
  /// A format that no parameter names is a programming error: ask `canHold`.
  public var line: [UInt8] {
    guard let space = Y4MColorSpace.written(format, siting) else {
      preconditionFailure("Y4M cannot hold \(format.name)")
    }
    let rate = frameRate.map { "\($0.numerator):\($0.denominator)" } ?? "0:0"
    let aspect = sampleAspectRatio.map { "\($0.numerator):\($0.denominator)" } ?? "0:0"
    var text = "YUV4MPEG2 W\(width) H\(height) F\(rate) I\(interlacing.rawValue) A\(aspect)"
    text += " C\(space.name)"
    if space.format.model == .yuv { text += " XYSCSS=\(space.name.uppercased())" }
    switch range ?? (format.impliesFullRange ? .full : nil) {
    case .full: text += " XCOLORRANGE=FULL"
    case .limited: text += " XCOLORRANGE=LIMITED"
    case nil: break
    }
    var bytes = Array(text.utf8)
    for comment in comments {
      // A space or a line's end would begin something else.
      let word = comment.utf8.map { $0 == 0x20 || $0 == 0x0a ? UInt8(ascii: "_") : $0 }
      guard bytes.count + word.count + 3 <= Self.maxLineLength else { continue }
      bytes += [0x20, UInt8(ascii: "X")] + word
    }
    return bytes + [0x0a]
  }

  /// The line before each frame.
  public static let frameLine = Array("FRAME\n".utf8)
}
