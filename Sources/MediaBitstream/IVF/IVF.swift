public import MediaBytes

/// The 32 bytes that begin an IVF file, the simplest container of VP8, VP9 and AV1.
///
/// IVF has no specification; this is what libvpx writes. All numbers are little-endian.
public struct IVFHeader: Hashable, Sendable {
  /// The size of the header.
  public static let byteCount = 32

  /// The codec in four characters, as they stand in the file.
  public struct FourCC: Hashable, Sendable, CustomStringConvertible {
    /// The characters, the first one in the highest byte.
    public var rawValue: UInt32
    /// Makes it of its characters.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// `VP80`.
    public static let vp8 = Self(rawValue: 0x5650_3830)
    /// `VP90`.
    public static let vp9 = Self(rawValue: 0x5650_3930)
    /// `AV01`.
    public static let av1 = Self(rawValue: 0x4156_3031)

    /// The four characters.
    public var description: String {
      String(decoding: (0..<4).map { UInt8(rawValue >> (24 - 8 * $0) & 0xff) }, as: UTF8.self)
    }
  }

  /// The codec.
  public var fourCC: FourCC
  /// Luma samples in a row.
  public var width: UInt16
  /// Rows of luma samples.
  public var height: UInt16
  /// Ticks per second are this over `timebaseNumerator`.
  public var timebaseDenominator: UInt32
  /// See `timebaseDenominator`.
  public var timebaseNumerator: UInt32
  /// How many frames follow; see `IVFLength`.
  public var length: UInt32
  /// Behind `length`; zero, but FFmpeg 5.1 leaves all ones where it cannot go back.
  public var unused: UInt32 = 0

  /// Makes a header; times are in ticks of `timebaseNumerator`/`timebaseDenominator` seconds.
  public init(
    fourCC: FourCC, width: UInt16, height: UInt16, timebaseNumerator: UInt32 = 1,
    timebaseDenominator: UInt32, length: UInt32 = Self.unknownLength
  ) {
    self.fourCC = fourCC
    self.width = width
    self.height = height
    self.timebaseNumerator = timebaseNumerator
    self.timebaseDenominator = timebaseDenominator
    self.length = length
  }

  /// What stands for a length that is not known yet.
  public static let unknownLength = UInt32.max
  /// Where `length` stands in the header.
  public static let lengthOffset = 24

  /// Reads a header of version 0, and what it says it has over 32 bytes.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    var ahead = reader
    let signature = try ahead.u32("signature")
    guard signature == Self.signature else {
      throw ParseError(.invalid(UInt64(signature)), "signature", at: start)
    }
    let version = try ahead.u16le("version")
    guard version == 0 else {
      throw ParseError(.unsupported(UInt64(version)), "version", at: start + 4)
    }
    let size = Int(try ahead.u16le("header size"))
    guard size >= Self.byteCount else {
      throw ParseError(.invalid(UInt64(size)), "header size", at: start + 6)
    }
    fourCC = FourCC(rawValue: try ahead.u32("FourCC"))
    width = try ahead.u16le("width")
    height = try ahead.u16le("height")
    timebaseDenominator = try ahead.u32le("timebase denominator")
    timebaseNumerator = try ahead.u32le("timebase numerator")
    length = try ahead.u32le("length")
    unused = try ahead.u32le("unused")
    try ahead.skip(size - Self.byteCount, "header")
    reader = ahead
  }

  /// "DKIF".
  private static let signature: UInt32 = 0x444b_4946

  /// Writes 32 bytes.
  public func write(to writer: inout ByteWriter) {
    writer.integer(Self.signature)
    writer.integer(littleEndian: 0 as UInt16)
    writer.integer(littleEndian: UInt16(Self.byteCount))
    writer.integer(fourCC.rawValue)
    writer.integer(littleEndian: width)
    writer.integer(littleEndian: height)
    writer.integer(littleEndian: timebaseDenominator)
    writer.integer(littleEndian: timebaseNumerator)
    writer.integer(littleEndian: length)
    writer.integer(littleEndian: unused)
  }

  /// One line, such as `VP90 640x360 1/1000 250 frames`.
  public var summary: String {
    let count = length == Self.unknownLength ? "length unknown" : "\(length) frames"
    return "\(fourCC) \(width)x\(height) \(timebaseNumerator)/\(timebaseDenominator) \(count)"
  }
}

/// The 12 bytes before each frame of an IVF file.
public struct IVFFrameHeader: Hashable, Sendable {
  /// The size of the header.
  public static let byteCount = 12

  /// Bytes of the frame, this header left out.
  public var size: UInt32
  /// When to show the frame, in ticks of the file's timebase.
  public var pts: Int64

  /// Makes a header of both.
  public init(size: UInt32, pts: Int64) {
    self.size = size
    self.pts = pts
  }

  /// Reads 12 bytes.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    var ahead = reader
    size = try ahead.u32le("frame size")
    pts = try ahead.i64le("frame pts")
    reader = ahead
  }

  /// Writes 12 bytes.
  public func write(to writer: inout ByteWriter) {
    writer.integer(littleEndian: size)
    writer.integer(littleEndian: pts)
  }
}

/// Computes the `length` of a header from the frames that were written.
///
/// It is the number of frames to libvpx and to FFmpeg 9.0, but FFmpeg 5.1 stores the duration in
/// ticks: the sum of the steps in pts with the last frame's duration, or with the mean step where
/// that is not known, and then only of more than one frame.
public struct IVFLength: Sendable {
  /// Frames so far.
  public private(set) var frameCount = 0
  private var first: Int64 = 0
  private var last: Int64 = 0
  private var lastDuration: Int64 = 0

  /// Begins before the first frame.
  public init() {}

  /// Counts a frame; `duration` is in ticks, 0 when unknown.
  public mutating func add(pts: Int64, duration: Int64 = 0) {
    if frameCount == 0 { first = pts }
    frameCount += 1
    last = pts
    lastDuration = duration
  }

  /// The number of frames.
  public var frames: UInt32 { UInt32(truncatingIfNeeded: frameCount) }

  /// The duration in ticks, as FFmpeg 5.1 stores it; nil where that leaves the length unknown.
  public var ticks: UInt32? {
    let span = last &- first
    if lastDuration > 0, frameCount > 0 {
      return UInt32(truncatingIfNeeded: span &+ lastDuration)
    }
    guard frameCount > 1 else { return nil }
    return UInt32(truncatingIfNeeded: Int64(frameCount) &* span / Int64(frameCount - 1))
  }
}
