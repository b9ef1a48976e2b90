internal import Glibc
internal import MediaIO
internal import MediaModel
internal import MediaRaw

/// What an input says of its pictures; nothing here is a guess but where `assumed` says so.
struct PictureSourceDescription: Sendable {
  /// FFmpeg's names: `rawvideo`, `yuv4mpegpipe`, `mov,mp4,...`.
  var containerName: String
  /// `rawvideo` or FFmpeg's name of the coding.
  var codecName: String
  var layout: PictureLayout
  /// nil where nothing says.
  var matrix: ColorMatrix?
  /// The name of a matrix that the input says and `ColorMatrix` has not.
  var unsupportedMatrix: String?
  var range: ColorRange?
  var siting: ChromaSiting?
  var fieldOrder: FieldOrder?
  /// FFmpeg's names; nil where nothing says.
  var primaries: String?
  var transfer: String?
  var frameRate: Rational?
  var sampleAspectRatio: Rational?
  /// Pictures that `next` will give, where that is known before.
  var frameCount: Int64?
  /// Of the whole input where it is known.
  var byteCount: Int64?
  /// What was taken from elsewhere than the input's own words or the user's: the size of a name, say.
  var assumed: [Assumption] = []
  /// What users should know of the input; `PictureColors.notes` begins with it.
  var notes: [String] = []
}

/// Something that neither the input nor the user said, and was taken as usual.
struct Assumption: Hashable, Sendable {
  /// The key of the report it fills, such as `input.matrix`.
  var field: String
  var value: String
  /// Why that: `1080 lines, untagged`.
  var reason: String
}

extension [Assumption] {
  /// All in one line, each reason once behind what it is the reason of.
  var sentence: String {
    var parts: [String] = []
    for (place, assumption) in enumerated() {
      let isLast = place + 1 == count || self[place + 1].reason != assumption.reason
      let reason = isLast ? " (\(assumption.reason))" : ""
      parts.append("\(assumption.field) \(assumption.value)\(reason)")
    }
    return parts.joined(separator: ", ")
  }
}

/// Where pictures come from.
///
/// Belongs to one thread; what it gives may go to any.
protocol PictureSource: AnyObject {
  var description: PictureSourceDescription { get }

  /// The next picture; nil at the end.
  ///
  /// - Throws: `Failure` where reading fails.
  func next() throws -> SourcePicture?

  /// Bytes behind the last whole picture, known once `next` gave nil; 0 where pictures behind it
  /// were not wanted.
  var leftOver: Int64 { get }
  /// Bytes of the input passed.
  var bytesRead: Int64 { get }
  /// Pictures that FFmpeg could not decode.
  var undecodablePackets: Int { get }
}

/// One picture: either its bytes, or where to read them.
struct SourcePicture: Sendable {
  enum Content: Sendable {
    case held(BufferPool.Buffer)
    case stored(ReadableFile, offset: Int64)
  }

  /// Within the input, from 0.
  var number: Int64
  var content: Content

  /// The picture's bytes, read into a buffer of `pool` where they are not held; those of the pool
  /// must have the size of the input's pictures.
  ///
  /// - Throws: `IOFailure`; a file that has become shorter meanwhile is one of `EIO`.
  func bytes(_ pool: BufferPool) throws(IOFailure) -> BufferPool.Buffer {
    switch content {
    case .held(let buffer): return buffer
    case .stored(let file, let offset):
      let buffer = pool.take()
      guard try file.read(at: offset, into: buffer.bytes) == buffer.bytes.count else {
        throw IOFailure(call: "read", code: EIO, subject: file.subject)
      }
      return buffer
    }
  }
}
