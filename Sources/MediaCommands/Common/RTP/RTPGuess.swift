internal import MediaBitstream
internal import MediaBytes
internal import MediaModel
internal import MediaRTP

/// Finds out what packets hold that no description explains, from the first of them.
///
/// Each format is tried in turn, those that leave least to chance first, and must explain every
/// packet that came.
enum RTPGuess {
  /// A packet as far as guesses look at it.
  struct Sample {
    var sequenceNumber: RTPSequenceNumber
    var timestamp: RTPTimestamp
    var marker: Bool
    var payload: [UInt8]
    var time: Nanoseconds?

    /// Whether it comes right behind another.
    func follows(_ other: Sample) -> Bool { sequenceNumber == other.sequenceNumber.next }
  }

  /// The packets at hand, all of one payload type; nil where none explains them.
  static func format(_ type: RTPPayloadType, _ held: [RTPSource.Held]) -> RTPFormat? {
    let samples = held.compactMap { sample($0, type) }.sorted {
      $0.sequenceNumber.distance(from: $1.sequenceNumber) < 0
    }
    guard samples.count >= 2 else { return nil }
    let guesses: [([Sample]) -> Guess?] = [
      transportStream, programStream, av1, h265, h264, aac, opus, vp8, vp9,
    ]
    for guess in guesses {
      guard let found = guess(samples) else { continue }
      let payload = SDPPayloadFormat(
        type, found.name, clockRate: found.clockRate, channels: found.channels,
        parameters: SDPFormatParameters(
          payloadType: type, found.parameters.map { .init($0.0, $0.1) }))
      return RTPFormat(payload: payload, origin: .guess, evidence: found.evidence)
    }
    return nil
  }

  struct Guess {
    var name: String
    var clockRate: UInt32 = 90_000
    var channels: Int?
    var parameters: [(String, String)] = []
    var evidence: String
  }

  private static func sample(_ held: RTPSource.Held, _ type: RTPPayloadType) -> Sample? {
    let bytes = held.bytes.span.bytes
    var reader = ByteReader(bytes)
    guard !held.datagram.isCut, let packet = try? RTPPacket(parsing: &reader),
      packet.payloadType == type, !packet.payload.isEmpty
    else { return nil }
    return Sample(
      sequenceNumber: packet.sequenceNumber, timestamp: packet.timestamp, marker: packet.marker,
      payload: [UInt8](copying: bytes.extracting(packet.payload)), time: held.datagram.time)
  }

  // MARK: Multiplexes

  private static func transportStream(_ samples: [Sample]) -> Guess? {
    let isAll = samples.allSatisfy { sample in
      sample.payload.count % 188 == 0
        && stride(from: 0, to: sample.payload.count, by: 188).allSatisfy {
          sample.payload[$0] == 0x47
        }
    }
    return isAll
      ? Guess(name: "MP2T", evidence: "188-byte packets with their sync byte") : nil
  }

  private static func programStream(_ samples: [Sample]) -> Guess? {
    let packs = samples.filter { $0.payload.starts(with: [0, 0, 1, 0xba]) }
    let isFirst = samples.contains { $0.payload.starts(with: [0, 0, 1, 0xba]) }
    // A frame begins with a pack header wherever the timestamp changes.
    for (before, sample) in zip(samples, samples.dropFirst())
    where sample.follows(before) && sample.timestamp != before.timestamp {
      guard sample.payload.starts(with: [0, 0, 1]) else { return nil }
    }
    return isFirst
      ? Guess(name: "PS", evidence: "\(Quantity.counted(packs.count, "pack header")) of MPEG-PS")
      : nil
  }

  // MARK: NAL units

  private static func h264(_ samples: [Sample]) -> Guess? {
    var fragments = 0
    var units: Set<UInt8> = []
    for sample in samples {
      guard let type = h264Unit(sample.payload) else { return nil }
      if type == 28 || type == 29 {
        guard sample.payload.count >= 3, sample.payload[1] & 0x20 == 0,
          sample.payload[1] & 0xc0 != 0xc0, (1...23).contains(sample.payload[1] & 0x1f)
        else { return nil }
        units.insert(sample.payload[1] & 0x1f)
      } else {
        units.insert(type)
      }
    }
    for (before, sample) in zip(samples, samples.dropFirst()) where sample.follows(before) {
      guard before.payload[0] & 0x1f == 28, before.payload[1] & 0x40 == 0 else { continue }
      // A fragment that is not the last has its continuation right behind it.
      guard sample.payload[0] & 0x1f == 28, sample.payload[1] & 0x80 == 0,
        sample.payload[1] & 0x1f == before.payload[1] & 0x1f
      else { return nil }
      fragments += 1
    }
    guard fragments > 0 || units.contains(7) || units.contains(24) || samples.count >= 16 else {
      return nil
    }
    let words = fragments > 0 ? ", \(fragments) fragments continued" : ""
    let mode = fragments > 0 || units.contains(24) ? [("packetization-mode", "1")] : []
    return Guess(
      name: "H264", parameters: mode,
      evidence: "NAL unit headers of types \(list(units))\(words)")
  }

