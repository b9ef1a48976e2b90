import Foundation
import Testing

@testable import MediaIO
import TestSupport

@Suite struct OutputFileTests {
  @Test func aRecordingThatIsGivenUpEndsWhereItWasWhole() throws {
    let folder = try ScratchFolder()
    var file = try OutputFile(path: folder["out"], force: false)
    try file.write("whole")
    try file.appear()
    try file.write("more")
    try file.appear()
    try file.write("part")
    try file.flush()
    file.abandon()
    #expect(try text(of: folder["out"]) == "wholemore")
  }

  @Test func appearsOnlyWhenComplete() throws {
    let folder = try Folder()
    var file = try OutputFile(path: folder("out"))
    try file.write("first ")
    try file.flush()
    #expect(try folder.names.count == 1)
    #expect(try !folder.names.contains("out"))
    try file.write([0x73])
    try Array("econd".utf8).withUnsafeBytes { try file.write($0) }
    try file.finish()
    #expect(try folder.names == ["out"])
    #expect(try folder.bytes("out") == Array("first second".utf8))
  }

  @Test func honoursTheMask() throws {
    let folder = try Folder()
    try folder.write("model", [])
    #expect(close(open(folder("model 2"), O_CREAT | O_WRONLY, 0o666)) == 0)
    var file = try OutputFile(path: folder("out"), force: false)
    try file.finish()
    let expected = try fileStatus(folder("model 2")).permissions
    #expect(try fileStatus(folder("out")).permissions == expected)
  }

