internal import MediaFFmpeg
internal import MediaIO
internal import MediaJSON

/// Prints a result in the form asked for; packets and frames as they are read.
final class ProbePrinter: PacketObserver {
  private static let drainAt = 60_000

  private let request: ProbeRequest
  private let name: String
  private let output: any ByteOutput
  private let isArrayMember: Bool
  private let runsAhead: Bool
  private var writer: JSONWriter
  private var ffprobe = FFprobeDocument()
  private let packetReport: Report<PacketLine>?
  private let frameReport: Report<DecodedFrame>?
  /// Frames wait here while packets are printed, where both are wanted in one document.
  private var waitingFrames: SpoolOutput?
  private var frameWriter: JSONWriter
  /// Prints packets as lines of JSON beside the walk, where nobody waits for each one.
  private var lines: JSONLinePrinter<PacketLine>?

  /// `runsAhead`: lines may go out later than their packets are read, as nobody watches a file.
  init(
    request: ProbeRequest, name: String, output: any ByteOutput, isOneOfSeveral: Bool,
    runsAhead: Bool
  ) {
    self.runsAhead = runsAhead
    self.request = request
    self.name = name
    self.output = output
    isArrayMember = isOneOfSeveral && (request.format == .json || request.format == .ffprobe)
    let depth = isArrayMember ? 1 : 0
    writer = JSONWriter(style: request.format == .json ? .pretty : .compact, depth: depth)
    frameWriter = JSONWriter(style: .pretty, depth: depth + 1)
    ffprobe.writer = JSONWriter(style: .ffprobe, depth: depth)
    packetReport = Self.selected(PacketReport.report, request, "packets")
    frameReport = Self.selected(FrameReport.report, request, "frames")
  }

  /// The report of one packet or frame with only the entries asked for; nil where none is.
  private static func selected<Subject>(
    _ report: Report<Subject>, _ request: ProbeRequest, _ name: String
  ) -> Report<Subject>? {
    guard let selection = request.selection else { return report }
    return selection[name].map { report.selecting($0) }
  }

  private var showsPackets: Bool { request.sections.packets && packetReport != nil }
  private var showsFrames: Bool { request.sections.frames && frameReport != nil }

  // MARK: The walk

  func beginWalk() throws {
    switch request.format {
    case .json:
      beginDocument()
      if showsPackets {
        writer.key("packets")
        writer.beginArray()
        if showsFrames { waitingFrames = SpoolOutput() }
      }
      if showsFrames, waitingFrames == nil {
        writer.key("frames")
        writer.beginArray()
      } else if showsFrames {
        frameWriter.beginArray()
      }
    case .ffprobe:
      beginFFprobe()
      guard request.sections.packets || request.sections.frames else { return }
      ffprobe.writer.key(
        FFprobeDocument.sectionName(
          packets: request.sections.packets, frames: request.sections.frames))
      ffprobe.writer.beginArray()
    case .jsonl:
      guard runsAhead, !request.sections.frames, let packetReport else { return }
      lines = JSONLinePrinter(style: .compact, output: output, runsAhead: true) { line, writer in
        writer.event("packet", at: line.dtsTime ?? line.ptsTime, packetReport, line)
      }
    case .text, .flat: break
    }
  }

  func take(_ packet: Packet, _ clock: TrackClock) throws {
    switch request.format {
    case .json: packetReport?.write(PacketLine(packet, clock), into: &writer)
    case .jsonl:
      guard let packetReport else { return }
      let line = PacketLine(packet, clock)
      if let lines { return try lines.add(line) }
      writer.event("packet", at: line.dtsTime ?? line.ptsTime, packetReport, line)
    case .ffprobe: ffprobe.packet(packet, clock, isMixed: request.sections.frames)
    case .text: try output.write(ProbeLines.packet(PacketLine(packet, clock)) + "\n")
    case .flat:
      guard let packetReport else { return }
      try flat(packetReport.value(PacketLine(packet, clock)), path: "packets[\(packetCount)]")
      packetCount += 1
    }
    try drain()
  }

