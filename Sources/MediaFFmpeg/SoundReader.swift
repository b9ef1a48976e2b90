internal import CLibAV
internal import Glibc

/// The decoded sound of one track, samples of all channels in turn.
///
/// Belongs to one thread, that of its demuxer, which nobody else may read from.
public final class SoundReader {
  /// What all samples have in common.
  public struct Form: Equatable, Sendable {
    /// FFmpeg's name of samples that are not planar: `u8`, `s16`, `s32`, `s64`, `flt`, `dbl`.
    public var sampleFormat: String
    /// Bytes of one sample.
    public var sampleByteCount: Int
    /// Frames per second.
    public var sampleRate: Int
    /// Number of channels.
    public var channelCount: Int
    /// FFmpeg's name for the layout; nil where nothing says.
    public var channelLayout: String?
    /// FFmpeg's numbers of the channels (`enum AVChannel`), below 18 those of the bits of
    /// `dwChannelMask`; nil where nothing says.
    public var channelNumbers: [Int]?
  }

  /// Of the first samples, and of all that `read` gives.
  public let form: Form
  /// Bits of a sample that carry sound, from its top, where the codec says.
  public private(set) var bitsPerRawSample: Int?
  /// Packets that could not be decoded, or not wholly.
  public private(set) var undecodableCount = 0
  /// Where in the input the last packet began, as far as it is known.
  public private(set) var position: Int64?

  private let demuxer: Demuxer
  private let streamIndex: Int
  private let frames: FrameDecoder
  private let packet: Packet
  private var interleaver: Interleaver
  private var isAtEnd = false

  /// Opens a decoder and reads as far as the first samples.
  ///
  /// - Throws: `FFmpegError`: `.decoderNotFound`; `.invalidData` where nothing can be decoded;
  ///   `.notImplemented` for more channels than 64; what the demuxer throws.
  public init(_ demuxer: Demuxer, streamIndex: Int) throws {
    self.demuxer = demuxer
    self.streamIndex = streamIndex
    packet = try Packet()
    let frames = try Self.decoder(demuxer, streamIndex)
    self.frames = frames
    demuxer.discard { $0 == streamIndex }
    var interleaver = Interleaver(demuxer.libraries)
    var (undecodable, isAtEnd) = (0, false)
    while interleaver.form == nil, interleaver.change == nil, !isAtEnd {
      isAtEnd = try !demuxer.read(streamIndex, into: packet)
      undecodable += try Self.decode(isAtEnd ? nil : packet, frames, &interleaver)
    }
    guard let form = interleaver.form else {
      throw interleaver.change
        ?? FFmpegError(
          call: "avcodec_receive_frame", reason: .invalidData,
          text: undecodable > 0
            ? "nothing of the sound can be decoded" : "the track of sound holds no sound")
    }
    self.form = form
    self.interleaver = interleaver
    self.isAtEnd = isAtEnd
    undecodableCount = undecodable
    let bits = Int(frames.context.pointee.bits_per_raw_sample)
    bitsPerRawSample = bits > 0 ? bits : nil
  }

  /// Reads and decodes on, and hands over the samples, which are valid within `each`.
  ///
  /// - Returns: false at the end, when nothing is left.
  /// - Throws: What the demuxer throws; `FFmpegError` with `.notImplemented` where the form of the
  ///   samples changes, after those before have been handed over; what `each` throws.
  public func read(_ each: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
    if interleaver.isEmpty {
      if let change = interleaver.change { throw change }
      guard !isAtEnd else { return false }
      isAtEnd = try !demuxer.read(streamIndex, into: packet)
      position = packet.position ?? position
      undecodableCount += try Self.decode(isAtEnd ? nil : packet, frames, &interleaver)
    }
    try interleaver.take(each)
    return true
  }

  private static func decoder(
    _ demuxer: Demuxer, _ index: Int
  ) throws(FFmpegError) -> FrameDecoder {
    guard let stream = demuxer.stream(index),
      let frames = try FrameDecoder(decoding: stream, demuxer.libraries)
    else {
      throw FFmpegError(
        call: "avcodec_find_decoder", reason: .decoderNotFound,
        text: "this FFmpeg has no decoder for the sound")
    }
    return frames
  }

  /// Answers 1 where a packet could not be decoded: the next one may be fine.
  private static func decode(
    _ packet: Packet?, _ frames: FrameDecoder, _ interleaver: inout Interleaver
  ) throws -> Int {
    do {
      try frames.decode(packet) { interleaver.append($0) }
      return 0
    } catch let error as FFmpegError {
      if error.reason == .system(errno: ENOMEM) || error.reason == .cancelled { throw error }
      return 1
    }
  }
}

/// Samples out of frames, the channels in turn, until they are taken.
private struct Interleaver {
  /// Of the first frame.
  private(set) var form: SoundReader.Form?
  /// What to say of a frame of another form, or of one that is not read; nothing is taken behind it.
  private(set) var change: FFmpegError?
  private var bytes: [UInt8] = []
  private let libraries: FFmpegLibraries

