import MediaModel

// Where a rule holds for several kinds of tags or codecs, each has a clause of its own.

extension FLVTagRecord {
  /// The clause on bodies of its kind and form; nil where it is not media, or cannot be read.
  var bodyClause: String? {
    switch body {
    case .audio(let audio): audio.exHeader == nil ? "FLV 10.1 E.4.2" : enhancedClause("TagBody")
    case .video(let video): video.exHeader == nil ? "FLV 10.1 E.4.3" : enhancedClause("TagBody")
    case .script, .unknown, .unreadable: nil
    }
  }

  /// A table of Enhanced RTMP that there is for both kinds, such as `TagHeader`.
  func enhancedClause(_ table: String) -> String {
    "Enhanced RTMP v2, Ex\(tag.header.type == .audio ? "Audio" : "Video")\(table)"
  }
}

extension FLVBodyAnomaly.Field {
  /// The clause on the field; nil where sound and pictures have each their own.
  var clause: String? {
    switch self {
    case .soundFormat, .aacPacketType: "FLV 10.1 E.4.2.1"
    case .frameType, .codecID, .avcPacketType, .videoCommand: "FLV 10.1 E.4.3.1"
    case .audioPacketType, .videoPacketType, .modExType: nil
    }
  }
}

extension FLVCoding {
  /// The clause on its sequence headers; nil where none is known.
  var headerClause: String? {
    if fourCC != nil { return "Enhanced RTMP v2, SequenceStart" }
    switch codec {
    case .aac: return "FLV 10.1 E.4.2.2"
    case .h264: return "FLV 10.1 E.4.3.2"
    default: return codec?.configurationClause
    }
  }
}

extension Codec {
  /// The clause on its decoder configuration; nil where it has none.
  var configurationClause: String? {
    switch self {
    case .h264: "ISO/IEC 14496-15 5.3.3.1"
    case .hevc: "ISO/IEC 14496-15 8.3.3.1"
    case .vvc: "ISO/IEC 14496-15 11.2.4.2"
    case .av1: "AV1-ISOBMFF 2.3.3"
    case .vp8, .vp9: "VP Codec ISO Media File Format Binding 1.0"
    case .aac: "ISO/IEC 14496-3 1.6.2.1"
    case .flac: "RFC 9639 8.2"
    case .opus: "RFC 7845 5.1"
    default: nil
    }
  }
}
