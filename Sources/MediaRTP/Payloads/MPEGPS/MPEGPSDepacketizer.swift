import MediaBitstream
import MediaBytes
import MediaModel

/// Takes the elementary frames out of a program stream in RTP (GB/T 28181 C.2, `PS/90000`).
///
/// The packets of a timestamp, up to the marker, are a piece of the program stream that begins and
/// ends with units of it, and becomes one of `RTPOutput.packs`; `RTPOutput.frames` gets the frames of
/// all streams.
public struct MPEGPSDepacketizer: RTPDepacketizer {
  /// Ticks of the timestamp in a second.
  public static let clockRate: UInt32 = 90_000

  /// The streams found so far, in the order of their numbers.
  public var streams: [MPEGPSStream] { byID.values.map(\.stream).sorted { $0.id < $1.id } }

  /// What decoders have to know of a stream; nil where it is not known what it holds.
  public func content(of id: UInt8) -> RTPContent? { byID[id]?.content }

  /// What came of a stream since its last frame ended.
  private struct Gathered {
    var data: [UInt8] = []
    var pts: Int64?
    var isDamaged = false

    mutating func add(_ pes: PESPacket, of piece: [UInt8]) {
      data += piece[pes.data]
      pts = pts ?? pes.pts
      isDamaged = isDamaged || pes.isCut
    }
  }

  private var assembler: RTPFrameAssembler
  private let keepDamaged: Bool
  private var byID: [UInt8: MPEGPSStreamState] = [:]
  /// The start codes that pieces began with where nothing was lost.
  private var beginnings: Set<UInt8> = []

  /// Makes one; `keepDamaged` keeps frames that are not whole.
  public init(keepDamaged: Bool = false) {
    self.keepDamaged = keepDamaged
    assembler = RTPFrameAssembler(keepDamaged: keepDamaged, clause: "GB/T 28181 C.2")
  }