  @Test func refusesAnExistingFile() throws {
    let folder = try Folder()
    let path = try folder.write("out", [1])
    #expect(
      ioFailure { _ = try OutputFile(path: path, force: false) }
        == IOFailure(call: "open", code: EEXIST, subject: path))
    #expect(try folder.names == ["out"])
    #expect(try folder.bytes("out") == [1])
  }

  @Test func replacesByForceAndKeepsTheMode() throws {
    let folder = try Folder()
    let path = try folder.write("out", [1])
    #expect(chmod(path, 0o604) == 0)
    var file = try OutputFile(path: path, force: true)
    try file.write([2, 3])
    try file.flush()
    #expect(try folder.bytes("out") == [1])
    try file.finish()
    #expect(try folder.bytes("out") == [2, 3])
    #expect(try fileStatus(path).permissions == 0o604)
    #expect(try folder.names == ["out"])
  }

  @Test func losesARaceWithoutHarm() throws {
    let folder = try Folder()
    var file = try OutputFile(path: folder("out"), force: false)
    try file.write([2])
    try folder.write("out", [1])
    let failure = ioFailure { try file.finish() }
    #expect(failure == IOFailure(call: "rename", code: EEXIST, subject: folder("out")))
    #expect(try folder.bytes("out") == [1])
    #expect(try folder.names == ["out"])
  }

  @Test func theOlderWayNeverReplaces() throws {
    let folder = try Folder()
    try folder.write("part", [2])
    try folder.write("old", [1])
    #expect(!OutputFile.appearByLink(folder("part"), as: folder("old")))
    #expect(errno == EEXIST)
    #expect(try folder.bytes("old") == [1])
    #expect(OutputFile.appearByLink(folder("part"), as: folder("new")))
    #expect(try folder.bytes("new") == [2])
    #expect(try folder.names == ["new", "old"])
  }

  @Test func abandonedLeavesNothing() throws {
    let folder = try Folder()
    var file = try OutputFile(path: folder("out"), force: false)
    try file.write([1])
    file.abandon()
    #expect(try folder.names.isEmpty)
    #expect(ioFailure { try file.write([1]) }?.code == EBADF)
    #expect(ioFailure { try file.finish() }?.code == EBADF)
    do {
      var forgotten = try OutputFile(path: folder("out"), force: false)
      try forgotten.write([1])
      #expect(try folder.names.count == 1)
    }
    #expect(try folder.names.isEmpty)
  }

  @Test func finishedTakesNoMore() throws {
    let folder = try Folder()
    var file = try OutputFile(path: folder("out"), force: false)
    try file.finish()
    #expect(ioFailure { try file.write([1]) }?.code == EBADF)
    #expect(try folder.bytes("out") == [])
  }

  @Test func replacesWhatALinkNames() throws {
    let folder = try Folder()
    try folder.write("real", [1])
    try FileManager.default.createSymbolicLink(
      atPath: folder("link"), withDestinationPath: "real")
    var file = try OutputFile(path: folder("link"), force: true)
    try file.write([2])
    try file.finish()
    #expect(try folder.bytes("real") == [2])
    let target = try FileManager.default.destinationOfSymbolicLink(atPath: folder("link"))
    #expect(target == "real")
    #expect(try folder.names == ["link", "real"])
  }

  @Test func aLinkToNothingIsAnExistingFile() throws {
    let folder = try Folder()
    try FileManager.default.createSymbolicLink(
      atPath: folder("link"), withDestinationPath: "nowhere")
    #expect(ioFailure { _ = try OutputFile(path: folder("link"), force: false) }?.code == EEXIST)
    var file = try OutputFile(path: folder("link"), force: true)
    try file.write([2])
    try file.finish()
    // The link stays, and what it names is a file as any other.
    #expect(try folder.names == ["link", "nowhere"])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder("link")) == "nowhere")
    #expect(try folder.bytes("nowhere") == [2])
    var plain = try OutputFile(path: folder("plain"), force: false)
    try plain.finish()
    let permissions = try fileStatus(folder("plain")).permissions
    #expect(try fileStatus(folder("nowhere")).permissions == permissions)
  }

  @Test func linksThatGoInCirclesAreNone() throws {
    let folder = try Folder()
    let files = FileManager.default
    try files.createSymbolicLink(atPath: folder("a"), withDestinationPath: "b")
    try files.createSymbolicLink(atPath: folder("b"), withDestinationPath: "a")
    #expect(ioFailure { _ = try OutputFile(path: folder("a"), force: true) }?.code == ELOOP)
    #expect(try linkDestination(folder("none")) == folder("none"))
  }

  struct Unopenable: CustomTestStringConvertible {
    let name: String
    let code: Int32
    var testDescription: String { String(name.prefix(20)) }
  }

  private static let unopenable = [
    Unopenable(name: ".", code: EISDIR),
    Unopenable(name: "new/", code: EISDIR),
    Unopenable(name: "missing/out", code: ENOENT),
    Unopenable(name: "file/out", code: ENOTDIR),
    Unopenable(name: "loop/out", code: ELOOP),
    Unopenable(name: String(repeating: "n", count: 256), code: ENAMETOOLONG),
    Unopenable(name: "a\0b", code: EINVAL),
  ]

  @Test(arguments: unopenable, [false, true])
  func refuses(_ case: Unopenable, force: Bool) throws {
    let folder = try Folder()
    try folder.write("file", [1])
    try FileManager.default.createSymbolicLink(
      atPath: folder("loop"), withDestinationPath: folder("loop"))
    let path = folder(`case`.name)
    let failure = ioFailure { _ = try OutputFile(path: path, force: force) }
    #expect(failure == IOFailure(call: "open", code: `case`.code, subject: path))
    #expect(try folder.names == ["file", "loop"])
  }

  @Test func refusesAnEmptyPath() {
    #expect(ioFailure { _ = try OutputFile(path: "", force: true) }?.code == ENOENT)
  }

  @Test func writesDevicesInPlace() throws {
    var null = try OutputFile(path: "/dev/null", force: false)
    try null.write([UInt8](repeating: 0, count: 200_000))
    try null.finish()
    #expect(try fileStatus("/dev/null").kind == .characterDevice)
    var full = try OutputFile(path: "/dev/full", force: false)
    try full.write([1])
    #expect(
      ioFailure { try full.finish() }
        == IOFailure(call: "write", code: ENOSPC, subject: "/dev/full"))
  }

  @Test func writesAFIFOInPlace() throws {
    let folder = try Folder()
    #expect(mkfifo(folder("fifo"), 0o600) == 0)
    let path = folder("fifo")
    let reader = try WorkerThread {
      do {
        let input = try ReadableFile.open(path)
        var all: [UInt8] = []
        while true {
          let part = try input.nextBytes(64)
          if part.isEmpty { break }
          all += part
        }
        #expect(all == Array("through the pipe".utf8))
      } catch {
        Issue.record(error)
      }
    }
    var file = try OutputFile(path: path, force: false)
    try file.write("through the pipe")
    try file.finish()
    reader.join()
    #expect(try folder.names == ["fifo"])
  }

  @Test func relativePathsWork() throws {
    // The working directory is the whole process's: only a name that nobody else has is used.
    let name = "media-io-tests-\(UUID().uuidString)"
    var file = try OutputFile(path: name, force: false)
    try file.write([5])
    try file.finish()
    #expect(try fileStatus(name).byteCount == 1)
    #expect(unlink(name) == 0)
  }
}

@Suite struct BufferedOutputTests {
  @Test(arguments: [1, 2, 7, 64, 65_536], [1, 20_260_714])
  func anyCutsGiveTheSameBytes(capacity: Int, seed: UInt64) throws {
    var random = Seeded(seed)
    let file = try TemporaryFile()
    let output = BufferedOutput(
      descriptor: file.descriptor.rawValue, subject: "out", capacity: capacity)
    var expected: [UInt8] = []
    for _ in 0..<200 {
      let part = random.bytes(Int.random(in: 0...100, using: &random))
      expected += part
      try output.write(part)
    }
    try output.write("Grüße")
    expected += Array("Grüße".utf8)
    try output.flush()
    let read = try ReadableFile(
      FileDescriptor(borrowing: file.descriptor.rawValue, subject: "out"))
    #expect(try read.bytes(at: 0, expected.count + 1) == expected, "seed \(seed)")
  }

  @Test func aFailureStays() throws {
    let full = open("/dev/full", O_WRONLY)
    defer { close(full) }
    let output = BufferedOutput(descriptor: full, subject: "full", capacity: 8)
    try output.write("1234567")
    let expected = IOFailure(call: "write", code: ENOSPC, subject: "full")
    #expect(ioFailure { try output.write("89") } == expected)
    #expect(ioFailure { try output.write("") } == expected)
    #expect(ioFailure { try output.flush() } == expected)
  }
}
