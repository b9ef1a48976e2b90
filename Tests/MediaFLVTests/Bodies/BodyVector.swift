import MediaBytes
import MediaFLV
import MediaModel
import TestSupport
import Testing

/// A tag body written by hand from its specification, and what it says.
struct BodyVector: CustomTestStringConvertible, Sendable {
  let name: String
  let wire: [UInt8]
  /// The whole description as `summary` prints it.
  let text: String
  /// The tag's `Filter` bit.
  let isFiltered: Bool
  /// Whether writing what was read gives the same bytes: not where sizes were wrong.
  let isExact: Bool

  init(
    _ name: String, _ hex: String, _ text: String, isFiltered: Bool = false, isExact: Bool = true
  ) {
    self.name = name
    wire = bytes(hex)
    self.text = text
    self.isFiltered = isFiltered
    self.isExact = isExact
  }

  var testDescription: String { name }
}

/// A tag body that cannot be read, and the error's text.
struct BadBody: CustomTestStringConvertible, Sendable {
  let name: String
  let wire: [UInt8]
  let text: String

  init(_ name: String, _ hex: String, _ text: String) {
    self.name = name
    wire = bytes(hex)
    self.text = text
  }

  var testDescription: String { name }
}

/// The same by a name that a parameter `hex` does not hide.
func bytes(_ text: String) -> [UInt8] { hex(text) }

/// What audio and video bodies have in common, for tests of both.
protocol FLVBody: Hashable {
  init(parsing reader: inout ByteReader, bodySize: Int, isFiltered: Bool) throws(ParseError)
  func write(to writer: inout ByteWriter, copying source: RawSpan)
  var encryption: FLVEncryption? { get }
  var parts: FLVMediaParts { get }
  var anomalies: [FLVBodyAnomaly] { get }
  var head: String { get }
}

extension FLVBody {
  /// Reads the first `prefix` of the bytes as the beginning of a body of `bodySize`.
  init(
    _ wire: [UInt8], prefix: Int? = nil, bodySize: Int? = nil, isFiltered: Bool = false
  ) throws(ParseError) {
    let held = prefix.map { Array(wire.prefix($0)) } ?? wire
    var reader = ByteReader(held.span, baseOffset: 1000)
    try self.init(parsing: &reader, bodySize: bodySize ?? wire.count, isFiltered: isFiltered)
  }

  func written(copying source: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    write(to: &writer, copying: source.span.bytes)
    return writer.bytes
  }

  /// The whole description on one line.
  var summary: String {
    var words = [head]
    if let encryption {
      words.append(
        "\(encryption.filterName) \(encryption.isBodyEncrypted ? "encrypted" : "clear")")
    }
    for part in parts {
      let codec = part.codec?.rawValue ?? "?"
      let fourCC = part.fourCC.map { " \($0)" } ?? ""
      words.append(
        "\(part.kind) \(codec)\(fourCC) t\(part.trackID) \(part.compositionTimeOffset)"
          + " \(part.payload)")
    }
    words += anomalies.map { "! \($0.kind) @\($0.offset)" }
    return words.joined(separator: " | ")
  }
}

extension FLVExHeader {
  var head: String {
    let modifiers = modifiers.map { "mod\($0.kind.rawValue):\($0.data.count) " }.joined()
    let nano = nanosecondOffset.map { "\($0)ns " } ?? ""
    return "\(modifiers)\(nano)\(multitrack.map { "mt\($0.rawValue) " } ?? "")"
      + "pt\(packetType.rawValue)"
  }
}

extension FLVAudioBody: FLVBody {
  var head: String {
    switch form {
    case .silence: "silence"
    case .legacy(let sound, let type):
      "\(sound.format) \(sound.sampleRate ?? 0) \(sound.channels ?? 0)"
        + (type.map { " \($0.rawValue)" } ?? "")
    case .enhanced(let header): header.head
    }
  }
}

extension FLVVideoBody: FLVBody {
  var head: String {
    let command = command.map { " \($0)" } ?? ""
    switch form {
    case .empty: return "empty"
    case .legacy(let codecID, let type):
      let adjustment = vp6Adjustment.map { " crop\($0)" } ?? ""
      let alpha = alphaOffset.map { " alpha\($0)" } ?? ""
      let size = pictureSize.map { " \($0.width)x\($0.height)" } ?? ""
      return "\(frameType) \(codecID)\(type.map { " \($0.rawValue)" } ?? "")"
        + command + adjustment + alpha + size
    case .enhanced(let header):
      return "\(frameType) \(header.head)\(command)"
    }
  }
}
