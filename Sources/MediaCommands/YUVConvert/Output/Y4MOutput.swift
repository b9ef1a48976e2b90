internal import MediaIO
internal import MediaRaw

/// The header of Y4M output.
enum Y4MOutput {
  /// What the plan and the input tell of the pictures that go out.
  ///
  /// What nobody said is not tagged: a range, a siting.
  static func header(
    _ plan: ConversionPlan, _ description: PictureSourceDescription,
    _ request: YUVConvertRequest
  ) -> Y4MHeader {
    let layout = plan.output.layout
    var header = Y4MHeader(
      width: layout.width, height: layout.height, frameRate: description.frameRate,
      format: layout.format)
    header.range = plan.colors.isOutputRangeKnown ? plan.output.color.range : nil
    header.siting = plan.colors.outputSiting
    header.interlacing = interlacing(plan, description, request)
    header.sampleAspectRatio = plan.aspectRatio(after: description.sampleAspectRatio)
    return header
  }

  private static func interlacing(
    _ plan: ConversionPlan, _ description: PictureSourceDescription, _ request: YUVConvertRequest
  ) -> Y4MHeader.Interlacing {
    if request.geometry.deinterlaces { return .progressive }
    switch plan.fieldOrder(after: request.color.interlacing ?? description.fieldOrder) {
    case .alternating(.topFirst): return .topFirst
    case .alternating(.bottomFirst): return .bottomFirst
    case .mixed: return .unknown
    case .none: return .progressive
    }
  }
}
