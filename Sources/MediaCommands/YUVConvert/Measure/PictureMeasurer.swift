internal import MediaIO
internal import MediaRaw
internal import MediaSignal

/// Measures pictures as the request wants; used from several threads at once.
struct PictureMeasurer: Sendable {
  private enum Comparison: Sendable {
    /// The conversion alone, done again by the formula; `pool` holds its outputs.
    case formula(ReferenceConverter, BufferPool)
    /// The output, with pictures of a file.
    case reference(ReferencePictures, BufferPool)
  }

  private let plan: ConversionPlan
  private let measuresPlanes: Bool
  private let hash: MessageDigest.Algorithm?
  private let comparison: Comparison?
  /// What can clip; nil where nothing does.
  private let converter: PictureConverter?
  /// The number of the first picture.
  private let firstNumber: Int64

  /// nil where nothing is to be measured.
  ///
  /// - Throws: `Failure` where the reference cannot be opened or has another form, `LibraryFailure`
  ///   where hashes cannot be made.
  init?(_ request: YUVConvertRequest, _ plan: ConversionPlan) throws {
    try self.init(request.checks, firstNumber: request.frameRange.lowerBound, plan)
  }

  /// The same of what it needs of a request; pictures of `--reference` are counted from
  /// `firstNumber`.
  init?(_ checks: PictureCheckOptions, firstNumber: Int64, _ plan: ConversionPlan) throws {
    self.plan = plan
    self.firstNumber = firstNumber
    measuresPlanes = checks.measures || checks.failOn != nil || !checks.expectations.isEmpty
    hash = checks.hash.flatMap { MessageDigest.Algorithm(rawValue: $0.rawValue) }
    // Known now rather than in the middle of the work.
    if let hash { _ = try MessageDigest(hash) }
    if let path = checks.reference {
      comparison = .reference(
        try ReferencePictures(path: path, layout: plan.output.layout),
        BufferPool(byteCount: plan.output.layout.byteCount))
    } else if checks.verifies {
      comparison = .formula(
        ReferenceConverter(plan.conversion),
        BufferPool(byteCount: plan.conversion.output.layout.byteCount))
    } else {
      comparison = nil
    }
    let converter = plan.conversionIndex.flatMap { place in
      plan.steps.indices.contains(place) ? plan.steps[place] as? PictureConverter : nil
    }
    self.converter = converter?.isRepacking == true ? nil : converter
    guard measuresPlanes || hash != nil || comparison != nil else { return nil }
  }

  /// Pictures of `--reference`.
  var referenceFrames: Int64? {
    if case .reference(let pictures, _) = comparison { pictures.count } else { nil }
  }

  /// Measures one picture.
  ///
  /// - Parameters:
  ///   - number: within the input, from 0.
  ///   - conversionInput: the picture as it went into the conversion step.
  ///   - conversionOutput: what came out of it; the same where there is none.
  ///   - output: the picture as it goes out.
  /// - Returns: What it showed, as far as it was asked for.
  /// - Throws: `Failure` where the reference ends early or cannot be read.
  func measure(
    number: Int64, conversionInput: UnsafeRawBufferPointer,
    conversionOutput: UnsafeRawBufferPointer, output: UnsafeRawBufferPointer
  ) throws -> PictureMeasurement {
    let input = Self.whole(conversionInput, plan.conversion.input)
    let converted = Self.whole(conversionOutput, plan.conversion.output)
    let output = Self.whole(output, plan.output)
    var measurement = PictureMeasurement(number: number, format: plan.output.layout.format)
    if measuresPlanes { planes(of: input, output, &measurement) }
    if let hash { measurement.hashes = try hashes(output, hash) }
    switch comparison {
    case nil: break
    case .formula(let reference, let pool):
      measurement.differences = compare(input, converted, reference, pool)
    case .reference(let pictures, let pool):
      let buffer = pool.take()
      try pictures.read(number - firstNumber, into: buffer.bytes)
      measurement.differences = PlaneDifference.compare(
        output, with: UnsafeRawBufferPointer(buffer.bytes), plan.output.layout)
    }
    return measurement
  }

  /// Without what a buffer has behind the picture.
  private static func whole(
    _ bytes: UnsafeRawBufferPointer, _ form: PictureForm
  ) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes.prefix(form.layout.byteCount))
  }

  private func planes(
    of input: UnsafeRawBufferPointer, _ output: UnsafeRawBufferPointer,
    _ measurement: inout PictureMeasurement
  ) {
    let inputForm = plan.conversion.input
    measurement.inputPlanes = PlaneMeasurement.measure(input, inputForm)
    measurement.inputStrayBits = StrayBits(input, inputForm.layout)
    let isSame = input.baseAddress == output.baseAddress && inputForm == plan.output
    measurement.planes =
      isSame ? measurement.inputPlanes : PlaneMeasurement.measure(output, plan.output)
    guard let converter else { return }
    let clipped = converter.clippedCounts(input)
    for (place, count) in clipped.enumerated() where measurement.planes.indices.contains(place) {
      measurement.planes[place].clipped = count
    }
  }

  private func compare(
    _ input: UnsafeRawBufferPointer, _ converted: UnsafeRawBufferPointer,
    _ reference: ReferenceConverter, _ pool: BufferPool
  ) -> [PlaneDifference] {
    let layout = plan.conversion.output.layout
    if plan.conversion.input == plan.conversion.output {
      // The formula leaves every sample as it is.
      return PlaneDifference.compare(converted, with: input, layout)
    }
    let buffer = pool.take()
    reference.apply(input, into: buffer.bytes)
    return PlaneDifference.compare(converted, with: UnsafeRawBufferPointer(buffer.bytes), layout)
  }

  // MARK: Hashes

  private func hashes(
    _ picture: UnsafeRawBufferPointer, _ algorithm: MessageDigest.Algorithm
  ) throws(LibraryFailure) -> PictureHashes {
    var digest = try MessageDigest(algorithm)
    digest.update(picture)
    let whole = digest.finishAsText()
    let planes = plan.output.layout.planes
    // One plane without gaps is the picture.
    if let plane = planes.first, planes.count == 1, plane.rowByteCount == plane.stride,
      plane.rowByteCount * plane.rowCount == picture.count
    {
      return PictureHashes(picture: whole, planes: [whole])
    }
    var texts: [String] = []
    for plane in planes {
      if plane.stride == plane.rowByteCount {
        digest.update(Self.part(picture, plane.offset, plane.rowByteCount * plane.rowCount))
      } else {
        for row in 0..<plane.rowCount {
          digest.update(Self.part(picture, plane.offset + row * plane.stride, plane.rowByteCount))
        }
      }
      texts.append(digest.finishAsText())
    }
    return PictureHashes(picture: whole, planes: texts)
  }

  private static func part(
    _ picture: UnsafeRawBufferPointer, _ offset: Int, _ count: Int
  ) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: picture[offset..<offset + count])
  }
}