  func frame(_ frame: DecodedFrame) throws {
    switch request.format {
    case .json:
      if let waitingFrames {
        frameReport?.write(frame, into: &frameWriter)
        if frameWriter.byteCount > Self.drainAt { try frameWriter.drain(to: waitingFrames) }
      } else {
        frameReport?.write(frame, into: &writer)
      }
    case .jsonl:
      guard let frameReport else { return }
      let time = frame.seconds(frame.frame?.bestEffortTimestamp ?? frame.pts)
      writer.event("frame", at: time, frameReport, frame)
    case .ffprobe: ffprobe.frame(frame, isMixed: request.sections.packets)
    case .text: try output.write(ProbeLines.frame(frame) + "\n")
    case .flat:
      guard let frameReport else { return }
      try flat(frameReport.value(frame), path: "frames[\(frameCount)]")
      frameCount += 1
    }
    try drain()
  }

  private var packetCount = 0
  private var frameCount = 0

  func endWalk() throws {
    switch request.format {
    case .json:
      if showsPackets { writer.endArray() }
      if let waitingFrames {
        frameWriter.endArray()
        try frameWriter.drain(to: waitingFrames)
        writer.key("frames")
        writer.foreignValue()
        try drain(always: true)
        try waitingFrames.copy(to: output)
      } else if showsFrames {
        writer.endArray()
      }
    case .ffprobe:
      if request.sections.packets || request.sections.frames { ffprobe.writer.endArray() }
    case .jsonl:
      try lines?.settle()
      lines = nil
    case .text, .flat: break
    }
  }

  // MARK: The document

  private var hasBegun = false

  private func beginDocument() {
    guard !hasBegun else { return }
    hasBegun = true
    writer.beginObject()
    guard request.selection == nil else { return }
    writer.key("schema")
    writer.string(ProbeReport.schemaName)
    writer.key("input")
    writer.string(name)
  }

  private func beginFFprobe() {
    guard !hasBegun else { return }
    hasBegun = true
    ffprobe.writer.beginObject()
  }

  /// Everything that is not streamed.
  func finish(_ result: ProbeResult) throws {
    switch request.format {
    case .json:
      beginDocument()
      if request.selection == nil {
        ProbeReport.document.writeFields(of: result, .after("frames"), into: &writer)
      } else {
        ProbeReport.document.writeFields(
          of: result, .all, into: &writer, selecting: request.selection)
      }
      writer.endObject()
      if !isArrayMember { writer.newline() }
    case .jsonl:
      ProbeReport.document.write(result, into: &writer, selecting: request.selection)
      writer.newline()
    case .ffprobe: finishFFprobe(result)
    case .flat: try flat(ProbeReport.document.value(result, selecting: request.selection), path: "")
    case .text: try output.write(ProbeText(result: result).lines().joined(separator: "\n") + "\n")
    }
    try drain(always: true)
    try output.flush()
  }

  private func finishFFprobe(_ result: ProbeResult) {
    beginFFprobe()
    if request.sections.programs {
      ffprobe.programs(result.description.programs, result.tracks)
    }
    ffprobe.streams(result.tracks)
    if request.sections.chapters { ffprobe.chapters(result.description.chapters) }
    ffprobe.format(result.description.format)
    ffprobe.writer.endObject()
    if !isArrayMember { ffprobe.writer.newline() }
  }

  private func flat(_ value: JSONValue, path: String) throws {
    for line in FlatText.lines(value, path: path) { try output.write(line + "\n") }
  }

  private var hasDrained = false

  private func drain(always: Bool = false) throws {
    let count = request.format == .ffprobe ? ffprobe.writer.byteCount : writer.byteCount
    guard count > (always ? 0 : Self.drainAt) else { return }
    if isArrayMember, !hasDrained { try output.write(request.format == .ffprobe ? "    " : "  ") }
    hasDrained = true
    if request.format == .ffprobe {
      try ffprobe.writer.drain(to: output)
    } else {
      try writer.drain(to: output)
    }
  }
}
