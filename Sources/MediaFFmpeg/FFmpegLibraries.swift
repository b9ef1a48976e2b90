internal import CLibAV
internal import Glibc

/// FFmpeg's libraries, opened on first use: a command that never asks pays nothing.
struct FFmpegLibraries: @unchecked Sendable {  // pointers to tables that never change once filled
  let util: UnsafePointer<clibav_util>
  let codec: UnsafePointer<clibav_codec>
  let format: UnsafePointer<clibav_format>

  /// Opens libavutil, libavcodec and libavformat, once for the process.
  ///
  /// - Throws: `FFmpegError` with the reason `.libraryMissing`, naming library and package.
  static func open() throws(FFmpegError) -> FFmpegLibraries {
    var failure = clibav_failure()
    // libavformat first: it pulls in the others, and its absence is the usual one to name.
    guard
      let format = clibav_open_format(&failure), let codec = clibav_open_codec(&failure),
      let util = clibav_open_util(&failure)
    else { throw missing(failure) }
    return FFmpegLibraries(util: util, codec: codec, format: format)
  }

  /// Opens libswscale, once for the process.
  func openScaling() throws(FFmpegError) -> UnsafePointer<clibav_scaling> {
    var failure = clibav_failure()
    guard let table = clibav_open_scaling(&failure) else { throw Self.missing(failure) }
    return table
  }

  /// Opens libswresample, once for the process.
  func openResampling() throws(FFmpegError) -> UnsafePointer<clibav_resampling> {
    var failure = clibav_failure()
    guard let table = clibav_open_resampling(&failure) else { throw Self.missing(failure) }
    return table
  }

  /// Opens libavfilter, once for the process.
  func openFiltering() throws(FFmpegError) -> UnsafePointer<clibav_filtering> {
    var failure = clibav_failure()
    guard let table = clibav_open_filtering(&failure) else { throw Self.missing(failure) }
    return table
  }

  fileprivate static func missing(_ failure: clibav_failure) -> FFmpegError {
    FFmpegError(
      call: "dlopen",
      reason: .libraryMissing(
        library: failure.library.map { String(cString: $0) } ?? "libavformat",
        package: failure.package.map { String(cString: $0) } ?? "libavformat",
        why: withUnsafeBytes(of: failure.reason) { text in
          String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        }))
  }

  /// A copy of a decoder configuration in FFmpeg's memory, with the zeros behind it that its readers
  /// want; FFmpeg's to free, as `extradata`.
  ///
  /// - Throws: `FFmpegError` with `ENOMEM`, or where there are more than 2^31 bytes.
  func paddedCopy(
    _ bytes: [UInt8]
  ) throws(FFmpegError) -> (copy: UnsafeMutablePointer<UInt8>, count: CInt) {
    let padded = bytes.count + Int(AV_INPUT_BUFFER_PADDING_SIZE)
    guard let count = CInt(exactly: bytes.count), let copy = util.pointee.av_mallocz(padded)
    else { throw FFmpegError(call: "av_mallocz", reason: .system(errno: ENOMEM)) }
    UnsafeMutableRawBufferPointer(start: copy, count: padded).copyBytes(from: bytes)
    return (copy.assumingMemoryBound(to: UInt8.self), count)
  }

  /// The one place an FFmpeg return code is looked at: negative is an error that names the call.
  @discardableResult
  func check(_ call: StaticString, _ code: CInt) throws(FFmpegError) -> CInt {
    guard code < 0 else { return code }
    throw failure(call, code)
  }

  func failure(_ call: StaticString, _ code: CInt) -> FFmpegError {
    FFmpegError(call: "\(call)", reason: .init(code: code), text: message(code))
  }

  /// FFmpeg's own words for one of its codes.
  private func message(_ code: CInt) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let start = buffer.baseAddress else { return "error \(code)" }
      start.initialize(repeating: 0, count: buffer.count)
      _ = util.pointee.av_strerror(code, start, buffer.count)
      return String(cString: start)
    }
  }

  /// A C string that stays with FFmpeg, as ours.
  ///
  /// Invalid UTF-8 becomes U+FFFD.
  static func string(_ text: UnsafePointer<CChar>?) -> String? {
    text.map { String(cString: $0) }
  }

  /// The options an FFmpeg object exports, with their values as text.
  func exportedOptions(of object: UnsafeMutableRawPointer?) -> [Tag] {
    guard let object else { return [] }
    var tags: [Tag] = []
    var option: UnsafePointer<AVOption>?
    while let next = clibav_next_exported_option(util, object, option) {
      var value: UnsafeMutablePointer<UInt8>?
      if util.pointee.av_opt_get(object, next.pointee.name, 0, &value) >= 0, let value {
        tags.append(
          Tag(name: String(cString: next.pointee.name), value: String(cString: value)))
        util.pointee.av_free(value)
      }
      option = next
    }
    return tags
  }

  /// A dictionary's entries in their order.
  func entries(of dictionary: OpaquePointer?) -> [Tag] {
    var tags: [Tag] = []
    var entry: UnsafePointer<AVDictionaryEntry>?
    while let next = util.pointee.av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX) {
      tags.append(
        Tag(name: String(cString: next.pointee.key), value: String(cString: next.pointee.value)))
      entry = UnsafePointer(next)
    }
    return tags
  }
}

/// The versions a build was compiled for, whose major it opens, and those that the system has.
public enum FFmpegVersion {
  /// libavformat's major version: 59 is FFmpeg 5, 60 is 6, 61 is 7, 62 is 8, 63 is 9.
  public static var formatMajor: Int { Int(CLIBAV_FORMAT_MAJOR) }
  /// libavformat's minor version, which only ever rises under one major version.
  public static var formatMinor: Int { Int(CLIBAV_FORMAT_MINOR) }

  /// FFmpeg's name for the release that was found, such as `5.1.9-0+deb12u1`; nil without libavutil.
  public static var foundRelease: String? {
    var failure = clibav_failure()
    guard let util = clibav_open_util(&failure) else { return nil }
    return FFmpegLibraries.string(util.pointee.av_version_info())
  }

  /// Opens every library and tells its version, such as `59.27.100`, or why it cannot be used.
  public static func findLibraries() -> [(name: String, version: Result<String, FFmpegError>)] {
    [
      ("libavformat", version { clibav_open_format($0)?.pointee.avformat_version() }),
      ("libavcodec", version { clibav_open_codec($0)?.pointee.avcodec_version() }),
      ("libavutil", version { clibav_open_util($0)?.pointee.avutil_version() }),
      ("libswscale", version { clibav_open_scaling($0)?.pointee.swscale_version() }),
      ("libswresample", version { clibav_open_resampling($0)?.pointee.swresample_version() }),
      ("libavfilter", version { clibav_open_filtering($0)?.pointee.avfilter_version() }),
    ]
  }

  private static func version(
    _ open: (UnsafeMutablePointer<clibav_failure>) -> CUnsignedInt?
  ) -> Result<String, FFmpegError> {
    var failure = clibav_failure()
    guard let number = open(&failure) else { return .failure(FFmpegLibraries.missing(failure)) }
    return .success("\(number >> 16).\(number >> 8 & 0xFF).\(number & 0xFF)")
  }
}
