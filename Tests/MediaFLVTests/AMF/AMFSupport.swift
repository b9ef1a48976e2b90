import Foundation
import MediaBytes
import MediaFLV
import TestSupport
import Testing

/// A value, and its bytes as the specification has them.
struct AMFWireVector: Sendable, CustomStringConvertible {
  var name: String
  var wire: [UInt8]
  var value: AMFValue

  init(_ name: String, _ wire: String, _ value: AMFValue) {
    self.name = name
    self.wire = hex(wire)
    self.value = value
  }

  var description: String { name }
}

/// How a decoder ended.
struct AMFOutcome {
  var value: AMFValue?
  var error: ParseError?
  var partial: AMFValue?
  var anomalies: [AMFAnomaly]
  var anomalyCount: Int
  var unread: Int
}

enum AMFEncodingUnderTest: Sendable, CaseIterable {
  case amf0, amf3

  func decode(
    _ bytes: [UInt8], limits: AMFLimits = AMFLimits(), baseOffset: Int = 0
  ) -> AMFOutcome {
    var decoder = AMFDecoder(limits: limits)
    var reader = ByteReader(bytes.span, baseOffset: baseOffset)
    var value: AMFValue?
    var error: ParseError?
    do throws(ParseError) {
      value = try self == .amf0 ? decoder.amf0(&reader) : decoder.amf3(&reader)
    } catch let thrown {
      error = thrown
    }
    return AMFOutcome(
      value: value, error: error, partial: decoder.partial, anomalies: decoder.anomalies,
      anomalyCount: decoder.anomalyCount, unread: reader.remaining)
  }

  func encode(_ value: AMFValue) -> [UInt8] {
    self == .amf0 ? AMFEncoder.amf0(value) : AMFEncoder.amf3(value)
  }
}

/// The body of a script tag, read.
func script(_ bytes: [UInt8], type: FLVTagType = .script) -> FLVScriptData {
  var reader = ByteReader(bytes.span)
  return FLVScriptData(parsing: &reader, type: type)
}

/// The body of a script tag, written.
func amfWritten(_ script: FLVScriptData) -> [UInt8] {
  var writer = ByteWriter()
  script.write(to: &writer)
  return writer.bytes
}

/// Material of other projects, where it lies beside the checkout; it is not part of this one.
let amfCorpus: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../shared/corpus").standardizedFileURL
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

/// The bodies of script tags, found by walking the tags of a file that is whole.
func scriptBodies(of file: [UInt8]) throws -> [(type: FLVTagType, bytes: [UInt8])] {
  var reader = ByteReader(file.span)
  let header = try FLVHeader(parsing: &reader)
  try reader.skip(Int(header.dataOffset) - 9 + 4, "PreviousTagSize0")
  var bodies: [(FLVTagType, [UInt8])] = []
  while reader.remaining >= FLVTagHeader.byteCount {
    let tag = try FLVTagHeader(parsing: &reader)
    guard reader.remaining >= Int(tag.dataSize) else { break }
    let body = try reader.array(Int(tag.dataSize), "body")
    if tag.type == .script || tag.type == .scriptAMF3 { bodies.append((tag.type, body)) }
    guard reader.remaining >= 4 else { break }
    try reader.skip(4, "PreviousTagSize")
  }
  return bodies
}
