import MediaBytes
import MediaRaw
import MediaSignal

/// Converts a picture as the first bytes say, made of the others, by every loop there is, which agree;
/// then turns, mirrors, crops and pads it and takes that back.
///
/// Rows may have gaps behind them. Bits that a format leaves unused are set at first, which nothing
/// must stumble over, and are cleared where results are compared.
public func fuzzPictures(_ bytes: RawSpan) {
  guard var lots = Lots(bytes) else { return }
  guard let input = form(&lots), let output = form(&lots, like: input) else { return }
  var conversion = PictureConversion(from: input, to: output)
  conversion.chromaFilter = lots.next(2) == 0 ? .nearest : .bilinear
  conversion.siting = lots.pick(ChromaSiting.allCases) ?? .left
  conversion.isInterlaced = lots.next(2) == 1
  conversion.dither = lots.next(4) == 1 ? .bayer : .none
  let raw = lots.picture(input.layout.byteCount)
  _ = run(PictureConverter(conversion), raw, over: 0)
  let converted = convert(cleared(raw, input.layout), conversion)
  guard
    let plain = try? PictureLayout(
      input.layout.format, width: input.layout.width, height: input.layout.height)
  else { return }
  // Of what has no gaps: a picture that was read, and one that was made.
  let source = lots.picture(plain.byteCount)
  move(source, PictureForm(plain, input.color), lots.geometry(input.layout))
  if output.layout.planes.allSatisfy({ $0.stride == $0.rowByteCount }) {
    move(converted, output, lots.geometry(output.layout))
  }
}

/// Choices, one byte each, and behind them the bytes of pictures.
private struct Lots {
  private static let count = 24
  private var choices: [UInt8]
  private let rest: [UInt8]

  init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= 8 else { return nil }
    let all = (0..<bytes.byteCount).map { bytes.byte(at: $0) }
    choices = all.prefix(Self.count).reversed()
    rest = Array(all.dropFirst(Self.count))
  }

  /// A number below a limit; 0 when the choices have come to their end.
  mutating func next(_ limit: Int) -> Int { Int(choices.popLast() ?? 0) % limit }

  mutating func pick<Value>(_ values: [Value]) -> Value? {
    values.isEmpty ? nil : values[next(values.count)]
  }

  /// The same bytes over and over, or all codes by turns.
  func picture(_ count: Int) -> [UInt8] {
    (0..<count).map { rest.isEmpty ? UInt8(truncatingIfNeeded: $0 * 101) : rest[$0 % rest.count] }
  }

  /// Any geometry, mostly one that fits a layout.
  mutating func geometry(_ layout: PictureLayout) -> PictureGeometry {
    let kind = next(8)
    // Values no picture has come with the largest bytes.
    var numbers = (0..<4).map { _ in next(256) }
    for (index, number) in numbers.enumerated() where number > 248 {
      numbers[index] = [Int.min, -1, .max, 65_536][number % 4]
    }
    let (x, y) = (numbers[0], numbers[1])
    switch kind {
    case 0: return .flipHorizontally
    case 1: return .flipVertically
    case 2: return .rotate(90)
    case 3: return .rotate(180)
    case 4: return .rotate(270)
    case 5: return .rotate(numbers[0])
    case 6:
      return .crop(PictureRectangle(x: x, y: y, width: numbers[2], height: numbers[3]))
    default:
      let (width, height) = (layout.width &+ x &+ numbers[2], layout.height &+ y &+ numbers[3])
      return .pad(width: width, height: height, x: x, y: y, color: [255, UInt8(next(256)), 0])
    }
  }
}

/// A form of up to 70 by 33 pixels, more than the widest vector takes, but mostly of few rows: a
/// tester's patience is short.
private func form(_ lots: inout Lots, like other: PictureForm? = nil) -> PictureForm? {
  let format = PixelFormat.all[lots.next(256) % PixelFormat.all.count]
  var width = other?.layout.width ?? 0
  var height = other?.layout.height ?? 0
  if other == nil {
    width = lots.next(70) + 1
    let rows = lots.next(256)
    height = rows > 250 ? rows - 222 : rows % 5 + 1
  }
  let color = lots.next(256)
  let gap = lots.next(16)
  var strides: [Int]?
  if gap > 11 {
    strides = (0..<format.planeCount).map {
      format.rowByteCount(plane: $0, width: width) + (gap - 11) * 4
    }
  }
  guard
    let layout = try? PictureLayout(format, width: width, height: height, strides: strides)
  else { return nil }
  return PictureForm(
    layout,
    PictureColor(
      matrix: ColorMatrix.all[color / 2 % ColorMatrix.all.count],
      range: color % 2 == 0 ? .limited : .full))
}

