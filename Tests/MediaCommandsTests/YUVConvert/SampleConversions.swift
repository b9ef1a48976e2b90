import MediaModel
import MediaRaw
import MediaSignal
import Testing

@testable import MediaCommands

/// Plans and results as converting would give them, made by hand.
enum SampleConversions {
  /// A plan of one conversion, or of none where both formats are the same.
  static func plan(
    _ from: String, _ to: String, width: Int = 16, height: Int = 8,
    _ options: PictureColorOptions = tagged
  ) throws -> (plan: ConversionPlan, description: PictureSourceDescription) {
    let formats = try [from, to].map { try #require(PixelFormat(named: $0)) }
    let layouts = try formats.map { try PictureLayout($0, width: width, height: height) }
    var description = PictureSourceDescription(
      containerName: "rawvideo", codecName: "rawvideo", layout: layouts[0])
    description.frameRate = Rational(25, 1)
    let colors = try PictureColors(description, options, output: formats[1], impliedOutput: nil)
    let conversion = PictureConversion(
      from: PictureForm(layouts[0], colors.input), to: PictureForm(layouts[1], colors.output))
    let steps: [any PictureStep] = from == to ? [] : [PictureConverter(conversion)]
    let plan = ConversionPlan(
      steps: steps, conversion: conversion, conversionIndex: from == to ? nil : 0, colors: colors)
    return (plan, description)
  }

  /// BT.709 and limited range by the user's word.
  static var tagged: PictureColorOptions {
    var options = PictureColorOptions()
    (options.inputMatrix, options.inputRange) = (.bt709, .limited)
    return options
  }

  /// Two pictures of `yuv420p` made into `rgb24`.
  static func result(
    _ from: String = "yuv420p", _ to: String = "rgb24", width: Int = 16, height: Int = 8,
    _ options: PictureColorOptions = tagged
  ) throws -> YUVConvertResult {
    let (plan, description) = try plan(from, to, width: width, height: height, options)
    var result = YUVConvertResult(
      input: "in.yuv", output: "out.rgb", description: description, container: .raw, plan: plan)
    result.color = options
    result.frames = 2
    result.bytesRead = 2 * Int64(description.layout.byteCount)
    result.bytesWritten = 2 * Int64(plan.output.layout.byteCount)
    let output = plan.output.layout
    result.planes = output.format.components.indices.map {
      measurement(output, $0, minimum: 3, maximum: 250)
    }
    let input = description.layout
    result.inputPlanes = input.format.components.indices.map {
      measurement(input, $0, minimum: 20, maximum: 230)
    }
    return result
  }

  private static func measurement(
    _ layout: PictureLayout, _ component: Int, minimum: Int, maximum: Int
  ) -> PlaneMeasurement {
    var measurement = PlaneMeasurement()
    let samples =
      layout.format.sampleCount(component: component, width: layout.width)
      * layout.format.rowCount(component: component, height: layout.height)
    (measurement.minimum, measurement.maximum) = (minimum, maximum)
    measurement.sampleCount = 2 * Int64(samples)
    measurement.sum = 100 * measurement.sampleCount
    return measurement
  }

  /// A component of two pictures with so many samples off by `error`.
  static func difference(_ differing: Int64, of samples: Int64, by error: Int) -> PlaneDifference {
    var difference = PlaneDifference()
    (difference.sampleCount, difference.pictureCount) = (samples, 2)
    (difference.differing, difference.maximumError) = (differing, differing > 0 ? error : 0)
    difference.absoluteSum = differing * Int64(error)
    difference.squareSum = Double(differing * Int64(error * error))
    difference.ssimSum = differing > 0 ? 1.9 : 2
    return difference
  }
}
