import MediaBitstream
import MediaBytes

/// What the payload formats of H.264 and H.265 have to know of NAL units.
package enum NALUnitSyntax: Sendable {
  case h264
  case h265

  /// What a NAL unit is for, in the order in which they stand in an access unit.
  package enum Role: Int, Comparable, Sendable {
    case delimiter, vps, sps, pps, sei, picture, other

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// Whether it is a parameter set.
    package var isParameterSet: Bool { self == .vps || self == .sps || self == .pps }
  }

  var headerByteCount: Int { self == .h264 ? 1 : 2 }

  /// `nal_unit_type`, from the first byte.
  func type(_ header: UInt8) -> UInt8 { self == .h264 ? header & 0x1f : header >> 1 & 0x3f }

  package func role(_ header: UInt8) -> Role {
    switch self {
    case .h264:
      switch header & 0x1f {
      case 1...5: .picture
      case 6: .sei
      case 7, 13, 15: .sps
      case 8: .pps
      case 9: .delimiter
      default: .other
      }
    case .h265:
      switch header >> 1 & 0x3f {
      case 0...31: .picture
      case 32: .vps
      case 33: .sps
      case 34: .pps
      case 35: .delimiter
      case 39: .sei
      default: .other
      }
    }
  }

  func typeName(_ type: UInt8) -> String {
    self == .h264
      ? H264NALUnitType(rawValue: type).name : H265NALUnitType(rawValue: type).name
  }

  /// Whether the slice whose bytes after the header begin with `byte` is the first of its picture:
  /// `first_mb_in_slice` 0, or `first_slice_segment_in_pic_flag`.
  func beginsPicture(_ byte: UInt8) -> Bool { byte & 0x80 != 0 }

  /// Whether decoding can begin with an access unit of 4-byte length-prefixed NAL units.
  func isKeyframe(_ data: [UInt8]) -> Bool {
    let framing = NALUnitFraming.lengthPrefixed(.four)
    let bytes = ByteReader(data.span).bytes
    do throws(ParseError) {
      switch self {
      case .h264: return try H264PictureKind(accessUnit: bytes, framing: framing) != .other
      case .h265: return try H265PictureKind(accessUnit: bytes, framing: framing) != .other
      }
    } catch {
      return false  // an SEI message that cannot be read promises nothing
    }
  }
}

/// The parameter sets of a stream as they are in force, by type and number.
package struct ParameterSetList: Sendable {
  private struct Entry: Sendable {
    var role: NALUnitSyntax.Role
    /// Nil where it cannot be read.
    var id: Int?
    var unit: [UInt8]
  }

  /// How many sets are kept, more than the numbers of all types allow in use.
  private static let limit = 400

  let syntax: NALUnitSyntax
  private var entries: [Entry] = []

  package init(_ syntax: NALUnitSyntax, _ units: [[UInt8]] = []) {
    self.syntax = syntax
    for unit in units where !unit.isEmpty { _ = take(ByteReader(unit.span).bytes) }
  }

  var isEmpty: Bool { entries.isEmpty }

  /// All of them in the order in which they are sent.
  package var all: [[UInt8]] { entries.map(\.unit) }

  package func units(_ role: NALUnitSyntax.Role) -> [[UInt8]] {
    entries.filter { $0.role == role }.map(\.unit)
  }

  /// Whether there is one of each type that decoding takes.
  package var isComplete: Bool {
    let needed: [NALUnitSyntax.Role] = syntax == .h264 ? [.sps, .pps] : [.vps, .sps, .pps]
    return needed.allSatisfy { role in entries.contains { $0.role == role } }
  }

  /// avcC or hvcC of them; nil while some are missing, or where they make none.
  package var configurationRecord: [UInt8]? {
    guard isComplete else { return nil }
    var writer = ByteWriter()
    switch syntax {
    case .h264:
      let record = AVCDecoderConfigurationRecord(
        sequenceParameterSets: units(.sps).filter { $0[0] & 0x1f == 7 },
        pictureParameterSets: units(.pps))
      record?.write(to: &writer)
    case .h265:
      let record = HEVCDecoderConfigurationRecord(
        videoParameterSets: units(.vps), sequenceParameterSets: units(.sps),
        pictureParameterSets: units(.pps), isComplete: false)
      record?.write(to: &writer)
    }
    return writer.bytes.isEmpty ? nil : writer.bytes
  }

  /// Keeps a parameter set in place of that of its number; whether anything changed.
  package mutating func take(_ unit: RawSpan) -> Bool {
    guard (syntax.headerByteCount + 1...0xffff).contains(unit.byteCount) else { return false }
    let role = syntax.role(unit.byte(at: 0))
    guard role.isParameterSet else { return false }
    for entry in entries where entry.role == role {
      if ByteReader(entry.unit.span).bytes.elementsEqual(unit) { return false }
    }
    let type = syntax.type(unit.byte(at: 0))
    let isPlain = syntax == .h265 || type == 7 || type == 8
    let id = isPlain ? Self.id(of: unit, syntax, role) : nil
    let new = Entry(role: role, id: id, unit: [UInt8](copying: unit))
    if id != nil, let index = entries.firstIndex(where: { $0.role == role && $0.id == id }) {
      entries[index] = new
    } else {
      guard entries.count < Self.limit else { return false }
      let index = entries.firstIndex { $0.role > role } ?? entries.count
      entries.insert(new, at: index)
    }
    return true
  }

  private static func id(
    of unit: RawSpan, _ syntax: NALUnitSyntax, _ role: NALUnitSyntax.Role
  ) -> Int? {
    do throws(ParseError) {
      switch (syntax, role) {
      case (.h264, .sps): return Int(try H264SequenceParameterSet(nalUnit: unit).id)
      case (.h265, .sps): return Int(try H265SequenceParameterSet(nalUnit: unit).id)
      case (.h265, .vps): return Int(unit.byte(at: 2) >> 4)
      default:
        let start = syntax.headerByteCount
        var reader = BitReader(rbsp: unit.extracting(start..<unit.byteCount))
        return Int(try reader.ue("pic_parameter_set_id"))
      }
    } catch {
      return nil
    }
  }
}
