import Foundation
import Testing

@testable import MediaIO

@Suite struct ReadableFileTests {
  struct Unopenable: CustomTestStringConvertible {
    let name: String
    let code: Int32
    var testDescription: String { String(name.prefix(20)) }
  }

  private static let unopenable = [
    Unopenable(name: "missing", code: ENOENT),
    Unopenable(name: "", code: EISDIR),  // the folder itself
    Unopenable(name: "file/below", code: ENOTDIR),
    Unopenable(name: "loop", code: ELOOP),
    Unopenable(name: String(repeating: "n", count: 256), code: ENAMETOOLONG),
    Unopenable(name: "file\0", code: EINVAL),
  ]

  @Test(arguments: unopenable) func refuses(_ case: Unopenable) throws {
    let folder = try Folder()
    try folder.write("file", [1])
    try FileManager.default.createSymbolicLink(
      atPath: folder("loop"), withDestinationPath: folder("loop"))
    let path = folder(`case`.name)
    let failure = ioFailure { _ = try ReadableFile.open(path) }
    #expect(failure?.code == `case`.code)
    #expect(failure?.subject == path)
  }

  @Test func failureReadsAsOneSentence() {
    let failure = IOFailure(call: "open", code: ENOENT, subject: "movie.mp4")
    #expect(failure.description == "open movie.mp4: No such file or directory")
    #expect(IOFailure(call: "x", code: 4096, subject: "y").reason == "Unknown error 4096")
  }

  @Test func readsInOrderAndByOffset() throws {
    let folder = try Folder()
    let file = try ReadableFile.open(folder.write("file", Array(0..<200)))
    #expect(file.kind == .regular && file.isSeekable && file.byteCount == 200)
    #expect(try file.nextBytes(50) == Array(0..<50))
    #expect(try file.bytes(at: 190, 50) == Array(190..<200))
    #expect(try file.bytes(at: 200, 1) == [])
    #expect(try file.bytes(at: Int64.max, 1) == [])
    #expect(try file.nextBytes(500) == Array(50..<200))
    #expect(try file.nextBytes(1) == [])
    #expect(ioFailure { _ = try file.bytes(at: -1, 1) }?.code == EINVAL)
  }

  @Test func knowsWhatCannotSeek() throws {
    let ends = try makePipe()
    try feed([1, 2, 3], cuts: [], to: ends.writing)
    let file = try ReadableFile(FileDescriptor(owning: ends.reading, subject: "pipe"))
    #expect(file.kind == .fifo && !file.isSeekable && file.byteCount == nil)
    #expect(ioFailure { _ = try file.bytes(at: 0, 1) }?.code == ESPIPE)
    #expect(try file.read(upTo: 2) == [1, 2])
    #expect(try file.read(upTo: 9) == [3])
    #expect(try file.read(upTo: 9) == [])
    let device = try ReadableFile.open("/dev/null")
    #expect(device.kind == .characterDevice && !device.isSeekable)
    #expect(try device.nextBytes(1) == [])
  }

  @Test func waitsOnANonBlockingPipe() throws {
    let ends = try makePipe()
    #expect(fcntl(ends.reading, F_SETFL, O_NONBLOCK) == 0)
    let file = try ReadableFile(FileDescriptor(owning: ends.reading, subject: "pipe"))
    try WorkerThread {
      usleep(20_000)
      let output = FileDescriptor(owning: ends.writing, subject: "pipe")
      let code = [UInt8(7)].withUnsafeBytes { write(output.rawValue, $0.baseAddress, 1) }
      #expect(code == 1)
    }.detach()
    #expect(try file.nextBytes(4) == [7])
  }

  @Test func statusTellsKindAndIdentity() throws {
    let folder = try Folder()
    let path = try folder.write("file", [1, 2, 3])
    try FileManager.default.createSymbolicLink(
      atPath: folder("link"), withDestinationPath: path)
    #expect(chmod(path, 0o640) == 0)
    let status = try fileStatus(path)
    #expect(status.kind == .regular && status.byteCount == 3 && status.permissions == 0o640)
    #expect(try fileStatus(folder("link")) == status)
    #expect(try ReadableFile.open(path).status() == status)
    #expect(try fileStatus(folder.path).kind == .directory)
    #expect(try fileStatus("/dev/null").kind == .characterDevice)
    #expect(mkfifo(folder("fifo"), 0o600) == 0)
    #expect(try fileStatus(folder("fifo")).kind == .fifo)
    let failure = ioFailure { _ = try fileStatus(folder("missing")) }
    #expect(failure == IOFailure(call: "stat", code: ENOENT, subject: folder("missing")))
  }

  @Test func closeTellsABadDescriptor() throws {
    let ends = try makePipe()
    close(ends.writing)
    try FileDescriptor(owning: ends.reading, subject: "pipe").close()
    let bad = FileDescriptor(owning: 1_000_000, subject: "nothing")
    #expect(ioFailure { _ = try bad.status() }?.code == EBADF)
    #expect(
      ioFailure { try FileDescriptor(owning: 1_000_000, subject: "nothing").close() }
        == IOFailure(call: "close", code: EBADF, subject: "nothing"))
  }

  @Test func temporaryFilesHaveNoName() throws {
    let folder = try Folder()
    let file = try TemporaryFile(in: folder.path)
    try Array("kept".utf8).withUnsafeBytes { try file.descriptor.writeAll($0) }
    #expect(try folder.names.isEmpty)
    var room = [UInt8](repeating: 0, count: 8)
    #expect(try room.withUnsafeMutableBytes { try file.descriptor.read(at: 0, into: $0) } == 4)
    #expect(room.prefix(4) == Array("kept".utf8)[...])

    let older = TemporaryFile.openAndUnlink(in: folder.path)
    #expect(older >= 0)
    #expect(try folder.names.isEmpty)
    close(older)

    let missing = folder("missing")
    let failure = ioFailure { _ = try TemporaryFile(in: missing) }
    let subject = "temporary file in \(missing)"
    #expect(failure == IOFailure(call: "create", code: ENOENT, subject: subject))
  }
}