  /// The type in a NAL unit header that makes sense; an aggregate must be filled exactly.
  private static func h264Unit(_ payload: [UInt8]) -> UInt8? {
    let type = payload[0] & 0x1f
    guard payload[0] & 0x80 == 0 else { return nil }
    switch type {
    case 1...12, 14, 15, 19, 20, 25...29: return type
    case 24: return isFilled(payload, from: 1) ? type : nil
    default: return nil
    }
  }

  private static func isFilled(_ payload: [UInt8], from start: Int) -> Bool {
    var position = start
    while position + 2 <= payload.count {
      let size = Int(payload[position]) << 8 | Int(payload[position + 1])
      guard size > 0 else { return false }
      position += 2 + size
    }
    return position == payload.count && position > start
  }

  private static func h265(_ samples: [Sample]) -> Guess? {
    var units: Set<UInt8> = []
    var fragments = 0
    for sample in samples {
      let payload = sample.payload
      guard payload.count >= 3, payload[0] & 0x81 == 0, payload[1] >> 3 == 0, payload[1] & 7 > 0
      else { return nil }
      let type = payload[0] >> 1
      switch type {
      case 0...9, 16...21, 32...40, 50: units.insert(type)
      case 48:
        guard isFilled(payload, from: 2) else { return nil }
        units.insert(type)
      case 49:
        guard payload[2] & 0xc0 != 0xc0, payload[2] & 0x3f < 48 else { return nil }
        units.insert(payload[2] & 0x3f)
        fragments += 1
      default: return nil
      }
    }
    let isSure = fragments > 0 || !units.isDisjoint(with: [32, 33, 34, 48]) || samples.count >= 16
    return isSure
      ? Guess(name: "H265", evidence: "NAL unit headers of types \(list(units))") : nil
  }

  private static func list(_ units: Set<UInt8>) -> String {
    units.sorted().map { "\($0)" }.joined(separator: ", ")
  }

  // MARK: Sound

  private static func aac(_ samples: [Sample]) -> Guess? {
    for sample in samples {
      let payload = sample.payload
      guard payload.count > 4, payload[0] == 0 || payload.count > 40 else { return nil }
      let bits = Int(payload[0]) << 8 | Int(payload[1])
      guard bits > 0, bits % 16 == 0, 2 + bits / 8 < payload.count else { return nil }
      let sizes = stride(from: 2, to: 2 + bits / 8, by: 2).map {
        Int(payload[$0]) << 5 | Int(payload[$0 + 1]) >> 3
      }
      let rest = payload.count - 2 - bits / 8
      let isFragment = sizes.count == 1 && sizes[0] > rest && rest > 200
      guard isFragment || sizes.reduce(0, +) == rest else { return nil }
    }
    let measured = sampleRate(samples)
    let rate = measured ?? 48_000
    // Each access unit has 1024 samples, and samples are what timestamps count: their steps are the
    // same at every rate.
    let words = measured.map { "\($0) Hz by the times of arrival" } ?? "48000 Hz is assumed"
    // The first element says whether it is of one channel or a pair (ISO/IEC 14496-3 4.4.2.1).
    let first = samples[0].payload
    let element = first[2 + (Int(first[0]) << 8 | Int(first[1])) / 8]
    let channels = element >> 5 == 0 ? 1 : 2
    let config = String(
      UInt16(2 << 11 | (frequencyIndex(rate) ?? 3) << 7 | channels << 3), radix: 16)
    return Guess(
      name: "MPEG4-GENERIC", clockRate: rate, channels: channels,
      parameters: [
        ("mode", "AAC-hbr"), ("config", config), ("sizelength", "13"), ("indexlength", "3"),
        ("indexdeltalength", "3"),
      ],
      evidence:
        "AU headers that fill \(Quantity.counted(samples.count, "packet")) exactly, \(words), "
        + (element >> 5 > 1 ? "the channels are assumed" : "the channels are the first element's"))
  }

