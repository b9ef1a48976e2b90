import Foundation
import MediaBitstream
import MediaBytes
import TestSupport
import Testing

/// Vectors of other projects, where they lie beside the checkout; they are not part of this one.
private let corpus: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../shared/corpus").standardizedFileURL
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

private typealias Fields = [String: Any]

private func vectors(_ area: String) throws -> [(wire: [UInt8], out: Fields)] {
  let file = try #require(corpus).appendingPathComponent("vectors.json")
  let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? Fields
  let found = try #require(json?["vectors"] as? [Fields]).compactMap { vector in
    guard vector["area"] as? String == area, let input = vector["in"] as? Fields,
      let wire = input["hex"] as? String, let out = vector["out"] as? Fields
    else { return nil as ([UInt8], Fields)? }
    return (hex(wire), out)
  }
  try #require(!found.isEmpty, "\(area)")
  return found
}

private func file(_ name: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: try #require(corpus).appendingPathComponent(name)))
}

/// The bodies of the tags of an FLV file, by the sizes in their headers.
private func bodies(_ name: String, type: UInt8) throws -> [[UInt8]] {
  let bytes = try file(name)
  var found: [[UInt8]] = []
  var at = 13
  while at + 11 <= bytes.count {
    let size = Int(bytes[at + 1]) << 16 | Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
    guard at + 11 + size <= bytes.count else { break }
    if bytes[at] & 0x1f == type { found.append([UInt8](bytes[at + 11..<at + 11 + size])) }
    at += 15 + size
  }
  return found
}

