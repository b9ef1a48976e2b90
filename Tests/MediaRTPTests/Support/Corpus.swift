import Foundation
import Testing

/// Files and vectors of other projects, where they lie beside the checkout; no part of this one.
enum Corpus {
  static let folder: URL? = {
    let folder =
      ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"].map { URL(fileURLWithPath: $0) }
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../../shared/corpus").standardizedFileURL
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  static func bytes(_ path: String) throws -> [UInt8] {
    let file = try #require(folder).appendingPathComponent(path)
    return [UInt8](try Data(contentsOf: file))
  }

  struct Vector {
    var id: String
    var input: [String: Any]
    var output: [String: Any]
  }

  static func vectors(_ area: String) throws -> [Vector] {
    let json = try JSONSerialization.jsonObject(with: Data(try bytes("vectors.json")))
    let all = try #require((json as? [String: Any])?["vectors"] as? [[String: Any]])
    let found = all.compactMap { vector -> Vector? in
      guard vector["area"] as? String == area, let id = vector["id"] as? String,
        let input = vector["in"] as? [String: Any], let output = vector["out"] as? [String: Any]
      else { return nil }
      return Vector(id: id, input: input, output: output)
    }
    try #require(!found.isEmpty)
    return found
  }

  /// The payloads of the UDP datagrams of a classic pcap of Ethernet and IPv4, to a port, with their
  /// times in nanoseconds; enough for what FFmpeg's own captures hold.
  static func datagrams(_ path: String, port: Int) throws -> [(time: Int64, bytes: [UInt8])] {
    let file = try bytes(path)
    func u32(_ at: Int) -> Int { (0..<4).reduce(0) { $0 << 8 | Int(file[at + 3 - $1]) } }
    let linkHeader = try #require([1: 14, 101: 0][u32(20)])
    var position = 24
    var found: [(Int64, [UInt8])] = []
    while position + 16 <= file.count {
      let time = Int64(u32(position)) * 1_000_000_000 + Int64(u32(position + 4)) * 1000
      let count = u32(position + 8)
      let ip = position + 16 + linkHeader
      position += 16 + count
      guard file[ip] >> 4 == 4, file[ip + 9] == 17 else { continue }
      let udp = ip + 4 * Int(file[ip] & 15)
      guard Int(file[udp + 2]) << 8 | Int(file[udp + 3]) == port else { continue }
      let length = Int(file[udp + 4]) << 8 | Int(file[udp + 5])
      found.append((time, [UInt8](file[udp + 8..<udp + length])))
    }
    try #require(!found.isEmpty)
    return found
  }
}
