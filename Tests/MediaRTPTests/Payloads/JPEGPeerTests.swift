import MediaBytes
import MediaModel
import MediaRTP
import TestSupport
import Testing

@Suite(.peers("ffmpeg")) struct JPEGPeerTests {
  private static func decoded(_ picture: [UInt8]) throws -> [UInt8] {
    let outcome = try ProcessRunner.run(
      "ffmpeg",
      ["-v", "error", "-f", "mjpeg", "-i", "-", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"],
      input: .pipe(picture))
    #expect(outcome.exitCode == 0 && !outcome.stdout.isEmpty, "\(outcome.errors)")
    return outcome.stdout
  }

  /// Pictures from SOI to EOI; neither marker can be inside a scan.
  private static func pictures(_ size: String, _ format: String) throws -> [[UInt8]] {
    let outcome = try ProcessRunner.run(
      "ffmpeg",
      [
        "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=\(size):rate=5", "-frames:v", "3",
        "-pix_fmt", format, "-c:v", "mjpeg", "-huffman", "default", "-q:v", "4", "-f", "mjpeg", "-",
      ])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    var pictures: [[UInt8]] = []
    for byte in outcome.stdout {
      let previous = pictures.last?.last
      if byte == 0xd8, previous == 0xff {
        pictures[pictures.count - 1].removeLast()
        pictures.append([0xff, 0xd8])
      } else if pictures.isEmpty {
        pictures.append([byte])
      } else {
        pictures[pictures.count - 1].append(byte)
      }
    }
    return pictures.filter { $0.count > 2 }
  }

  @Test(arguments: ["320x240", "176x144", "640x360"]) func samePicture(_ size: String) throws {
    let pictures = try Self.pictures(size, "yuvj420p")
    #expect(pictures.count == 3)
    let frames = pictures.enumerated().map {
      TimedFrame(data: $1, timestamp: 18_000 * Int64($0))
    }
    var (packetizer, depacketizer) = (JPEGPacketizer(maxPayload: 1388), JPEGDepacketizer())
    let packets = try send(frames, &packetizer, limit: 1388)
    let output = receive(packets, &depacketizer)
    #expect(output.frames.count == 3 && output.remarks.isEmpty)
    for (picture, frame) in zip(pictures, output.frames) {
      #expect(try Self.decoded(picture) == Self.decoded(frame.data))
    }
  }

  @Test func otherSamplingIsRefused() throws {
    let pictures = try Self.pictures("320x240", "yuvj444p")
    var packetizer = JPEGPacketizer(maxPayload: 1388)
    #expect(throws: RTPPayloadError.self) {
      _ = try send([TimedFrame(data: pictures[0], timestamp: 0)], &packetizer)
    }
  }
}

@Suite(.enabled(if: Corpus.folder != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct JPEGCorpusTests {
  @Test func capture() throws {
    let packets = try Corpus.packets("rtp-ffmpeg/mjpeg420.pcap")
    var depacketizer = JPEGDepacketizer()
    let output = receive(packets, &depacketizer)
    #expect(output.frames.count == 10 && output.droppedFrames == 0)
    // FFmpeg sends one table for both.
    #expect(output.remarkCodeSet.isSubset(of: [.jpegTableLength]), "\(output.remarkCodeSet)")
    let source = try Corpus.bytes("rtp-ffmpeg/mjpeg420.mjpeg")
    // The scans are those of the source: each ends the same way.
    for frame in output.frames {
      let tail = Array(frame.data.suffix(64))
      let found = source.indices.dropLast(63).contains { source[$0..<$0 + 64].elementsEqual(tail) }
      #expect(found)
    }
    let again = output.frames.map { TimedFrame(data: $0.data, timestamp: $0.timestamp) }
    var packetizer = JPEGPacketizer(maxPayload: 1388)
    var second = JPEGDepacketizer()
    let twice = receive(try send(again, &packetizer, limit: 1388), &second)
    #expect(twice.frames.count == 10 && twice.remarks.isEmpty)
  }

  @Test func vectors() throws {
    for vector in try Corpus.vectors("rtp.mjpeg") {
      var depacketizer = JPEGDepacketizer()
      let output = receive(try Corpus.packets(of: vector), &depacketizer)
      let wanted = hex(try #require(vector.output["jpeg"] as? String))
      let frame = try #require(output.frames.first, "\(vector.id)")
      #expect(frame.data.suffix(200) == wanted.suffix(200), "\(vector.id)")
    }
  }
}