@Suite(.enabled(if: corpus != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct CodecVectorTests {
  @Test func audioSpecificConfigs() throws {
    for (wire, out) in try vectors("codec.aac.asc") {
      let wanted = try #require(out["dec"] as? Fields)
      let config = try asc(wire)
      let channels = try #require(wanted["ChannelCount"] as? Int)
      #expect((config.hasPS ? 1 : config.channels ?? 0) == channels)
      #expect(config.hasSBR == (wanted["ExtensionType"] != nil))
      #expect(config.hasPS == (wanted["ExtensionType"] as? String == "ObjectTypePS"))
      if config.isWritable { #expect(written { config.write(to: &$0) } == wire) }
    }
  }

  @Test func adtsPackets() throws {
    for (wire, out) in try vectors("codec.aac.adts") {
      let packets = try #require((out["pkts"] as? Fields)?["_pos"] as? [Fields])
      var at = 0
      for wanted in packets {
        let header = try adts([UInt8](wire[at...]))
        #expect(header.objectType == .lowComplexity)
        #expect(header.samplingFrequency == wanted["SampleRate"] as? Int)
        #expect(Int(header.channelConfiguration) == wanted["ChannelConfig"] as? Int ?? 0)
        let unit = hex(wanted["AU"] as? String ?? "")
        #expect([UInt8](wire[at + header.byteCount..<at + header.frameLength]) == unit)
        at += header.frameLength
      }
      #expect(at == wire.count)
    }
  }

  @Test func av1() throws {
    for (wire, out) in try vectors("codec.av1.bitstream") {
      let wanted = try #require(out["dec"] as? [String]).map(hex)
      // There the units are without their sizes.
      let found = try av1OBUs(wire).map { [wire[$0.range.lowerBound] & ~2] + wire[$0.payload] }
      #expect(found == wanted)
    }
    for (wire, out) in try vectors("codec.av1.leb128") {
      let wanted = try #require(out["dec"] as? Int)
      #expect(throws: ParseError(.truncated(needed: wanted), "obu", at: 1 + wire.count)) {
        _ = try av1OBUs([0x32] + wire)
      }
    }
  }

  @Test func vp9Headers() throws {
    for (wire, out) in try vectors("codec.vp9.header") {
      let header = try vp9(wire)
      #expect(header.isKey)
      #expect(header.size?.width == out["width"] as? Int)
      #expect(header.size?.height == out["height"] as? Int)
    }
  }

  /// The headers among the vectors have their numbers most significant byte first, against
  /// RFC 7845 5.1, so only durations are taken from there.
  @Test func opusDurations() throws {
    for (wire, out) in try vectors("codec.opus.duration") {
      let wanted = try #require((out["duration"] as? Fields)?["ms"] as? Int)
      #expect(try opusPacket(wire).samples == 48 * wanted)
    }
  }

  @Test func mpegAudioHeaders() throws {
    for (wire, out) in try vectors("codec.mpa.header") {
      let wanted = try #require(out["dec"] as? Fields)
      let header = try mpegAudio(wire)
      #expect(header.layer == wanted["Layer"] as? Int)
      #expect(header.bitRate == wanted["Bitrate"] as? Int)
      #expect(header.samplingFrequency == wanted["SampleRate"] as? Int)
      #expect(header.hasPadding == (wanted["Padding"] as? Bool ?? false))
      #expect(
        "ChannelMode\(header.channelMode)".lowercased()
          == (wanted["ChannelMode"] as? String)?.lowercased())
      #expect(header.frameByteCount == out["frameLen"] as? Int)
      #expect(header.samplesPerFrame == out["sampleCount"] as? Int)
    }
  }

  @Test func ac3Heads() throws {
    for (wire, out) in try vectors("codec.ac3") {
      let frame = try syncframe(wire)
      let wanted = try #require(out["bsi"] as? Fields)
      #expect(frame.sampleRate == out["sampleRate"] as? Int)
      #expect(Int(frame.bitstreamID) == wanted["Bsid"] as? Int)
      #expect(Int(frame.audioCodingMode) == wanted["Acmod"] as? Int)
      #expect(frame.hasLFE == (wanted["LfeOn"] as? Bool ?? false))
      #expect(frame.frameByteCount == wire.count)
    }
    for (wire, out) in try vectors("codec.eac3") {
      let frame = try syncframe(wire)
      #expect(frame.frameByteCount == out["frameSizes"] as? Int)
      #expect(frame.sampleRate == out["sampleRate"] as? Int)
      #expect(frame.channels == out["channelCount"] as? Int)
      #expect(frame.blockCount == out["numBlocks"] as? Int)
    }
  }

  @Test func flacStreamInfo() throws {
    for (wire, out) in try vectors("codec.flac") {
      let wanted = try #require(out["dec"] as? Fields)
      let info = try flacConfiguration(wire).streamInfo
      #expect(Int(info.minimumBlockSize) == wanted["MinBlockSize"] as? Int)
      #expect(Int(info.maximumBlockSize) == wanted["MaxBlockSize"] as? Int)
      #expect(Int(info.minimumFrameSize) == wanted["MinFrameSize"] as? Int)
      #expect(Int(info.maximumFrameSize) == wanted["MaxFrameSize"] as? Int)
      #expect(info.sampleRate == wanted["SampleRate"] as? Int)
      #expect(info.channels == wanted["ChannelCount"] as? Int)
      #expect(info.bitsPerSample == wanted["BitDepth"] as? Int)
      #expect(Int(info.totalSamples) == wanted["TotalSamples"] as? Int)
      #expect(info.md5 == hex(wanted["MD5"] as? String ?? ""))
      #expect(written { info.write(to: &$0) } == wire)
    }
  }
}

/// What ffprobe says of these files stands in the corpus's index.
@Suite(.enabled(if: corpus != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct CodecFileTests {
  @Test(arguments: [("androidx-media/sample.adts", 144), ("androidx-media/sine.aac", 45)])
  func adtsFiles(_ name: String, _ count: Int) throws {
    let bytes = try file(name)
    var (at, frames, payload) = (0, 0, 0)
    while at < bytes.count {
      let header = try adts([UInt8](bytes[at...].prefix(15)))
      #expect(header.audioSpecificConfig.summary == "LC 44100 Hz mono")
      at += header.frameLength
      frames += 1
      payload += header.payloadByteCount
    }
    #expect(at == bytes.count && frames == count)
    if count == 144 { #expect(payload == 30_797) }
  }

  @Test(arguments: [
    ("rtp-ffmpeg/vp8.ivf", 29), ("rtp-ffmpeg/vp9.ivf", 60), ("rtp-ffmpeg/av1.ivf", 25),
    ("mp4ff/av1.ivf", 25),
  ])
  func ivfFiles(_ name: String, _ count: Int) throws {
    let bytes = try file(name)
    let header = try ivfHeader(bytes)
    var frames = 0
    var at = IVFHeader.byteCount
    var sequence: AV1SequenceHeader?
    while at < bytes.count {
      let frame = try read([UInt8](bytes[at..<at + 12])) { r throws(ParseError) in
        try IVFFrameHeader(parsing: &r)
      }.value
      let data = [UInt8](bytes[at + 12..<at + 12 + Int(frame.size)])
      switch header.fourCC {
      case .vp8:
        let found = try vp8(data)
        #expect(found.isKey == (frames == 0) || found.isKey)
        if let key = found.keyFrame {
          #expect(key.width == Int(header.width) && key.height == Int(header.height))
        }
      case .vp9:
        let parts = try VP9Superframe(packet: data.span.bytes).frames
        #expect(!parts.isEmpty)
        let found = try vp9([UInt8](data[parts[0]]))
        #expect(found.isKey || frames > 0)
        if found.isKey { #expect(found.size?.width == Int(header.width)) }
      default:
        let unit = try av1Unit(data, sequence: sequence)
        #expect(unit.hasTemporalDelimiter && !unit.frames.isEmpty)
        #expect(unit.isKey || frames > 0)
        if let found = unit.sequenceHeader {
          sequence = found
          #expect(found.maxFrameWidth == Int(header.width))
          #expect(found.maxFrameHeight == Int(header.height))
        }
        // Whole units come out as they are.
        #expect(try written { try AV1TemporalUnit.write(data.span.bytes, to: &$0) } == data)
      }
      at += 12 + Int(frame.size)
      frames += 1
    }
    #expect(at == bytes.count && frames == count)
  }

  /// Enhanced FLV of FFmpeg 9: packet type 0 carries the configuration behind 5 bytes.
  @Test func enhancedFLVConfigurations() throws {
    func starts(_ name: String, _ type: UInt8, _ fourCC: String) throws -> [[UInt8]] {
      try bodies("synthetic/\(name).flv", type: type).filter {
        $0.count > 5 && $0[0] & 15 == 0 && $0[1..<5].elementsEqual(fourCC.utf8)
      }.map { [UInt8]($0[5...]) }
    }
    for bytes in try starts("enh_av1_opus", 9, "av01") {
      let record = try av1C(bytes)
      #expect(record.summary.hasPrefix("Main 2.0 160x120 8 bits 4:2:0"))
      #expect(written { record.write(to: &$0) } == bytes)
    }
    let opus = try starts("enh_av1_opus", 8, "Opus")
    #expect(opus.count == 1)
    for bytes in opus {
      let head = try opusHead(bytes)
      #expect(head.summary == "Opus 48000 Hz mono")
      #expect(written { head.write(to: &$0) } == bytes)
    }
    let vp = try starts("enh_vp9_flac", 9, "vp09")
    #expect(vp.count == 1)
    for bytes in vp {
      let record = try vpcC(bytes)
      #expect(record.profile == 0 && record.bitDepth == 8)
      #expect(written { record.write(to: &$0) } == bytes)
    }
    let flac = try starts("enh_vp9_flac", 8, "fLaC")
    #expect(!flac.isEmpty)
    for bytes in flac {
      let config = try flacConfiguration(bytes)
      // FFmpeg 9 writes STREAMINFO alone, without a marker or a block header.
      #expect(bytes.count == 34 && config.blocks.isEmpty && config.streamInfo.sampleRate == 48000)
    }
  }
}