  /// Takes a packet.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.kind = "PS"
    let code = payload.byteCount >= 4 ? payload.systemStartCode(at: 0) : nil
    if code == 0xba { output.kind = "PS pack" }
    // What may be the rest of a frame whose beginning is lost is taken as that.
    let isRest = packet.lost > 0 && !begins(payload, code)
    let isNew = !assembler.isOpen || assembler.timestamp != packet.timestamp
    if isNew, packet.lost == 0, let code { beginnings.insert(code) }
    release(assembler.turn(to: packet, isRest ? .inner : .any, into: &output), into: &output)
    if payload.byteCount == 0 {
      output.note(
        .videoEmptyPayload, "it has no payload", in: packet, clause: "GB/T 28181 C.2")
    }
    assembler.append(payload, packet, into: &output)
    if packet.marker { release(assembler.take(into: &output), into: &output) }
  }

  /// Whether a packet behind lost ones begins a piece: it has a pack header, or else a PTS, in a PES
  /// packet of a stream that this sender begins pieces with.
  private func begins(_ payload: RawSpan, _ code: UInt8?) -> Bool {
    guard let code, code != 0xba else { return code == 0xba }
    guard beginnings.isEmpty || beginnings.contains(code) else { return false }
    var scanner = MPEGPSScanner()
    guard case .pes(let pes) = scanner.next(in: payload) else { return false }
    return pes.pts != nil
  }

  /// The bytes of the frame that is open.
  public var heldByteCount: Int { assembler.heldByteCount }

  /// Ends the frame that is open as a damaged one.
  public mutating func giveUp(into output: inout RTPOutput) {
    assembler.damage()
    finish(into: &output)
  }

  /// Ends the piece that is open; without its marker it counts as damaged.
  public mutating func finish(into output: inout RTPOutput) {
    release(assembler.finish(into: &output), into: &output)
  }

  // MARK: Pieces of the program stream

  private mutating func release(_ piece: RTPFrame?, into output: inout RTPOutput) {
    guard let piece else { return }
    var gathered: [UInt8: Gathered] = [:]
    var order: [UInt8] = []
    var firstPTS: Int64?
    var last: UInt8?
    var scanner = MPEGPSScanner()
    while let unit = unsafe scanner.next(in: piece.data.span.bytes) {
      switch unit {
      case .map(let streams): for stream in streams { learn(stream, piece, into: &output) }
      case .badPES:
        output.note(.psPESHeader, "its flags or length make no sense", in: piece)
        if let last { gathered[last]?.isDamaged = true }
      case .cut: output.note(.psUnitCut, "a header ends with the packets", in: piece)
      case .junk(let count):
        output.note(.psStructure, "\(count) bytes without a start code", in: piece)
        if let last { gathered[last]?.isDamaged = true }
      case .pes(let pes):
        if pes.isCut { output.note(.psUnitCut, "a PES packet ends with the packets", in: piece) }
        firstPTS = firstPTS ?? pes.pts
        last = pes.streamID
        if let open = gathered[pes.streamID], let pts = pes.pts, open.pts != nil, open.pts != pts {
          emit(pes.streamID, open, firstPTS, piece, into: &output)
          gathered[pes.streamID] = nil
        }
        if !order.contains(pes.streamID) { order.append(pes.streamID) }
        // In place: a copy for each PES packet would make large pictures slow.
        gathered[pes.streamID, default: Gathered()].add(pes, of: piece.data)
      }
    }
    for id in order {
      if let open = gathered[id] { emit(id, open, firstPTS, piece, into: &output) }
    }
    output.packs.append(piece)
  }

  private mutating func learn(
    _ stream: MPEGPSStream, _ piece: RTPFrame, into output: inout RTPOutput
  ) {
    guard byID[stream.id]?.stream != stream else { return }
    byID[stream.id] = MPEGPSStreamState(stream)
    guard stream.codec == nil else { return }
    output.note(
      .psStreamType, "stream_id \(stream.id), stream_type \(stream.type ?? 0)", in: piece)
  }

  // MARK: Elementary frames

  private mutating func emit(
    _ id: UInt8, _ open: Gathered, _ firstPTS: Int64?, _ piece: RTPFrame,
    into output: inout RTPOutput
  ) {
    guard !open.data.isEmpty else { return }
    let stream = stream(id, open.data, piece, into: &output)
    let isDamaged = open.isDamaged || piece.isDamaged
    guard !isDamaged || keepDamaged else {
      output.droppedFrames += 1
      return
    }
    var frame = piece
    frame.timestamp = piece.timestamp &+ Self.offset(of: open.pts, from: firstPTS)
    frame.isDamaged = isDamaged
    frame.isKeyframe = true
    frame.elementaryStream = id
    frame.data = open.data
    switch stream.codec {
    case .h264?, .hevc?: frame.data = Self.lengthPrefixed(open.data)
    case .aac?: return emitAAC(frame, into: &output)
    default: break
    }
    guard !frame.data.isEmpty else {
      // Its PES packets hold no NAL unit, such as those behind the one that is lost.
      output.droppedFrames += 1
      return
    }
    byID[id]?.take(&frame)
    output.frames.append(frame)
  }

  private mutating func stream(
    _ id: UInt8, _ data: [UInt8], _ piece: RTPFrame, into output: inout RTPOutput
  ) -> MPEGPSStream {
    if let known = byID[id]?.stream { return known }
    let guess = MPEGPSStream(id: id, guessedFrom: data)
    byID[id] = MPEGPSStreamState(guess)
    let codec = guess.codec?.rawValue ?? "nothing known"
    output.note(.psNoMap, "stream_id \(id), taken for \(codec)", in: piece)
    return guess
  }

  /// The frames in a run of ADTS frames, without their headers.
  private mutating func emitAAC(_ run: RTPFrame, into output: inout RTPOutput) {
    var reader = ByteReader(run.data.span)
    var samples: Int64 = 0
    while !reader.isAtEnd {
      let start = reader.position
      guard let header = try? ADTSHeader(parsing: &reader),
        header.payloadByteCount <= reader.remaining
      else {
        output.note(
          .psAudioFraming, "\(run.data.count - start) bytes are no whole ADTS frame", in: run)
        return
      }
      let end = reader.position + header.payloadByteCount
      var frame = run
      frame.data = Array(run.data[reader.position..<end])
      frame.timestamp = run.timestamp &+ samples * 90_000 / Int64(header.samplingFrequency)
      samples += Int64(1024 * header.rawDataBlockCount)
      _ = try? reader.skip(header.payloadByteCount, "raw_data_block")
      guard !frame.data.isEmpty else { continue }
      if let id = run.elementaryStream { byID[id]?.learn(header) }
      output.frames.append(frame)
    }
  }

  /// How far a PTS is from the first of its piece, in ticks; 0 where it cannot belong together.
  private static func offset(of pts: Int64?, from first: Int64?) -> Int64 {
    guard let pts, let first else { return 0 }
    let turn: Int64 = 1 << 33
    let step = (pts - first) & (turn - 1)
    let offset = step < turn / 2 ? step : step - turn
    return abs(offset) <= 10 * Int64(clockRate) ? offset : 0
  }

  private static func lengthPrefixed(_ annexB: [UInt8]) -> [UInt8] {
    var writer = ByteWriter(capacity: annexB.count + 16)
    _ = try? unsafe NALUnitFraming.annexB.rewrite(
      annexB.span.bytes, as: .lengthPrefixed(.four), into: &writer)
    return writer.bytes
  }
}
