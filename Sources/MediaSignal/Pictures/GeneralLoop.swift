internal import MediaRaw

/// Converts between any two forms, row by row.
struct GeneralLoop: PictureLoop {
  /// A component of the output, and how it is made.
  struct Member {
    var component: Int
    var loop: ComponentLoop
    /// Whether its plane is the same bytes as one of the input's.
    var copiesPlane: Bool
  }

  /// Components of the output with the same grid: their inputs are resampled once.
  struct Group {
    var members: [Member]
    var width: Int
    var rowCount: Int
    /// The input components that take part, and how they come onto the grid.
    var inputs: [(component: Int, resampling: Resampling)]
  }

  let conversion: PictureConversion
  let groups: [Group]

  init(_ conversion: PictureConversion) {
    self.conversion = conversion
    let format = conversion.output.layout.format
    let loops = Self.loops(conversion)
    var groups: [Group] = []
    for isChroma in [false, true] {
      let components = loops.indices.filter {
        (format.shifts($0) != .none) == isChroma
      }
      guard let first = components.first else { continue }
      let members = components.map {
        Member(
          component: $0, loop: loops[$0],
          copiesPlane: Self.copiesPlane(loops[$0], $0, conversion))
      }
      let inputs = Set(members.filter { !$0.copiesPlane }.flatMap(\.loop.inputs)).sorted()
      groups.append(
        Group(
          members: members,
          width: format.sampleCount(component: first, width: conversion.output.layout.width),
          rowCount: format.rowCount(component: first, height: conversion.output.layout.height),
          inputs: inputs.map { ($0, Resampling(conversion, from: $0, to: first)) }))
    }
    self.groups = groups
  }

  private static func loops(_ conversion: PictureConversion) -> [ComponentLoop] {
    let (input, output) = (conversion.input, conversion.output)
    let inputDepths = input.layout.format.components.map(\.depth)
    let format = output.layout.format
    let values = CodeEquations(from: input, to: output).values
    return zip(values, format.components).enumerated().map { number, pair in
      let (value, component) = pair
      let inputs = value.factors.indices.filter { value.factors[$0] != 0 }
      let deepest = inputs.map { inputDepths[$0] }.max() ?? 0
      let isAlpha = format.hasAlpha && number == format.components.count - 1
      return ComponentLoop(
        value, depth: component.depth, inputDepths: inputDepths,
        dithers: conversion.dither == .bayer && !isAlpha && component.depth < deepest)
    }
  }

  /// Whether rows of a plane may be copied as bytes: each holds one component, whose samples fill their
  /// words, and nothing happens to them.
  private static func copiesPlane(
    _ loop: ComponentLoop, _ number: Int, _ conversion: PictureConversion
  ) -> Bool {
    guard case .copy = loop.method,
      Resampling(conversion, from: loop.inputs[0], to: number).isIdentity
    else { return false }
    let (source, target) = (conversion.input.layout.format, conversion.output.layout.format)
    let (from, to) = (source.components[loop.inputs[0]], target.components[number])
    func fills(_ component: PixelComponent) -> Bool {
      component.step == component.wordByteCount && component.depth == 8 * component.wordByteCount
    }
    return fills(from) && fills(to) && from.depth == to.depth
      && (from.depth == 8 || source.isBigEndian == target.isBigEndian)
  }

  func run(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
    let writer = ComponentRows(conversion.output.layout)
    unsafe writer.writePadding(of: target)
    let width = groups.map(\.width).max() ?? 0
    let results = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: width)
    defer { unsafe results.deallocate() }
    guard let first = results.baseAddress else { return }
    for group in groups {
      for member in group.members where member.copiesPlane {
        unsafe copyPlane(member, source, target)
      }
      unsafe walk(group, source) { member, row, rows in
        unsafe member.loop.run(rows, row: row, count: group.width, into: first)
        unsafe writer.write(
          UnsafeBufferPointer(start: first, count: group.width), component: member.component,
          row: row, of: target)
      }
    }
  }

  /// How many samples of each component of the output are clipped.
  func clippedCounts(_ source: UnsafeRawBufferPointer) -> [Int64] {
    var counts = [Int64](repeating: 0, count: conversion.output.layout.format.components.count)
    for group in groups {
      var group = group
      group.members.removeAll { !$0.loop.canClip }
      group.inputs.removeAll { input in
        !group.members.contains { $0.loop.inputs.contains(input.component) }
      }
      unsafe walk(group, source) { member, row, rows in
        counts[member.component] += unsafe member.loop.clippedCount(
          rows, row: row, count: group.width)
      }
    }
    return counts
  }

  /// Goes through the rows of a group with, for each member, the resampled rows of its inputs.
  private func walk(
    _ group: Group, _ source: UnsafeRawBufferPointer,
    _ body: (Member, Int, ComponentLoop.Rows) -> Void
  ) {
    let members = group.members.filter { !$0.copiesPlane }
    guard !members.isEmpty else { return }
    let reader = ComponentRows(conversion.input.layout)
    let inputs = group.inputs.map { input in
      unsafe ResampledRows(source, reader, component: input.component, input.resampling)
    }
    let places = members.map { member in
      member.loop.inputs.compactMap { input in
        group.inputs.firstIndex { $0.component == input }
      }
    }
    for row in 0..<group.rowCount {
      let rows = unsafe inputs.map { unsafe $0.row(row) }
      for (member, places) in zip(members, places) {
        unsafe body(member, row, places.map { unsafe rows[$0] })
      }
    }
  }

  private func copyPlane(
    _ member: Member, _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer
  ) {
    let (input, output) = (conversion.input.layout, conversion.output.layout)
    let from = input.planes[input.format.components[member.loop.inputs[0]].plane]
    let to = output.planes[output.format.components[member.component].plane]
    for row in 0..<to.rowCount {
      let start = from.offset + row * from.stride
      let bytes = unsafe UnsafeRawBufferPointer(rebasing: source[start..<start + to.rowByteCount])
      let place = to.offset + row * to.stride
      unsafe UnsafeMutableRawBufferPointer(rebasing: target[place..<place + to.rowByteCount])
        .copyMemory(from: bytes)
    }
  }
}

extension GeneralLoop.Group: Sendable {}
extension GeneralLoop.Member: Sendable {}
