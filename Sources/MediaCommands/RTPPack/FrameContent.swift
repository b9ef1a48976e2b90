internal import MediaBitstream
internal import MediaBytes
internal import MediaModel
internal import MediaRTP

/// What of a frame has to come back the same: pieces of bytes, each with a name.
struct FrameContent: Equatable {
  private var pieces: [[UInt8]]
  private let noun: String

  /// Whether nothing has to come back.
  var isEmpty: Bool { pieces.isEmpty }

  /// Where `other` is different, in a sentence; nil where it is not.
  func difference(from other: FrameContent) -> String? {
    guard pieces != other.pieces else { return nil }
    guard pieces.count == other.pieces.count else {
      return "\(Quantity.counted(other.pieces.count, noun)) instead of \(pieces.count)"
    }
    for (index, (a, b)) in zip(pieces, other.pieces).enumerated() where a != b {
      let place = zip(a, b).enumerated().first { $1.0 != $1.1 }?.offset ?? min(a.count, b.count)
      return
        "\(noun) \(index + 1) differs from byte \(place) on (\(b.count) bytes, were \(a.count))"
    }
    return "differs"
  }

  /// Reads frames of one track; the parameter sets in force decide what counts as repeated.
  struct Reader {
    private enum Kind {
      case whole, nalUnits, jpeg, av1
      case joined(swap: Int)
    }

    private let kind: Kind
    private let codec: Codec
    private var sets: ParameterSetList

    init(_ track: Track) {
      switch track.codec.rawValue {
      case "h264", "hevc": kind = .nalUnits
      case "mjpeg": kind = .jpeg
      case "av1": kind = .av1
      case "mpegts": kind = .joined(swap: 1)
      case "pcm_s16be": kind = .joined(swap: 2)
      case "pcm_s24be": kind = .joined(swap: 3)
      case let name where name.hasPrefix("pcm_") || name == "adpcm_g722": kind = .joined(swap: 1)
      default: kind = .whole
      }
      codec = track.codec
      sets = Self.parameterSets(track.configuration, codec)
    }

    private static func parameterSets(
      _ configuration: [UInt8], _ codec: Codec
    ) -> ParameterSetList {
      var reader = ByteReader(configuration.span)
      if codec == .hevc {
        let record = try? HEVCDecoderConfigurationRecord(parsing: &reader)
        return ParameterSetList(.h265, record?.arrays.flatMap(\.units) ?? [])
      }
      let record = try? AVCDecoderConfigurationRecord(parsing: &reader)
      return ParameterSetList(
        .h264, record.map { $0.sequenceParameterSets + $0.pictureParameterSets } ?? [])
    }

    /// Whether only the bytes of all frames together count.
    var isJoined: Bool { if case .joined = kind { true } else { false } }

    /// Samples in the order of bytes that receivers give them.
    func samples(_ data: [UInt8]) -> [UInt8] {
      guard case .joined(let size) = kind, size > 1 else { return data }
      var swapped = data
      for start in stride(from: 0, through: data.count - size, by: size) {
        swapped[start..<start + size].reverse()
      }
      return swapped
    }

    /// What counts of a frame, in front of which the configuration may change; `leftOut` is raised
    /// by what does not.
    mutating func content(
      _ data: [UInt8], _ configuration: [UInt8]?, _ leftOut: inout Int
    ) -> FrameContent {
      switch kind {
      case .whole, .joined: FrameContent(pieces: [data], noun: "frame")
      case .nalUnits:
        FrameContent(pieces: units(data, configuration, &leftOut), noun: "NAL unit")
      case .jpeg: FrameContent(pieces: JPEGContent.pieces(data), noun: "part")
      case .av1: FrameContent(pieces: Self.obus(data, &leftOut), noun: "OBU")
      }
    }

