internal import MediaModel
internal import MediaRaw

/// Where the frames of a sound come from, and what is known besides.
///
/// Belongs to one thread.
protocol SoundSource: AnyObject {
  /// What is known by now.
  var description: SoundDescription { get }
  /// The file in which the frames lie one after the other; nil where they are only read forward.
  var stored: StoredFrames? { get }
  /// Bytes of the input that have been passed by `read`.
  var position: Int64 { get }

  /// Reads on: as many bytes as there is room for, fewer only at the end and before a failure, which
  /// the next call throws.
  func read(into room: UnsafeMutableRawBufferPointer) throws -> Int

  /// Reads what stands behind the frames, once all have been read.
  func finish() throws

  /// What is odd, in the order it was seen.
  var findings: [Finding] { get }
  /// Packets that could not be decoded.
  var undecodablePackets: Int { get }
}

extension SoundSource {
  var undecodablePackets: Int { 0 }
}

/// Frames that lie one after the other in a file.
struct StoredFrames: Sendable {
  var place: InputBytes.Place
  /// Where the first begins.
  var offset: Int64
  /// How many there are.
  var frameCount: Int64
}
