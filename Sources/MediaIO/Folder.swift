import Glibc

/// A regular file in a folder.
public struct FolderFile: Equatable, Sendable {
  /// Its name within the folder.
  public let name: String
  /// Its size.
  public let byteCount: Int64
  /// When it was written last: nanoseconds since 1970-01-01T00:00:00Z.
  public let modified: Int64
}

/// The regular files of a folder whose names a caller wants; links are none.
///
/// - Throws: `IOFailure` where the folder cannot be read.
public func files(
  inFolder path: String, where isWanted: (String) -> Bool
) throws(IOFailure) -> [FolderFile] {
  guard let folder = opendir(path) else {
    throw IOFailure(call: "opendir", code: errno, subject: path)
  }
  defer { closedir(folder) }
  var found: [FolderFile] = []
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    guard isWanted(name) else { continue }
    var status = stat()
    guard fstatat(dirfd(folder), name, &status, AT_SYMLINK_NOFOLLOW) == 0,
      status.st_mode & S_IFMT == S_IFREG
    else { continue }
    let time = status.st_mtim
    found.append(
      FolderFile(
        name: name, byteCount: Int64(status.st_size),
        modified: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)))
  }
  return found
}

/// Removes a file.
///
/// - Throws: `IOFailure`; one that is not there any more is none.
public func removeFile(_ path: String) throws(IOFailure) {
  guard unlink(path) == 0 || errno == ENOENT else {
    throw IOFailure(call: "unlink", code: errno, subject: path)
  }
}