  private static let sampleRates: [UInt32] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000,
  ]

  private static func frequencyIndex(_ rate: UInt32) -> Int? {
    sampleRates.firstIndex(of: rate)
  }

  /// The rate at which timestamps count against the times of arrival; nil where packets came in
  /// bursts, or for too short a time to tell 44.1 kHz from 48.
  private static func sampleRate(_ samples: [Sample]) -> UInt32? {
    guard let first = samples.first, let last = samples.last, let from = first.time,
      let to = last.time, to - from > 500_000_000
    else { return nil }
    let ticks = Double(last.timestamp.distance(from: first.timestamp))
    let measured = ticks / (Double(to - from) / 1e9)
    return sampleRates.first { abs(Double($0) / measured - 1) < 0.04 }
  }

  private static func opus(_ samples: [Sample]) -> Guess? {
    var steps = 0
    for sample in samples {
      guard (try? packet(sample.payload)) != nil else { return nil }
    }
    for (before, sample) in zip(samples, samples.dropFirst()) where sample.follows(before) {
      guard let found = try? packet(before.payload) else { return nil }
      // While nobody speaks packets may be left out.
      let step = sample.timestamp.distance(from: before.timestamp)
      if step == Int(found.samples) {
        steps += 1
      } else if step < Int(found.samples) {
        return nil
      }
    }
    guard steps >= 2, steps * 2 > samples.count - 1 else { return nil }
    return Guess(
      name: "opus", clockRate: 48_000, channels: 2,
      evidence: "\(steps) timestamps go on by what TOC bytes say")
  }

  private static func packet(_ payload: [UInt8]) throws -> OpusPacket {
    var reader = ByteReader(payload.span)
    return try OpusPacket(parsing: &reader)
  }

  // MARK: VP8, VP9, AV1

  private static func vp8(_ samples: [Sample]) -> Guess? {
    var keyframes = 0
    for sample in samples {
      let payload = sample.payload
      guard payload[0] & 0x48 == 0, let start = vp8Header(payload), start < payload.count else {
        return nil
      }
      let isStart = payload[0] & 0x17 == 0x10
      if isStart, payload.count >= start + 10, payload[start] & 1 == 0 {
        guard payload[start + 3] == 0x9d, payload[start + 4] == 1, payload[start + 5] == 0x2a else {
          return nil
        }
        keyframes += 1
      }
    }
    let starts = zip(samples, samples.dropFirst()).filter { before, sample in
      sample.follows(before) && before.timestamp != sample.timestamp
    }
    guard starts.allSatisfy({ $0.1.payload[0] & 0x10 != 0 }) else { return nil }
    guard keyframes > 0 || starts.count >= 8 else { return nil }
    let words = keyframes > 0 ? "start code of \(Quantity.counted(keyframes, "keyframe"))" : ""
    return Guess(
      name: "VP8", evidence: words.isEmpty ? "S at \(starts.count) new timestamps" : words)
  }

  /// Where the payload header of VP8 begins (RFC 7741 4.2).
  private static func vp8Header(_ payload: [UInt8]) -> Int? {
    guard payload[0] & 0x80 != 0 else { return 1 }
    guard payload.count >= 2, payload[1] & 0x0f == 0 else { return nil }
    var position = 2
    if payload[1] & 0x80 != 0 {
      guard position < payload.count else { return nil }
      position += payload[position] & 0x80 != 0 ? 2 : 1
    }
    if payload[1] & 0x40 != 0 { position += 1 }
    if payload[1] & 0x30 != 0 { position += 1 }
    return position
  }

  private static func vp9(_ samples: [Sample]) -> Guess? {
    var edges = 0
    for (before, sample) in zip(samples, samples.dropFirst()) where sample.follows(before) {
      let isNew = before.timestamp != sample.timestamp
      // B begins a frame and E ends one (RFC 9628 4.2).
      if isNew {
        guard before.payload[0] & 4 != 0, sample.payload[0] & 8 != 0 else { return nil }
        edges += 1
      }
    }
    guard edges >= 8, samples.allSatisfy({ $0.marker == ($0.payload[0] & 4 != 0) || $0.marker })
    else { return nil }
    return Guess(name: "VP9", evidence: "B and E at \(edges) new timestamps")
  }

  private static func av1(_ samples: [Sample]) -> Guess? {
    var sequences = 0
    for sample in samples {
      let first = sample.payload[0]
      guard first & 7 == 0, sample.payload.count >= 2, !(first & 0x88 == 0x88) else { return nil }
      guard first & 8 != 0 else { continue }
      // A coded video sequence begins with its header, whose OBU has a length in front unless it is
      // the only one.
      let count = Int(first >> 4 & 3)
      let place = count == 1 ? 1 : 2
      guard sample.payload.count > place, sample.payload[place] & 0xf9 == 0x08 else { return nil }
      sequences += 1
    }
    for (before, sample) in zip(samples, samples.dropFirst()) where sample.follows(before) {
      let continues = before.payload[0] & 0x40 != 0
      guard continues == (sample.payload[0] & 0x80 != 0) else { return nil }
    }
    guard sequences > 0 else { return nil }
    return Guess(
      name: "AV1", evidence: Quantity.counted(sequences, "new coded video sequence"))
  }
}
