internal import CLibAV
internal import Glibc

/// Lets FFmpeg read from a `RandomAccessInput`, and keeps the error it threw: C can only be told
/// "input/output error".
final class InputBridge {
  private static let bufferByteCount = 65_536
  private static let readSize = CInt(AVSEEK_SIZE)
  private(set) var context: UnsafeMutablePointer<AVIOContext>?
  private let input: any RandomAccessInput
  private let libraries: FFmpegLibraries
  private var offset: Int64 = 0
  private var error: (any Error)?

  init(_ input: any RandomAccessInput, _ libraries: FFmpegLibraries) throws(FFmpegError) {
    self.input = input
    self.libraries = libraries
    guard let buffer = libraries.util.pointee.av_malloc(Self.bufferByteCount) else {
      throw FFmpegError(call: "av_malloc", reason: .system(errno: ENOMEM))
    }
    context = libraries.format.pointee.avio_alloc_context(
      buffer.assumingMemoryBound(to: UInt8.self), CInt(Self.bufferByteCount), 0,
      Unmanaged.passUnretained(self).toOpaque(),
      { opaque, buffer, count in
        guard let opaque, let buffer else { return clibav_error(EINVAL) }
        return Unmanaged<InputBridge>.fromOpaque(opaque).takeUnretainedValue()
          .read(into: buffer, count)
      },
      nil,
      input.isSeekable
        ? { opaque, offset, whence in
          guard let opaque else { return Int64(clibav_error(EINVAL)) }
          return Unmanaged<InputBridge>.fromOpaque(opaque).takeUnretainedValue()
            .seek(to: offset, whence)
        } : nil)
    guard context != nil else {
      libraries.util.pointee.av_free(buffer)
      throw FFmpegError(call: "avio_alloc_context", reason: .system(errno: ENOMEM))
    }
  }

  deinit {
    // FFmpeg may have put another buffer in the place of ours.
    if let buffer = context?.pointee.buffer { libraries.util.pointee.av_free(buffer) }
    libraries.format.pointee.avio_context_free(&context)
  }

  /// The error the input threw since the last call.
  func takeError() -> (any Error)? {
    defer { error = nil }
    return error
  }

  private func read(into buffer: UnsafeMutablePointer<UInt8>, _ count: CInt) -> CInt {
    do {
      let target = UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
      let read = try input.read(at: offset, into: target)
      guard read > 0 else { return CLIBAV_EOF }
      offset += Int64(read)
      return CInt(read)
    } catch {
      self.error = error
      return clibav_error(EIO)
    }
  }

  private func seek(to target: Int64, _ whence: CInt) -> Int64 {
    do {
      let wanted: Int64
      switch whence & ~CInt(AVSEEK_FORCE) {
      case Self.readSize: return try input.byteCount() ?? Int64(clibav_error(ENOSYS))
      case SEEK_SET: wanted = target
      case SEEK_CUR: wanted = offset &+ target
      case SEEK_END:
        guard let end = try input.byteCount() else { return Int64(clibav_error(ENOSYS)) }
        wanted = end &+ target
      default: return Int64(clibav_error(EINVAL))
      }
      guard wanted >= 0 else { return Int64(clibav_error(EINVAL)) }
      offset = wanted
      return wanted
    } catch {
      self.error = error
      return Int64(clibav_error(EIO))
    }
  }
}
