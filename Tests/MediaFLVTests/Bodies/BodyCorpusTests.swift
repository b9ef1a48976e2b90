import Foundation
import MediaBytes
import MediaFLV
import MediaModel
import Testing

/// Real files, where they lie beside the checkout; they are not part of this project.
private let corpus: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../shared/corpus").standardizedFileURL
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

/// A file of the corpus and how many bodies of each sort an independent reader found in it.
private struct CorpusFile: CustomTestStringConvertible {
  let name: String
  let counts: [String: Int]
  /// Encoders send configurations and frames of no bytes; in each of these files there is one.
  let emptyPayloads: Int

  init(_ name: String, emptyPayloads: Int = 0, _ counts: [String: Int]) {
    self.name = name
    self.counts = counts
    self.emptyPayloads = emptyPayloads
  }

  var testDescription: String { name }
}

private let files = [
  CorpusFile(
    "synthetic/enh_av1_opus.flv", emptyPayloads: 1,
    [
      "ex:av01:pt0": 2, "ex:av01:pt4": 1, "ex:av01:pt1": 50, "ex:Opus:pt0": 1, "ex:Opus:pt4": 1,
      "ex:Opus:pt1": 101,
    ]),
  CorpusFile(
    "synthetic/enh_hevc_aac.flv",
    [
      "ex:hvc1:pt0": 1, "ex:hvc1:pt4": 1, "ex:hvc1:pt1": 34, "ex:hvc1:pt3": 16, "fmt10:pt0": 1,
      "fmt10:pt1": 95,
    ]),
  CorpusFile(
    "synthetic/enh_multitrack_h264x2_aacx2.flv",
    [
      "codec7:pt0": 1, "ex:avc1:pt0:mt0": 1, "codec7:pt1": 50, "ex:avc1:pt3:mt0": 50,
      "codec7:pt2": 2, "fmt10:pt0": 1, "ex:mp4a:pt0:mt0": 1, "ex:mp4a:pt4:mt0": 1,
      "fmt10:pt1": 95, "ex:mp4a:pt1:mt0": 95,
    ]),
  CorpusFile(
    "synthetic/enh_vp9_flac.flv", emptyPayloads: 1,
    [
      "ex:vp09:pt0": 1, "ex:vp09:pt4": 1, "ex:vp09:pt1": 50, "ex:fLaC:pt0": 2, "ex:fLaC:pt4": 2,
      "ex:fLaC:pt1": 95,
    ]),
  CorpusFile(
    "synthetic/enh_command_frame.flv",
    [
      "StartSeek": 1, "EndSeek": 1, "codec7:pt0": 1, "codec7:pt1": 50, "codec7:pt2": 1,
      "fmt10:pt0": 1, "fmt10:pt1": 95,
    ]),
  CorpusFile(
    "synthetic/h264_ac3.flv",
    [
      "codec7:pt0": 1, "codec7:pt1": 50, "codec7:pt2": 1, "ex:ac-3:pt0": 1, "ex:ac-3:pt4": 1,
      "ex:ac-3:pt1": 63,
    ]),
  CorpusFile(
    "synthetic/h264_mp3.flv", ["codec7:pt0": 1, "codec7:pt1": 50, "codec7:pt2": 1, "fmt2": 78]),
  CorpusFile("synthetic/lpcm.flv", ["fmt3": 44]),
  CorpusFile("synthetic/pcma.flv", ["fmt7": 8]),
  CorpusFile("synthetic/sorenson.flv", ["codec2": 10]),
  CorpusFile(
    "enhanced-rtmp/testsrc.flv", emptyPayloads: 1,
    [
      "ex:av01:pt0": 2, "ex:av01:pt4": 1, "ex:av01:pt1": 300, "ex:Opus:pt0": 1, "ex:Opus:pt4": 1,
      "ex:Opus:pt1": 501,
    ]),
]

