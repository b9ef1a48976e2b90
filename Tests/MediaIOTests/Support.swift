import Foundation
import Testing

@testable import MediaIO

/// A folder of one test's own, gone with it.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "media-io-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      Issue.record("cannot remove \(path): \(error)")
    }
  }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Writes a file and gives its path.
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: self(name)))
    return self(name)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: self(name))))
  }

  /// All names in the folder, hidden ones too, sorted.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// A pipe's two ends; the writing end is handed to a thread or closed by the test.
func makePipe() throws -> (reading: Int32, writing: Int32) {
  var ends: [Int32] = [-1, -1]
  try #require(pipe(&ends) == 0)
  return (ends[0], ends[1])
}

/// Writes `bytes` to `descriptor` in the given cuts on a thread, then closes it.
func feed(_ bytes: [UInt8], cuts: [Int], to descriptor: Int32) throws {
  try WorkerThread {
    let output = FileDescriptor(owning: descriptor, subject: "feeding end")
    var rest = bytes[...]
    for cut in cuts + [bytes.count] {
      do {
        try Array(rest.prefix(cut)).withUnsafeBytes { try output.writeAll($0) }
      } catch {
        return  // a reader that had enough
      }
      rest = rest.dropFirst(cut)
    }
  }.detach()
}

/// Whether both are the same; a plain `==` that fails would be explained for minutes.
func isSame(_ bytes: [UInt8], _ others: [UInt8]) -> Bool { bytes == others }

/// The failure `body` throws, as IOFailure.
func ioFailure(_ body: () throws -> Void) -> IOFailure? {
  #expect(throws: IOFailure.self) { try body() }
}

extension ReadableFile {
  func bytes(at offset: Int64, _ count: Int) throws(IOFailure) -> [UInt8] {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { room.deallocate() }
    return Array(room.prefix(try read(at: offset, into: room)))
  }

  func nextBytes(_ count: Int) throws(IOFailure) -> [UInt8] {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { room.deallocate() }
    return Array(room.prefix(try read(into: room)))
  }
}

extension SpooledInput {
  func bytes(at offset: Int64, _ count: Int) throws(SpoolFailure) -> [UInt8] {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { room.deallocate() }
    return Array(room.prefix(try read(at: offset, into: room)))
  }
}
