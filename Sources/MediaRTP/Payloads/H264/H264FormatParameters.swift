public import MediaBitstream
import MediaBytes
import MediaModel

/// What a description says of H.264 (RFC 6184 8.1), read as devices write it.
public struct H264FormatParameters: Hashable, Sendable {
  /// `packetization-mode`, 0...2, or 0 where it is missing; nil where it is something else, so that
  /// nobody knows what was meant.
  public var packetizationMode: Int? = 0
  /// `profile-level-id`.
  public var profileLevel: H264ProfileLevel?
  /// `sprop-parameter-sets`, each a whole NAL unit.
  public var parameterSets: [[UInt8]] = []
  /// What was wrong with it; their packet is 0.
  public var remarks: [RTPRemark] = []

  /// Reads the parameters of a format.
  public init(_ parameters: SDPFormatParameters) {
    if let mode = parameters["packetization-mode"] {
      packetizationMode = mode.number(0...2)
      if packetizationMode == nil { refuse("packetization-mode", mode) }
    }
    if let text = parameters["profile-level-id"] {
      if let bytes = parameters.hexadecimal("profile-level-id"), bytes.count == 3 {
        profileLevel = H264ProfileLevel(
          profileIDC: bytes[0], constraintFlags: bytes[1], levelIDC: bytes[2])
      } else {
        refuse("profile-level-id", text)
      }
    }
    parameterSets = SpropReader.units(
      "sprop-parameter-sets", of: parameters, .h264, "RFC 6184 8.1", &remarks)
  }

  private mutating func refuse(_ name: String, _ value: String) {
    remarks.append(
      RTPRemark(
        .videoFormatParameter, "\(name) is \(value)", clause: "RFC 6184 8.1", packet: 0))
  }
}

/// Reads parameter sets out of parameters of a format.
enum SpropReader {
  static func units(
    _ name: String, of parameters: SDPFormatParameters, _ syntax: NALUnitSyntax, _ clause: String,
    _ remarks: inout [RTPRemark]
  ) -> [[UInt8]] {
    guard let value = parameters[name] else { return [] }
    func note(_ code: FindingCode, _ message: String) {
      remarks.append(RTPRemark(code, "\(name) \(message)", clause: clause, packet: 0))
    }
    var found: [[UInt8]] = []
    var isEmpty = true
    for part in value.parts(",").map(\.trimmed) where !part.isEmpty {
      isEmpty = false
      guard let bytes = Base64.decode(part) else {
        note(.spropUnreadable, "is no Base64")
        continue
      }
      let (units, hadStartCodes) = unframed(bytes)
      if hadStartCodes { note(.spropStartCodes, "has start codes") }
      for unit in units {
        guard unit.count > syntax.headerByteCount, syntax.role(unit[0]) < .picture else {
          note(.spropUnreadable, "holds what is no parameter set")
          continue
        }
        found.append(unit)
      }
    }
    if isEmpty { note(.spropEmpty, "is empty") }
    return found
  }

  /// The NAL units of a byte stream, or the bytes as they are.
  private static func unframed(_ bytes: [UInt8]) -> (units: [[UInt8]], hadStartCodes: Bool) {
    guard ByteReader(bytes.span).bytes.firstStartCode() != nil else { return ([bytes], false) }
    // A start code in front makes the first unit like the others.
    let text: [UInt8] = [0, 0, 1] + bytes
    let span = ByteReader(text.span).bytes
    var cursor = NALUnitCursor(.annexB)
    var units: [[UInt8]] = []
    do throws(ParseError) {
      while let range = try cursor.next(in: span) { units.append([UInt8](text[range])) }
    } catch {
      return ([bytes], false)  // start codes cannot be wrong
    }
    return (units, true)
  }
}

extension SDPFormatParameters {
  /// The parameters of H.264 (RFC 6184 8.2.1), from avcC.
  public init(
    payloadType: RTPPayloadType, h264 record: AVCDecoderConfigurationRecord,
    packetizationMode: Int = 1
  ) {
    let profile = record.profileLevel
    let bytes = [profile.profileIDC, profile.constraintFlags, profile.levelIDC]
    let sets = record.sequenceParameterSets + record.pictureParameterSets
    var list = [
      Parameter("packetization-mode", "\(packetizationMode)"),
      Parameter("profile-level-id", HexDump.digits(bytes).uppercased()),
    ]
    if !sets.isEmpty {
      let text = sets.map { Base64.encode($0) }.joined(separator: ",")
      list.append(Parameter("sprop-parameter-sets", text))
    }
    self.init(payloadType: payloadType, list)
  }
}
