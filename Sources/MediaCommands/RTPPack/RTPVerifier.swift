internal import MediaBytes
internal import MediaModel
internal import MediaRTP

/// Puts packets together again as a receiver does, with nothing but the session description, and
/// compares the frames with those they were made of.
final class RTPVerifier {
  /// Differences that are told; the others are counted.
  private static let told = 20
  /// How many frames of one track may be on their way back: packetizers hold back a few.
  private static let maxExpected = 4096

  private struct Expected {
    var number: Int
    var timestamp: Int64
    var content: FrameContent
    /// How many units of it do not count.
    var ignored: Int
  }
  private struct Stream {
    var unpacker: RTPUnpacker
    var reader: FrameContent.Reader
    var expected: ArraySlice<Expected> = []
    /// Of samples and transport streams: bytes of the input that did not come back yet.
    var joined: [UInt8] = []
    var joinedOffset = 0
    var sourceReader: FrameContent.Reader
    var frames = 0
    var nextNumber: Int64?
  }

  private var streams: [Stream] = []
  private let compares: Bool
  private let labels: Bool
  private var output = RTPOutput()
  /// Counts packets of RTP, as lists do.
  private var packetIndex = 0
  /// What the receiver had to say last.
  private var remark: RTPRemark?
  private(set) var result = RTPPackResult.Verification()
  /// What is different, in sentences.
  private(set) var differences: [String] = []

  /// `labels` asks for what each packet is, `compares` for a comparison.
  init(_ writers: [RTPStreamWriter], compares: Bool, labels: Bool) throws(Failure) {
    self.compares = compares
    self.labels = labels
    for writer in writers {
      let format = writer.packer.format
      guard let unpacker = RTPUnpacker(format) else {
        throw Failure(.software, "\(format.encodingName) can be sent, but not received")
      }
      let reader = FrameContent.Reader(writer.track)
      streams.append(Stream(unpacker: unpacker, reader: reader, sourceReader: reader))
    }
  }

  /// Remembers a frame whose packets are about to come.
  func expect(_ frame: Frame, timestamp: Int64) {
    guard compares else { return }
    let index = frame.track
    streams[index].frames += 1
    if streams[index].reader.isJoined {
      streams[index].joined += streams[index].sourceReader.samples(frame.data)
      return
    }
    var ignored = 0
    let content = streams[index].sourceReader.content(frame.data, frame.configuration, &ignored)
    streams[index].expected.append(
      Expected(
        number: streams[index].frames, timestamp: timestamp, content: content, ignored: ignored))
    if streams[index].expected.count > Self.maxExpected,
      let first = streams[index].expected.popFirst()
    {
      missing(first, index)
    }
  }

  /// Takes the packets of a batch, and labels them.
  func take(_ batch: PacketBatch) {
    for position in batch.packets.indices where !batch.packets[position].isRTCP {
      let packet = batch.packets[position]
      let index = packetIndex
      packetIndex += 1
      let wasRead = read(batch[packet.range].bytes, packet, index)
      guard wasRead else { continue }
      if labels {
        let isNAL = !output.nalUnitTypes.isEmpty
        batch.packets[position].label = PacketLabel(
          kind: output.kind, nalUnitTypes: isNAL ? output.nalUnitTypes : nil)
      }
      settle(packet.stream)
    }
  }

  private func read(_ bytes: RawSpan, _ packet: PacketBatch.Packet, _ index: Int) -> Bool {
    var reader = ByteReader(bytes)
    let header = Result { try RTPPacket(parsing: &reader) }
    guard case .success(let found) = header else {
      differ("packet \(index): RTP's header cannot be read")
      return false
    }
    let stream = packet.stream
    if let next = streams[stream].nextNumber, packet.number != next {
      differ("packet \(index): sequence number \(packet.number) instead of \(next)")
    }
    streams[stream].nextNumber = packet.number + 1
    let info = RTPPacketInfo(
      packet: index, number: packet.number, timestamp: packet.timestamp, marker: found.marker)
    streams[stream].unpacker.receive(bytes.extracting(found.payload), info, into: &output)
    return true
  }

  /// Compares what has been put together.
  private func settle(_ stream: Int) {
    if compares {
      // A remark alone may be about the input, such as parameter sets that it does not have.
      if let found = output.remarks.last(where: { $0.code.severity >= .error }) { remark = found }
      for frame in output.frames { compare(frame, stream) }
    }
    output.frames.removeAll(keepingCapacity: true)
    output.remarks.removeAll(keepingCapacity: true)
    output.droppedFrames = 0
  }

  /// Takes all that is still held, and misses what did not come.
  func finish() {
    for index in streams.indices {
      streams[index].unpacker.finish(into: &output)
      settle(index)
      guard compares else { continue }
      while let left = streams[index].expected.popFirst() { missing(left, index) }
      let left = streams[index].joined.count
      if left > 0 { differ("stream \(index): the last \(left) bytes did not come back") }
    }
  }

  // MARK: Comparing

  private func compare(_ frame: RTPFrame, _ index: Int) {
    result.bytes += frame.data.count
    guard !streams[index].reader.isJoined else { return compareJoined(frame, index) }
    // A frame that did not come back is known by the time of the next one.
    while let first = streams[index].expected.first, first.timestamp != frame.timestamp,
      streams[index].expected.contains(where: { $0.timestamp == frame.timestamp })
    {
      streams[index].expected.removeFirst()
      missing(first, index)
    }
    let place = "packets \(frame.packets.lowerBound) to \(frame.packets.upperBound)"
    guard let expected = streams[index].expected.popFirst() else {
      return differ("stream \(index), \(place): a frame that the input does not have")
    }
    result.compared += 1
    var ignored = 0
    let content = streams[index].reader.content(frame.data, nil, &ignored)
    // Parameter sets that the packetizer puts in front are no less than what the input had.
    result.leftOut += max(0, expected.ignored - ignored)
    let name = "stream \(index), frame \(expected.number), \(place): "
    if let difference = expected.content.difference(from: content) {
      differ(name + difference)
    } else if expected.timestamp != frame.timestamp {
      differ(name + "timestamp \(frame.timestamp) instead of \(expected.timestamp)")
    }
  }

  private func compareJoined(_ frame: RTPFrame, _ index: Int) {
    result.compared += 1
    let count = frame.data.count
    let isSame = streams[index].joined.starts(with: frame.data)
    if !isSame {
      let place =
        zip(streams[index].joined, frame.data).enumerated()
        .first { $1.0 != $1.1 }?.offset ?? streams[index].joined.count
      differ(
        "stream \(index), packets \(frame.packets.lowerBound) to \(frame.packets.upperBound): byte "
          + "\(streams[index].joinedOffset + place) of the track differs")
    }
    streams[index].joined.removeFirst(min(count, streams[index].joined.count))
    streams[index].joinedOffset += count
  }

  private func missing(_ expected: Expected, _ index: Int) {
    // Frames of nothing but what formats leave out need no packet.
    guard !expected.content.isEmpty else {
      result.leftOut += expected.ignored
      return
    }
    differ(
      "stream \(index), frame \(expected.number): did not come back, before packet \(packetIndex)")
  }

  private func differ(_ sentence: String) {
    result.different += 1
    guard differences.count < Self.told else { return }
    let reason = remark.map { "; packet \($0.packet): \($0.message) (\($0.clause))" } ?? ""
    remark = nil
    differences.append(sentence + reason)
  }
}