/// The bodies of a file's audio and video tags, as far as the headers can be believed.
private func bodies(_ name: String) throws -> [(type: FLVTagType, body: [UInt8])] {
  let data = try Data(contentsOf: #require(corpus).appendingPathComponent(name))
  let file = [UInt8](data)
  var reader = ByteReader(file.span)
  let header = try FLVHeader(parsing: &reader)
  try reader.skip(Int(header.dataOffset) - reader.position + 4, "PreviousTagSize0")
  var found: [(FLVTagType, [UInt8])] = []
  while !reader.isAtEnd {
    let tag = try FLVTagHeader(parsing: &reader)
    found.append((tag.type, try reader.array(Int(tag.dataSize), "body")))
    try reader.skip(4, "PreviousTagSize")
  }
  return found
}

extension FLVVideoBody {
  fileprivate var label: String {
    if let command { return "\(command)" }
    switch form {
    case .empty: return "empty"
    case .legacy(let codec, let type):
      return "codec\(codec.rawValue)" + (type.map { ":pt\($0.rawValue)" } ?? "")
    case .enhanced(let header): return header.label
    }
  }
}

extension FLVAudioBody {
  fileprivate var label: String {
    switch form {
    case .silence: "silence"
    case .legacy(let sound, let type):
      "fmt\(sound.format.rawValue)" + (type.map { ":pt\($0.rawValue)" } ?? "")
    case .enhanced(let header): header.label
    }
  }
}

extension FLVExHeader {
  fileprivate var label: String {
    "ex:\(fourCC.map { "\($0)" } ?? "-"):pt\(packetType.rawValue)"
      + (multitrack.map { ":mt\($0.rawValue)" } ?? "")
  }
}

@Suite(.enabled(if: corpus != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct BodyCorpusTests {
  @Test(arguments: files)
  private func everyBodyIsDescribedAndWrittenAgain(_ file: CorpusFile) throws {
    var counts: [String: Int] = [:]
    var anomalies: [FLVBodyAnomaly] = []
    for (type, wire) in try bodies(file.name) {
      switch type {
      case .audio: counts[try label(FLVAudioBody.self, wire, &anomalies, \.label), default: 0] += 1
      case .video: counts[try label(FLVVideoBody.self, wire, &anomalies, \.label), default: 0] += 1
      default: continue
      }
    }
    #expect(counts == file.counts)
    #expect(anomalies.map(\.kind) == Array(repeating: .emptyPayload, count: file.emptyPayloads))
  }

  private func label<Body: FLVBody>(
    _ type: Body.Type, _ wire: [UInt8], _ anomalies: inout [FLVBodyAnomaly],
    _ label: (Body) -> String
  ) throws -> String {
    let body = try Body(wire)
    anomalies += body.anomalies
    #expect(body.written(copying: wire) == wire)
    #expect(try Body(wire, prefix: 64) == body)
    return label(body)
  }

  @Test func theSorensonFileHasItsSize() throws {
    for (_, wire) in try bodies("synthetic/sorenson.flv").filter({ $0.type == .video }) {
      #expect(try FLVVideoBody(wire).pictureSize == FLVPictureSize(width: 160, height: 120))
    }
  }

  @Test func aFileOfNegativeCompositionTimes() throws {
    let frames = try bodies("synthetic/flv_negative_cts.flv").filter { $0.type == .video }
      .map { try FLVVideoBody($0.body) }.compactMap(\.parts.first)
      .filter { $0.kind == .codedFrames }
    #expect(frames.count == 50)
    #expect(frames.allSatisfy { $0.compositionTimeOffset == -40 && $0.codec == .h264 })
  }

  @Test func speakersOfRealConfigurations() throws {
    for (type, wire) in try bodies("enhanced-rtmp/testsrc.flv") where type == .audio {
      let body = try FLVAudioBody(wire)
      guard let part = body.parts.first, part.kind == .multichannelConfig else { continue }
      var reader = ByteReader(wire.span)
      try reader.skip(part.payload.lowerBound, "header")
      let config = try FLVMultichannelConfig(parsing: &reader)
      #expect(config.channelCount == 1 && config.isConsistent && reader.isAtEnd)
    }
  }
}
