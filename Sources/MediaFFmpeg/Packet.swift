internal import CLibAV
internal import Glibc

/// The packet a demuxer reads into and a decoder takes from; used over and over.
public final class Packet {
  let raw: UnsafeMutablePointer<AVPacket>
  private let libraries: FFmpegLibraries

  /// An empty packet.
  public init() throws(FFmpegError) {
    libraries = try FFmpegLibraries.open()
    guard let raw = libraries.codec.pointee.av_packet_alloc() else {
      throw FFmpegError(call: "av_packet_alloc", reason: .system(errno: ENOMEM))
    }
    self.raw = raw
  }

  deinit {
    var raw: UnsafeMutablePointer<AVPacket>? = raw
    libraries.codec.pointee.av_packet_free(&raw)
  }

  /// Which track it belongs to.
  public var streamIndex: Int { Int(raw.pointee.stream_index) }
  /// Presentation time, ticks of the track.
  public var pts: Int64? { raw.pointee.pts == CLIBAV_NOPTS ? nil : raw.pointee.pts }
  /// Decoding time, ticks of the track.
  public var dts: Int64? { raw.pointee.dts == CLIBAV_NOPTS ? nil : raw.pointee.dts }
  /// Ticks; 0 where the container does not say.
  public var duration: Int64 { raw.pointee.duration }
  /// Bytes of the payload.
  public var byteCount: Int { Int(raw.pointee.size) }
  /// Position of the payload in the input; nil where FFmpeg does not know.
  public var position: Int64? { raw.pointee.pos < 0 ? nil : raw.pointee.pos }
  /// Decoding can start here.
  public var isKey: Bool { raw.pointee.flags & AV_PKT_FLAG_KEY != 0 }
  /// To be decoded but not shown (before the start of an edit list).
  public var isDiscarded: Bool { raw.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }
  /// FFmpeg knows that bytes are missing or wrong.
  public var isCorrupt: Bool { raw.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }
  /// Whether there is side data to describe.
  public var hasSideData: Bool { raw.pointee.side_data_elems > 0 }

  /// The payload, valid until the next read.
  public func withPayload<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try body(UnsafeRawBufferPointer(start: raw.pointee.data, count: max(0, byteCount)))
  }

  /// The codec's extradata from this packet on, where the container changes it.
  public var newExtradata: [UInt8]? {
    for index in 0..<Int(max(0, raw.pointee.side_data_elems)) {
      let block = raw.pointee.side_data[index]
      guard block.type == AV_PKT_DATA_NEW_EXTRADATA, block.size > 0 else { continue }
      return [UInt8](UnsafeRawBufferPointer(start: block.data, count: Int(block.size)))
    }
    return nil
  }

  /// The metadata a packet carries itself, such as the title of a radio stream's next song.
  public func tags() -> [Tag] {
    for index in 0..<Int(raw.pointee.side_data_elems) {
      let block = raw.pointee.side_data[index]
      guard block.type == AV_PKT_DATA_STRINGS_METADATA, block.size > 0 else { continue }
      var dictionary: OpaquePointer?
      defer { libraries.util.pointee.av_dict_free(&dictionary) }
      let code = libraries.codec.pointee.av_packet_unpack_dictionary(
        block.data, block.size, &dictionary)
      return code >= 0 ? libraries.entries(of: dictionary) : []
    }
    return []
  }

  /// Its side data in ffprobe's words.
  public func sideData(pictureWidth: Int = 0, height: Int = 0) -> [SideDataDescription] {
    let reader = PacketSideDataReader(
      libraries: libraries, width: CInt(clamping: pictureWidth), height: CInt(clamping: height))
    return (0..<Int(max(0, raw.pointee.side_data_elems))).map {
      reader.describe(raw.pointee.side_data[$0])
    }
  }
}
