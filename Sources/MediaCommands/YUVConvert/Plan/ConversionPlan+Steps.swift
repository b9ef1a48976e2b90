internal import MediaRaw
internal import MediaSignal

extension ConversionPlan {
  /// A plan of steps that are decided; without any, pictures pass as they are.
  init(
    steps: [any PictureStep], conversion: PictureConversion, conversionIndex: Int?,
    colors: PictureColors, notes: [String] = []
  ) {
    input = steps.first?.input ?? conversion.input
    output = steps.last?.output ?? conversion.output
    self.steps = steps
    self.conversionIndex = conversionIndex
    self.conversion = conversion
    self.colors = colors
    self.notes = notes
  }
}
