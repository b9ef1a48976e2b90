internal import CLibAV

/// What FFmpeg takes bytes for when it does not know their file's name.
public enum FormatProbe {
  /// The format's short names and how sure it is, 0...100.
  public struct Guess: Equatable, Sendable {
    /// FFmpeg's short names, such as `flv`.
    public var name: String
    /// 0...100; 25 and less is little more than chance.
    public var score: Int
  }

  /// Judges the beginning of a file; nil where nothing in it speaks for any format.
  public static func guess(_ bytes: [UInt8]) throws(FFmpegError) -> Guess? {
    let libraries = try FFmpegLibraries.open()
    // FFmpeg reads up to 32 bytes past the end (AVPROBE_PADDING_SIZE).
    var padded = bytes + [UInt8](repeating: 0, count: Int(AVPROBE_PADDING_SIZE))
    var score: CInt = 0
    let format = padded.withUnsafeMutableBufferPointer { buffer in
      "".withCString { name in
        var data = AVProbeData()
        data.filename = name
        data.buf = buffer.baseAddress
        data.buf_size = CInt(clamping: bytes.count)
        return libraries.format.pointee.av_probe_input_format3(&data, 1, &score)
      }
    }
    guard let format, score > 0, let name = FFmpegLibraries.string(format.pointee.name) else {
      return nil
    }
    return Guess(name: name, score: Int(score))
  }
}

/// What FFmpeg can open by URL.
public enum FFmpegProtocols {
  /// Demuxers that speak their protocol themselves, so that no protocol of the name exists.
  private static let demuxers: Set = [
    "rtsp", "rtsps", "satip", "sap", "mms", "mmsh", "mmst", "srt", "rist",
  ]

  /// Whether something in this FFmpeg opens URLs of a scheme.
  public static func knows(_ scheme: String) throws(FFmpegError) -> Bool {
    if demuxers.contains(scheme) { return true }
    let libraries = try FFmpegLibraries.open()
    return libraries.format.pointee.avio_find_protocol_name(scheme + "://") != nil
  }
}