  init(_ libraries: FFmpegLibraries) { self.libraries = libraries }

  var isEmpty: Bool { bytes.isEmpty }

  mutating func take(_ each: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    defer { bytes.removeAll(keepingCapacity: true) }
    if !bytes.isEmpty { try bytes.withUnsafeBytes(each) }
  }

  mutating func append(_ frame: UnsafeMutablePointer<AVFrame>) {
    let count = Int(frame.pointee.nb_samples)
    guard change == nil, count > 0 else { return }
    guard let (found, isPlanar) = describe(frame) else {
      change = refusal(frame)
      return
    }
    if form == nil { form = found }
    guard let form, form.hasSamples(like: found) else {
      change = FFmpegError(
        call: "avcodec_receive_frame", reason: .notImplemented,
        text: "the sound changes to \(found.sampleRate) Hz, \(found.channelCount) channels of "
          + found.sampleFormat)
      return
    }
    let planes = UnsafeBufferPointer(
      start: frame.pointee.extended_data, count: isPlanar ? form.channelCount : 1)
    let width = form.sampleByteCount
    let begin = bytes.count
    let added = count * width * form.channelCount
    if !isPlanar || form.channelCount == 1 {
      if let plane = planes[0] {
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: plane, count: added))
      }
      return
    }
    bytes.append(contentsOf: repeatElement(0, count: added))
    bytes.withUnsafeMutableBytes { all in
      let target = UnsafeMutableRawBufferPointer(rebasing: all[begin...])
      for (channel, plane) in planes.enumerated() {
        guard let plane else { continue }
        let source = UnsafeRawBufferPointer(start: plane, count: count * width)
        switch width {
        case 1: Self.spread(source, target, channel, form.channelCount, as: UInt8.self)
        case 2: Self.spread(source, target, channel, form.channelCount, as: UInt16.self)
        case 4: Self.spread(source, target, channel, form.channelCount, as: UInt32.self)
        default: Self.spread(source, target, channel, form.channelCount, as: UInt64.self)
        }
      }
    }
  }

  /// Puts the samples of a plane where the channel has its places.
  private static func spread<Sample: FixedWidthInteger>(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, _ channel: Int,
    _ channelCount: Int, as type: Sample.Type
  ) {
    guard let to = target.baseAddress, let from = source.baseAddress else { return }
    let width = MemoryLayout<Sample>.size
    for index in 0..<source.count / width {
      to.storeBytes(
        of: from.loadUnaligned(fromByteOffset: index * width, as: type),
        toByteOffset: (index * channelCount + channel) * width, as: type)
    }
  }

  private func describe(
    _ frame: UnsafeMutablePointer<AVFrame>
  ) -> (SoundReader.Form, isPlanar: Bool)? {
    let layout = frame.pointee.ch_layout
    let format = libraries.sampleFormatName(frame.pointee.format) ?? ""
    let isPlanar = format.hasSuffix("p")
    let widths = ["u8": 1, "s16": 2, "s32": 4, "flt": 4, "dbl": 8, "s64": 8]
    let name = isPlanar ? String(format.dropLast()) : format
    guard let width = widths[name], (1...64).contains(Int(layout.nb_channels)),
      frame.pointee.sample_rate > 0
    else { return nil }
    let form = SoundReader.Form(
      sampleFormat: name, sampleByteCount: width, sampleRate: Int(frame.pointee.sample_rate),
      channelCount: Int(layout.nb_channels), channelLayout: libraries.name(layout),
      channelNumbers: numbers(layout))
    return (form, isPlanar)
  }

  private func refusal(_ frame: UnsafeMutablePointer<AVFrame>) -> FFmpegError {
    let format = libraries.sampleFormatName(frame.pointee.format) ?? ""
    let count = frame.pointee.ch_layout.nb_channels
    return FFmpegError(
      call: "avcodec_receive_frame", reason: .notImplemented,
      text: "sound of \(frame.pointee.sample_rate) Hz, \(count) channels of '\(format)' "
        + "cannot be measured")
  }

  private func numbers(_ layout: AVChannelLayout) -> [Int]? {
    switch layout.order {
    case AV_CHANNEL_ORDER_NATIVE: (0..<64).filter { layout.u.mask >> $0 & 1 == 1 }
    case AV_CHANNEL_ORDER_CUSTOM:
      layout.u.map.map { map in
        (0..<Int(layout.nb_channels)).map { Int(map[$0].id.rawValue) }
      }
    default: nil
    }
  }
}

extension SoundReader.Form {
  /// Names of layouts may come and go; samples are read alike all the same.
  fileprivate func hasSamples(like other: Self) -> Bool {
    sampleFormat == other.sampleFormat && sampleRate == other.sampleRate
      && channelCount == other.channelCount
  }
}
