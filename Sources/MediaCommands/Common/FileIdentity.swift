internal import MediaIO

/// Which file a path is about, whatever it is called.
enum FileIdentity {
  /// Whether two paths lead, or would lead, to one regular file.
  static func isSame(_ a: String, _ b: String) -> Bool {
    let (one, other) = (try? fileStatus(a), try? fileStatus(b))
    if let one, let other {
      return one.kind == .regular && one.device == other.device && one.inode == other.inode
    }
    guard one == nil, other == nil else { return false }
    guard let a = try? linkDestination(a), let b = try? linkDestination(b) else { return false }
    let (first, second) = (folderAndName(a), folderAndName(b))
    guard first.name == second.name, let here = try? fileStatus(first.folder),
      let there = try? fileStatus(second.folder)
    else { return false }
    return here.device == there.device && here.inode == there.inode
  }

  /// Whether a path leads to a file that a word of the command line names as an input.
  static func isSame(_ path: String, asInput input: String) -> Bool {
    names(of: input).contains { isSame(path, $0) }
  }

  /// The files a word of the command line may mean: itself, and what FFmpeg's protocols nest.
  private static func names(of input: String) -> [String] {
    if input == "-" { return ["/dev/stdin"] }
    var names = [input]
    for part in input.split(separator: "|") {
      if let colon = part.lastIndex(of: ":") {
        let rest = part[part.index(after: colon)...]
        names.append(String(rest.hasPrefix("//") ? rest.dropFirst(2) : rest))
      } else {
        names.append(String(part))
      }
    }
    return names
  }

  private static func folderAndName(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    return (String(path[...slash]), String(path[path.index(after: slash)...]))
  }
}
