import MediaBitstream
import MediaBytes
import MediaModel

extension FLVChecker {
  /// Whether each track's decoder can be set up before its first frame.
  struct ConfigurationChecks: Sendable {
    private struct Track: Sendable {
      var codec: Codec?
      /// How its frames are coded, once there is nothing to say about more of them.
      var settled: FLVCoding?
      var isConfigured = false
      /// Frames since the beginning, or since the codec changed, without a sequence header.
      var waiting = 0
      var firstWaiting: (offset: Int, time: Double, need: Need)?
      /// Whether another file was joined on, which has to bring its sequence headers again.
      var isRejoined = false
    }

    /// What a decoder makes of a track without a sequence header.
    enum Need: Sendable { case required, useful, none }

    private var tracks: [Track] = []

    /// Begins again behind the header of another file.
    mutating func restart() {
      for index in tracks.indices { tracks[index].isRejoined = true }
    }

    /// Whether `check` would say nothing about a frame.
    func passes(_ coding: FLVCoding, _ stream: Int) -> Bool {
      stream < tracks.count && tracks[stream].settled == coding
    }

    mutating func check(
      _ record: FLVTagRecord, _ part: FLVMediaPart, _ stream: Int, _ found: inout [Finding]
    ) {
      while tracks.count <= stream { tracks.append(Track()) }
      tracks[stream].settled = nil
      switch part.kind {
      case .codedFrames:
        let isChanged = noteCodec(record, part, stream, &found)
        let need = Need(part)
        guard isChanged || !tracks[stream].isConfigured, need != .none else {
          tracks[stream].settled = part.coding
          return
        }
        if tracks[stream].waiting == 0 {
          tracks[stream].firstWaiting = (record.tag.offset, Double(record.dts) / 1000, need)
        }
        tracks[stream].waiting += 1
      case .sequenceHeader:
        // Some encoders send an empty one first; it configures nothing.
        guard !part.payload.isEmpty else { return }
        let isChanged = noteCodec(record, part, stream, &found)
        begin(record, part.coding, stream, &found)
        if !record.isEncrypted {
          checkContent(record, part, stream, isNewCodec: isChanged, &found)
        }
        tracks[stream].isRejoined = false
      case .mpeg2TSSequenceStart:
        begin(record, part.coding, stream, &found)
      case .sequenceEnd, .metadata, .multichannelConfig, .command, .reserved: break
      }
    }

    /// Whether the track changed over to another codec.
    private mutating func noteCodec(
      _ record: FLVTagRecord, _ part: FLVMediaPart, _ stream: Int, _ found: inout [Finding]
    ) -> Bool {
      guard let codec = part.codec, codec != tracks[stream].codec else { return false }
      defer { tracks[stream].codec = codec }
      guard let before = tracks[stream].codec else { return false }
      tracks[stream].isConfigured = false
      tracks[stream].waiting = 0
      found.append(
        record.finding(
          .changedConfiguration, "the codec changes from \(before) to \(codec)", stream: stream,
          clause: part.coding.headerClause))
      return true
    }

    /// A sequence header takes effect.
    private mutating func begin(
      _ record: FLVTagRecord, _ coding: FLVCoding, _ stream: Int, _ found: inout [Finding]
    ) {
      let track = tracks[stream]
      if !track.isConfigured, let first = track.firstWaiting, first.need == .required {
        found.append(
          record.finding(
            .lateSequenceHeader,
            "\(counted(track.waiting, "frame")) \(track.waiting == 1 ? "stands" : "stand") before the "
              + "sequence header, the first at byte \(first.offset)", stream: stream,
            clause: coding.headerClause))
      }
      tracks[stream].isConfigured = true
      tracks[stream].firstWaiting = nil
    }

    private func checkContent(
      _ record: FLVTagRecord, _ part: FLVMediaPart, _ stream: Int, isNewCodec: Bool,
      _ found: inout [Finding]
    ) {
      guard let change = record.configurationChanges.first(where: { $0.stream == stream }) else {
        if !tracks[stream].isRejoined {
          found.append(
            record.finding(
              .repeatedSequenceHeader,
              "the sequence header of \(counted(part.payload.count, "byte")) equals the one before",
              stream: stream, clause: part.coding.headerClause))
        }
        return
      }
      if let before = change.before, !isNewCodec {
        found.append(
          record.finding(
            .changedConfiguration, Self.difference(from: before, to: change.after), stream: stream,
            clause: part.coding.headerClause))
      }
      if let error = part.codec.flatMap({ $0.unreadable(configuration: change.after) }) {
        found.append(
          record.bodyFinding(
            .unreadableConfiguration, "\(error.field): \(error.reason)",
            at: part.payload.lowerBound + error.offset, stream: stream,
            clause: part.codec?.configurationClause))
      }
    }

    private static func difference(from before: [UInt8], to after: [UInt8]) -> String {
      guard before.count == after.count else {
        return "the configuration changes from \(before.count) to "
          + counted(after.count, "byte")
      }
      let count = zip(before, after).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
      return
        "\(count) of \(counted(after.count, "byte")) of the configuration \(count == 1 ? "changes" : "change")"
    }

    func finish(_ streams: [FLVStream], _ found: inout [Finding]) {
      for (stream, track) in tracks.enumerated() where !track.isConfigured {
        guard let first = track.firstWaiting else { continue }
        let frames = counted(track.waiting, "\(streams[stream].codec?.rawValue ?? "coded") frame")
        found.append(
          Finding(
            first.need == .required ? .missingSequenceHeader : .omittedSequenceHeader,
            "\(frames), but no sequence header", offset: first.offset, time: first.time,
            stream: stream,
            clause: first.need == .required ? streams[stream].coding.headerClause : nil))
      }
    }
  }
}

extension FLVChecker.ConfigurationChecks.Need {
  init(_ part: FLVMediaPart) {
    self =
      switch part.codec {
      case .h264, .hevc, .vvc, .aac, .flac: .required
      // These say in their key frames what their decoders need.
      case .av1, .vp8, .vp9, .mpeg4: .useful
      // In the dialect of SoundFormat 13 there is none.
      case .opus: part.fourCC == nil ? .none : .useful
      default: .none
      }
  }
}

extension Codec {
  /// Why a configuration of this codec cannot be read; nil where it can, or nobody here knows how.
  func unreadable(configuration: [UInt8]) -> ParseError? {
    var reader = ByteReader(configuration.span)
    do throws(ParseError) {
      switch self {
      case .h264: _ = try AVCDecoderConfigurationRecord(parsing: &reader)
      case .hevc: _ = try HEVCDecoderConfigurationRecord(parsing: &reader)
      case .vvc: _ = try VvcDecoderConfigurationRecord(parsing: &reader)
      case .av1: _ = try AV1CodecConfigurationRecord(parsing: &reader)
      case .vp8, .vp9: _ = try VPCodecConfigurationRecord(parsing: &reader)
      case .aac:
        var bits = BitReader(reader)
        _ = try AudioSpecificConfig(parsing: &bits)
      case .flac: _ = try FLACConfiguration(parsing: &reader)
      case .opus: _ = try OpusHead(parsing: &reader)
      default: break
      }
      return nil
    } catch {
      return error
    }
  }
}