/// What a step makes of a picture; every byte of it was another before.
private func run(_ step: some PictureStep, _ picture: [UInt8], over filling: UInt8) -> [UInt8] {
  var result = [UInt8](repeating: filling, count: step.output.layout.byteCount)
  picture.withUnsafeBytes { source in
    result.withUnsafeMutableBytes { target in
      guard (try? step.apply(source, into: target)) != nil else {
        preconditionFailure("a step fails")
      }
    }
  }
  return result
}

/// The same samples without unused bits.
private func cleared(_ picture: [UInt8], _ layout: PictureLayout) -> [UInt8] {
  let rows = ComponentRows(layout)
  var result = [UInt8](repeating: 0, count: picture.count)
  picture.withUnsafeBytes { source in
    result.withUnsafeMutableBytes { target in
      rows.writePadding(of: target)
      for component in layout.format.components.indices {
        let count = layout.format.sampleCount(component: component, width: layout.width)
        var samples = [UInt16](repeating: 0, count: count)
        for row in 0..<layout.format.rowCount(component: component, height: layout.height) {
          samples.withUnsafeMutableBufferPointer {
            rows.read(component: component, row: row, of: source, into: $0)
          }
          samples.withUnsafeBufferPointer {
            rows.write($0, component: component, row: row, of: target)
          }
        }
      }
    }
  }
  return result
}

private func convert(_ picture: [UInt8], _ conversion: PictureConversion) -> [UInt8] {
  let fast = PictureConverter(conversion)
  let general = PictureConverter(conversion, usesFastLoops: false)
  let wanted = run(ReferenceConverter(conversion), picture, over: 0)
  var generals = run(general, picture, over: 0)
  agree(generals, wanted, "the general loop", conversion)
  var result = run(fast, picture, over: 0)
  agree(result, wanted, "a fast loop", conversion)
  // Gaps between rows may stay as they were; what was found equal is written over something else.
  let hasGaps = conversion.output.layout.planes.contains { $0.stride != $0.rowByteCount }
  if !hasGaps {
    generals = run(general, picture, over: 0xff)
    result = run(fast, picture, over: 0xff)
    precondition(generals == wanted && result == wanted, "a byte is not written")
  }
  let counts = picture.withUnsafeBytes { fast.clippedCounts($0) }
  precondition(counts.count == conversion.output.layout.format.components.count)
  precondition(counts.allSatisfy { $0 >= 0 }, "a negative count")
  precondition(!conversion.rule.isEmpty)
  return result
}

private func agree(
  _ result: [UInt8], _ wanted: [UInt8], _ what: String, _ conversion: PictureConversion
) {
  guard result != wanted else { return }
  let place = zip(result, wanted).enumerated().first { $0.element.0 != $0.element.1 }
  let (from, to) = (conversion.input.layout, conversion.output.layout)
  preconditionFailure(
    "\(what) differs: \(place.map { "\($0)" } ?? "") of \(wanted.count) bytes, "
      + "\(from.format.name) of \(from.width)x\(from.height), \(from.planes) to \(to.format.name), "
      + "\(to.planes), \(conversion.input.color) to \(conversion.output.color), "
      + "\(conversion.chromaFilter) \(conversion.siting) \(conversion.isInterlaced) "
      + "\(conversion.dither)")
}

// MARK: Geometry

/// Moves a picture and back, in the format that allows it.
private func move(_ picture: [UInt8], _ form: PictureForm, _ geometry: PictureGeometry) {
  let format = GeometryStep.workingFormat(for: geometry, form.layout.format)
  guard format == form.layout.format else {
    precondition(GeometryStep.supports(geometry, format), "a working format is not supported")
    return
  }
  let step: GeometryStep
  do throws(PictureLayoutError) { step = try GeometryStep(geometry, input: form) } catch {
    precondition(!error.message.isEmpty)
    return
  }
  guard step.output.layout.byteCount < 1 << 18 else { return }
  let moved = run(step, picture, over: 0)
  precondition(moved == run(step, picture, over: 0xff), "a byte is not written")
  guard let back = inverse(of: geometry, form.layout),
    GeometryStep.supports(back, format), let step = try? GeometryStep(back, input: step.output)
  else { return }
  precondition(step.output == form, "the way back leads elsewhere")
  precondition(run(step, moved, over: 0) == picture, "the way back is another")
}

/// What undoes a geometry; nil of a crop, whose rest is lost.
private func inverse(of geometry: PictureGeometry, _ layout: PictureLayout) -> PictureGeometry? {
  switch geometry {
  case .flipHorizontally, .flipVertically: geometry
  case .rotate(let degrees): .rotate(360 - degrees)
  case .crop: nil
  case .pad(_, _, let x, let y, _):
    .crop(PictureRectangle(x: x, y: y, width: layout.width, height: layout.height))
  }
}
