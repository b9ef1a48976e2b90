internal import CLibAV

/// Options on their way into an FFmpeg call, which takes out those it knows.
struct FFmpegDictionary: ~Copyable {
  var raw: OpaquePointer?
  private let libraries: FFmpegLibraries

  init(_ libraries: FFmpegLibraries) throws(FFmpegError) {
    self.libraries = libraries
  }

  deinit {
    var raw = raw
    libraries.util.pointee.av_dict_free(&raw)
  }

  mutating func set(_ name: String, _ value: String) throws(FFmpegError) {
    try libraries.check("av_dict_set", libraries.util.pointee.av_dict_set(&raw, name, value, 0))
  }
}