    /// The parameter sets that are new with the frame, however it is told of them, and its NAL
    /// units but delimiters.
    private mutating func units(
      _ data: [UInt8], _ configuration: [UInt8]?, _ leftOut: inout Int
    ) -> [[UInt8]] {
      let before = sets
      if let configuration { sets = Self.parameterSets(configuration, codec) }
      var units: [[UInt8]] = []
      var there: [[UInt8]] = []
      var hasChanged = configuration != nil
      var cursor = NALUnitCursor(.lengthPrefixed(.four))
      let span = data.span.bytes
      while let range = try? cursor.next(in: span) {
        let isH265 = codec == .hevc
        let type = isH265 ? data[range.lowerBound] >> 1 & 0x3f : data[range.lowerBound] & 0x1f
        if isH265 ? (32...34).contains(type) : type == 7 || type == 8 {
          if sets.take(span.extracting(range)) { hasChanged = true }
          there.append([UInt8](data[range]))
        } else if type == (isH265 ? 35 : 9) {
          leftOut += 1
        } else {
          units.append([UInt8](data[range]))
        }
      }
      let old = hasChanged ? before.all : []
      let new = hasChanged ? sets.all.filter { !old.contains($0) } : []
      leftOut += there.count { !new.contains($0) }
      return new.sorted { $0.lexicographicallyPrecedes($1) } + units
    }

    /// OBUs without size fields; no delimiters, tile lists and padding.
    private static func obus(_ data: [UInt8], _ leftOut: inout Int) -> [[UInt8]] {
      var obus: [[UInt8]] = []
      var cursor = AV1OBUCursor()
      let span = data.span.bytes
      while let obu = try? cursor.next(in: span) {
        guard obu.type != .temporalDelimiter, obu.type != .tileList else {
          leftOut += 1
          continue
        }
        let header = data[obu.range.lowerBound] & ~2
        let layer = obu.layer == nil ? [] : [data[obu.range.lowerBound + 1]]
        obus.append([header] + layer + data[obu.payload])
      }
      return obus
    }
  }
}

/// The parts of a JPEG picture that RTP carries (RFC 2435 3.1): quantisation tables and scan.
enum JPEGContent {
  /// The tables in the order of the components that use them, then the scan.
  static func pieces(_ data: [UInt8]) -> [[UInt8]] {
    var tables: [UInt8: [UInt8]] = [:]
    var used: [UInt8] = []
    var segments = JPEGSegments()
    while let segment = try? segments.next(in: data.span.bytes) {
      let body = data[segment.body]
      switch segment.marker {
      case 0xdb: takeTables(body, &tables)
      case 0xc0: used = components(body)
      case 0xda: return used.compactMap { tables[$0] } + [scan(data[segment.body.upperBound...])]
      default: break
      }
    }
    return [data]
  }

  private static func takeTables(_ body: ArraySlice<UInt8>, _ tables: inout [UInt8: [UInt8]]) {
    var rest = body
    while let first = rest.popFirst(), first >> 4 == 0, rest.count >= 64 {
      tables[first & 15] = [UInt8](rest.prefix(64))
      rest = rest.dropFirst(64)
    }
  }

  /// The table that each component uses: pictures may name one of two that are the same.
  private static func components(_ body: ArraySlice<UInt8>) -> [UInt8] {
    let bytes = [UInt8](body)
    guard bytes.count >= 6 else { return [] }
    var used: [UInt8] = []
    for index in 0..<Int(bytes[5]) where 6 + 3 * index + 2 < bytes.count {
      used.append(bytes[6 + 3 * index + 2])
    }
    return used
  }

  /// Up to EOI.
  private static func scan(_ rest: ArraySlice<UInt8>) -> [UInt8] {
    var end = rest.endIndex
    var index = rest.startIndex
    while index + 1 < rest.endIndex {
      if rest[index] == 0xff, rest[index + 1] == 0xd9 {
        end = index
        break
      }
      index += 1
    }
    return [UInt8](rest[..<end])
  }
}
