internal import CLibAV
public import MediaModel

/// A description of raw pictures or samples that cannot be understood.
public struct RawInputError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, for a person.
  public var description: String
}

/// Pictures one after the other with nothing between: `bgr24:1280x720@25`.
public struct RawVideoInput: Equatable, Sendable {
  /// FFmpeg's name of the pixel format.
  public var format: String
  /// Pixels in a row.
  public var width: Int
  /// Rows.
  public var height: Int
  /// Pictures per second, both parts positive.
  public var rate: Rational

  /// Pictures of a format, size and rate; whether there are such is found when they are opened.
  public init(format: String, width: Int, height: Int, rate: Rational) {
    self.format = format
    self.width = width
    self.height = height
    self.rate = rate
  }

  /// Reads `FORMAT:WIDTHxHEIGHT@RATE`.
  ///
  /// The rate is a whole number, a fraction (`30000/1001`) or a decimal; 23.976 and 23.98, 29.97,
  /// 59.94 and 119.88 are the rates of 24, 30, 60 and 120 over 1.001 that are written so.
  /// - Throws: `RawInputError` that says which part is wrong.
  public init(parsing text: String) throws(RawInputError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let what =
      parts.count == 2 ? parts[1].split(separator: "@", omittingEmptySubsequences: false) : []
    guard parts.count == 2, what.count == 2, !parts[0].isEmpty else {
      throw RawInputError(
        description:
          "'\(text)' is not of the form FORMAT:WIDTHxHEIGHT@RATE, such as bgr24:1280x720@25")
    }
    let size = what[0].split(separator: "x", omittingEmptySubsequences: false)
    guard size.count == 2, let width = count(size[0]), let height = count(size[1]) else {
      throw RawInputError(description: "'\(what[0])' is not a size, such as 1280x720")
    }
    guard let rate = Rational(frameRate: what[1]) else {
      throw RawInputError(description: "'\(what[1])' is not a rate, such as 25 or 30000/1001")
    }
    self.init(format: String(parts[0]), width: width, height: height, rate: rate)
  }

  /// Bytes of one picture, rows without padding.
  ///
  /// - Throws: `FFmpegError` with the reason `.notImplemented` for formats that FFmpeg does not know
  ///   or that do not lie in plain memory, `.system` for sizes beyond 2 GiB.
  public func frameByteCount() throws(FFmpegError) -> Int {
    let libraries = try FFmpegLibraries.open()
    let pixels = libraries.util.pointee.av_get_pix_fmt(format)
    let descriptor = libraries.util.pointee.av_pix_fmt_desc_get(pixels)
    let unfit = UInt64(AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_PAL)
    guard let descriptor, descriptor.pointee.flags & unfit == 0 else {
      throw FFmpegError(
        call: "av_get_pix_fmt", reason: .notImplemented,
        text: "FFmpeg has no raw pictures of the format '\(format)'")
    }
    return Int(
      try libraries.check(
        "av_image_get_buffer_size",
        libraries.util.pointee.av_image_get_buffer_size(
          pixels, CInt(clamping: width), CInt(clamping: height), 1)))
  }
}

/// Samples of all channels in turn, with nothing between: `s16le:48000:2`.
public struct RawAudioInput: Equatable, Sendable {
  /// FFmpeg's name of raw samples (`s16le`, `f32be`, `alaw`), or of the sample format (`s16`, `flt`).
  public var format: String
  /// Samples per second and channel.
  public var sampleRate: Int
  /// How many channels, in their usual layout.
  public var channels: Int

  /// Samples of a format, rate and number of channels; whether there are such is found when they
  /// are opened.
  public init(format: String, sampleRate: Int, channels: Int) {
    self.format = format
    self.sampleRate = sampleRate
    self.channels = channels
  }

  /// Reads `FORMAT:RATE:CHANNELS`.
  ///
  /// - Throws: `RawInputError` that says which part is wrong.
  public init(parsing text: String) throws(RawInputError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty else {
      throw RawInputError(
        description: "'\(text)' is not of the form FORMAT:RATE:CHANNELS, such as s16le:48000:2")
    }
    guard let rate = count(parts[1]), rate <= 1_000_000 else {
      throw RawInputError(description: "'\(parts[1])' is not a sample rate, such as 48000")
    }
    guard let channels = count(parts[2]), channels <= 64 else {
      throw RawInputError(description: "'\(parts[2])' is not a number of channels from 1 to 64")
    }
    self.init(format: String(parts[0]), sampleRate: rate, channels: channels)
  }

  /// Bytes of one sample of every channel.
  ///
  /// - Throws: `FFmpegError` with the reason `.notImplemented` for formats that FFmpeg does not know.
  public func frameByteCount() throws(FFmpegError) -> Int {
    let libraries = try FFmpegLibraries.open()
    let codec = try codec(libraries)
    return Int(libraries.codec.pointee.av_get_exact_bits_per_sample(codec.pointee.id)) / 8
      * channels
  }

  /// The decoder of such samples.
  func codec(_ libraries: FFmpegLibraries) throws(FFmpegError) -> UnsafePointer<AVCodec> {
    let native = ["s16": "s16le", "s32": "s32le", "s64": "s64le", "flt": "f32le", "dbl": "f64le"]
    let name = "pcm_\(native[format] ?? format)"
    guard let codec = libraries.codec.pointee.avcodec_find_decoder_by_name(name),
      // Those that pack samples otherwise than one after the other have no whole number of bytes.
      case let bits = libraries.codec.pointee.av_get_exact_bits_per_sample(codec.pointee.id),
      bits > 0, bits % 8 == 0
    else {
      throw FFmpegError(
        call: "avcodec_find_decoder_by_name", reason: .notImplemented,
        text: "FFmpeg has no raw samples of the format '\(format)'")
    }
    return codec
  }
}

/// A positive whole number that fits FFmpeg's.
private func count(_ text: Substring) -> Int? {
  guard let number = UInt32(text), number > 0, number <= Int32.max,
    text.utf8.first.map({ (48...57).contains($0) }) == true
  else { return nil }
  return Int(number)
}

/// Cuts bytes that come in pieces of any size into whole units.
public struct RawCutter {
  private let unitByteCount: Int
  private let mostByteCount: Int
  private var begun: [UInt8] = []

  /// A cutter into units, handed over up to `mostUnits` at a time.
  public init(unitByteCount: Int, mostUnits: Int = 1) {
    precondition(unitByteCount > 0 && mostUnits > 0, "a unit has bytes")
    self.unitByteCount = unitByteCount
    let (product, overflow) = unitByteCount.multipliedReportingOverflow(by: mostUnits)
    mostByteCount = overflow ? unitByteCount : product
  }

  /// Bytes of a unit that is not yet whole: lost if nothing follows.
  public var leftover: Int { begun.count }

  /// Takes bytes and hands over the units they complete, which are valid within `each`.
  public mutating func cut(
    _ bytes: UnsafeRawBufferPointer, each: (UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    var rest = bytes[...]
    if !begun.isEmpty {
      let missing = rest.prefix(unitByteCount - begun.count)
      begun.append(contentsOf: missing)
      rest = rest.dropFirst(missing.count)
      guard begun.count == unitByteCount else { return }
      defer { begun.removeAll(keepingCapacity: true) }
      try begun.withUnsafeBytes(each)
    }
    while rest.count >= unitByteCount {
      let whole = min(mostByteCount, rest.count - rest.count % unitByteCount)
      try each(UnsafeRawBufferPointer(rebasing: rest.prefix(whole)))
      rest = rest.dropFirst(whole)
    }
    begun.append(contentsOf: rest)
  }
}
