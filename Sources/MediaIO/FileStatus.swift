import Glibc

/// What stands at a path or behind a descriptor.
public enum FileKind: Sendable {
  /// Bytes on a disk.
  case regular
  /// A folder.
  case directory
  /// A pipe, named or not.
  case fifo
  /// A terminal, `/dev/null` and the like.
  case characterDevice
  /// A socket.
  case socket
  /// A block device or something newer.
  case other
}

/// What `stat` tells of a file.
public struct FileStatus: Equatable, Sendable {
  /// What it is.
  public let kind: FileKind
  /// The size of a regular file in bytes; 0 in `/proc` whatever the file holds, and for pipes.
  public let byteCount: Int64
  /// The permission bits, 0...0o7777.
  public let permissions: UInt32
  /// Together with `inode`, which file this is, under any name.
  public let device: UInt64
  /// The file's number on its device.
  public let inode: UInt64
}

extension FileStatus {
  init(_ raw: stat) {
    switch raw.st_mode & S_IFMT {
    case S_IFREG: kind = .regular
    case S_IFDIR: kind = .directory
    case S_IFIFO: kind = .fifo
    case S_IFCHR: kind = .characterDevice
    case S_IFSOCK: kind = .socket
    default: kind = .other
    }
    byteCount = Int64(raw.st_size)
    permissions = UInt32(raw.st_mode & 0o7777)
    device = UInt64(raw.st_dev)
    inode = UInt64(raw.st_ino)
  }
}

/// The path that the symbolic links at `path` lead to, whether or not something stands there;
/// `path` itself where it is no link.
///
/// - Throws: `IOFailure` with `ELOOP` where they lead nowhere in the end.
public func linkDestination(_ path: String) throws(IOFailure) -> String {
  try checkPath(path, call: "open")
  var place = path
  for _ in 0..<40 {  // as many as Linux follows, path_resolution(7)
    guard let target = link(at: place) else { return place }
    let folder = place.utf8.lastIndex(of: UInt8(ascii: "/")).map { place[...$0] } ?? ""
    place = target.utf8.first == UInt8(ascii: "/") ? target : folder + target
  }
  throw IOFailure(call: "open", code: ELOOP, subject: path)
}

/// What a symbolic link says; nil where there is none.
private func link(at path: String) -> String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { room in
    guard let text = room.baseAddress else { return nil }
    let count = readlink(path, text, room.count)
    guard count > 0 else { return nil }
    return String(decoding: UnsafeRawBufferPointer(room)[..<count], as: UTF8.self)
  }
}

/// What stands at `path`, symbolic links followed.
///
/// - Throws: `IOFailure` with `ENOENT` where nothing stands.
public func fileStatus(_ path: String) throws(IOFailure) -> FileStatus {
  try checkPath(path, call: "stat")
  var raw = stat()
  guard stat(path, &raw) == 0 else {
    throw IOFailure(call: "stat", code: errno, subject: path)
  }
  return FileStatus(raw)
}

/// Refuses a path with a NUL inside, which C would cut there and so take for another file.
func checkPath(_ path: String, call: String) throws(IOFailure) {
  guard !path.utf8.contains(0) else {
    throw IOFailure(call: call, code: EINVAL, subject: path)
  }
}
