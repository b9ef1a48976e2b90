import Foundation
import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

/// Every loop of its own against the general one, which knows nothing of it.
@Suite struct `Loops made for single conversions` {
  struct Size: Hashable {
    var width: Int
    var height: Int
  }

  /// Odd and even, less than a vector, and more than one with a rest.
  static let sizes = [(1, 1), (2, 3), (5, 2), (17, 1), (34, 3), (195, 3)].map {
    Size(width: $0.0, height: $0.1)
  }

  static let bytesOfYUV = [
    "gray", "yuv420p", "yuv422p", "yuv444p", "nv12", "nv21", "nv16", "nv24", "nv42", "yuyv422",
    "uyvy422", "yvyu422",
  ]
  static let wordsOfYUV = [
    "gray10le", "yuv420p10le", "yuv420p10be", "yuv422p10le", "yuv444p12le", "yuv420p16le", "p010le",
    "p010be", "p016le", "p210le", "y210le", "y210be",
  ]
  static let bytesOfRGB = [
    "rgb24", "bgr24", "rgba", "bgra", "argb", "abgr", "rgb0", "bgr0", "0rgb", "0bgr", "gbrp",
  ]

  @Test(arguments: bytesOfYUV + wordsOfYUV + bytesOfRGB)
  func `gives what the general loop gives`(_ input: String) throws {
    var generator = Seeded(8)
    for output in Self.bytesOfYUV + Self.wordsOfYUV + Self.bytesOfRGB {
      for range in ColorRange.allCases {
        guard try loop(input, output, Size(width: 2, height: 2), range) != nil else { continue }
        // Ranges differ in constants alone.
        for size in range == .limited ? Self.sizes : Self.sizes.suffix(1) {
          try compare(input, output, size, range, &generator)
        }
      }
    }
  }

  @Test func `exists for the usual pairs`() throws {
    let pairs = [
      ("yuv420p", "rgb24"), ("nv12", "bgra"), ("yuyv422", "rgb0"), ("rgb24", "nv12"),
      ("yuv420p", "nv12"), ("nv21", "yuyv422"), ("yuv420p", "p010le"), ("p010le", "yuv420p10le"),
      ("p010be", "yuv420p"), ("rgb24", "bgra"), ("gray", "rgb24"), ("gbrp", "yuv444p"),
    ]
    for (input, output) in pairs {
      let found = try loop(input, output, Size(width: 7, height: 5), .limited)
      #expect(found != nil, "\(input) to \(output)")
    }
  }

  @Test func `leaves interpolation, fields and dither to the general loop`() throws {
    let coarse = try forms("yuv420p", "rgb24", Size(width: 4, height: 4), .limited)
    var bilinear = PictureConversion(from: coarse.0, to: coarse.1)
    bilinear.chromaFilter = .bilinear
    #expect(FastConversion.make(bilinear) == nil)
    var interlaced = PictureConversion(from: coarse.0, to: coarse.1)
    interlaced.isInterlaced = true
    #expect(FastConversion.make(interlaced) == nil)
    let deep = try forms("yuv420p10le", "yuv420p", Size(width: 4, height: 4), .limited)
    var dithered = PictureConversion(from: deep.0, to: deep.1)
    dithered.dither = .bayer
    #expect(FastConversion.make(dithered) == nil)
  }

  @Test func `keeps to its rows where they have gaps`() throws {
    var generator = Seeded(9)
    for (input, output) in [
      ("yuv420p", "rgb24"), ("yuyv422", "bgra"), ("rgb24", "nv12"), ("nv12", "yuv422p"),
      ("p010le", "yuv420p"), ("bgra", "gbrp"),
    ] {
      var pair = try forms(input, output, Size(width: 35, height: 5), .limited)
      for path in [\(PictureForm, PictureForm).0, \(PictureForm, PictureForm).1] {
        let layout = pair[keyPath: path].layout
        let strides = layout.planes.map { $0.rowByteCount + 12 }
        pair[keyPath: path].layout = try PictureLayout(
          layout.format, width: layout.width, height: layout.height, strides: strides)
      }
      try compare(PictureConversion(from: pair.0, to: pair.1), &generator)
    }
  }

  // MARK: How

  private func forms(_ input: String, _ output: String, _ size: Size, _ range: ColorRange) throws
    -> (PictureForm, PictureForm)
  {
    func form(_ name: String) throws -> PictureForm {
      let format = try #require(PixelFormat(named: name))
      return PictureForm(
        try PictureLayout(format, width: size.width, height: size.height),
        PictureColor(matrix: .bt709, range: format.model == .rgb ? .full : range))
    }
    return (try form(input), try form(output))
  }

  private func loop(_ input: String, _ output: String, _ size: Size, _ range: ColorRange) throws
    -> (any PictureLoop)?
  {
    let forms = try forms(input, output, size, range)
    return FastConversion.make(PictureConversion(from: forms.0, to: forms.1))
  }

  private func compare(
    _ input: String, _ output: String, _ size: Size, _ range: ColorRange,
    _ generator: inout Seeded
  ) throws {
    let forms = try forms(input, output, size, range)
    try compare(PictureConversion(from: forms.0, to: forms.1), &generator)
  }

  private func compare(_ conversion: PictureConversion, _ generator: inout Seeded) throws {
    let source = picture(conversion.input.layout, &generator)
    let general = PictureConverter(conversion, usesFastLoops: false)
    let expected = converted(conversion, source) { general.apply($0, into: $1) }
    for level in PixelKernels.Level.allCases {
      guard let kernels = PixelKernels(level) else { continue }
      let loop = try #require(FastConversion.make(conversion, kernels))
      let found = converted(conversion, source) { loop.run($0, into: $1) }
      let layouts = (conversion.input.layout, conversion.output.layout)
      let isEqual = found == expected
      #expect(
        isEqual,
        "\(layouts.0.format.name) to \(layouts.1.format.name) \(layouts.0.width)x\(layouts.0.height) \(conversion.input.color.range) \(level)"
      )
    }
  }

  /// Random bytes: words have bits that belong to no sample, and that nobody may look at.
  private func picture(_ layout: PictureLayout, _ generator: inout Seeded) -> [UInt8] {
    (0..<layout.byteCount).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 32) }
  }

  private func converted(
    _ conversion: PictureConversion, _ source: [UInt8],
    _ body: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Void
  ) -> [UInt8] {
    var target = [UInt8](repeating: 0x5a, count: conversion.output.layout.byteCount)
    source.withUnsafeBytes { from in target.withUnsafeMutableBytes { body(from, $0) } }
    return target
  }
}
