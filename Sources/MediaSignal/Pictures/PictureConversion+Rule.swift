internal import MediaRaw

extension PictureConversion {
  /// What is done to samples, in one sentence for reports: how they come onto the output's grids, and
  /// what is applied to them there.
  public var rule: String {
    let general = GeneralLoop(self)
    var steps: [String] = []
    for group in general.groups {
      for (component, resampling) in group.inputs {
        for step in words(resampling, component) where !steps.contains(step) { steps.append(step) }
      }
    }
    if general.groups.allSatisfy({ $0.members.allSatisfy(\.loop.isCopy) }) {
      if steps.isEmpty { steps = ["samples are copied"] }
    } else if general.groups.contains(where: { $0.members.contains(where: \.loop.dithers) }) {
      steps.append("H.273's formula, dithered by an 8x8 Bayer matrix, clipped")
    } else {
      steps.append("H.273's formula, rounded half up, clipped")
    }
    return steps.joined(separator: "; then ")
  }

  /// What happens to a component, once for each axis along which it does.
  private func words(_ resampling: Resampling, _ component: Int) -> [String] {
    let format = input.layout.format
    let name =
      format.model == .rgb ? "R, G, B" : format.isChroma(component) ? "chroma" : "luma"
    let fields = isInterlaced && resampling.vertical != .same ? ", by field" : ""
    var words: [String] = []
    for axis in [resampling.horizontal, resampling.vertical] {
      switch axis {
      case .same: continue
      case .mean: words.append("\(name): mean of the covered samples, rounded half up\(fields)")
      case .repeated: words.append("\(name): nearest sample repeated\(fields)")
      case .interpolated:
        words.append("\(name): bilinear, siting \(siting.rawValue), rounded half up\(fields)")
      }
    }
    return words
  }
}
