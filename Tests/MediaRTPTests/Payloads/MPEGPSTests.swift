import MediaBytes
import MediaModel
import MediaRTP
import TestSupport
import Testing

@Suite struct MPEGPSTests {
  static let pack = hex("000001ba 44000400040100 0003f8")
  static let system = hex("000001bb 0006 800001 04e17f")

  static func map(_ streams: [(type: UInt8, id: UInt8)]) -> [UInt8] {
    let entries: [UInt8] = streams.flatMap { [$0.type, $0.id, 0, 0] as [UInt8] }
    let body = hex("e0ff0000") + [0, UInt8(entries.count)] + entries + hex("00000000")
    return hex("000001bc") + [0, UInt8(body.count)] + body
  }

  static func pes(_ id: UInt8, pts: Int64?, _ data: [UInt8], length: Int? = nil) -> [UInt8] {
    var header: [UInt8] = pts == nil ? [0x80, 0, 0] : [0x80, 0x80, 5]
    if let pts {
      header += [
        0x21 | UInt8(pts >> 30 & 7) << 1, UInt8(pts >> 22 & 255), UInt8(pts >> 15 & 127) << 1 | 1,
        UInt8(pts >> 7 & 255), UInt8(pts & 127) << 1 | 1,
      ]
    }
    let count = length ?? header.count + data.count
    return [0, 0, 1, id, UInt8(count >> 8), UInt8(count & 255)] + header + data
  }

  /// The pieces, each in packets of a few bytes.
  static func packets(_ pieces: [[UInt8]], size: Int = 50) -> [SentPacket] {
    pieces.enumerated().flatMap { index, piece in
      stride(from: 0, to: piece.count, by: size).map { start in
        SentPacket(
          Array(piece[start..<min(piece.count, start + size)]), marker: start + size >= piece.count,
          at: 3600 * Int64(index), frame: index)
      }
    }
  }

  /// NAL units of H.264 behind start codes, and behind their lengths.
  static func picture(_ isKey: Bool, _ size: Int, _ random: inout Seeded) -> (
    annexB: [UInt8], frame: [UInt8]
  ) {
    let units: [[UInt8]] =
      (isKey ? [hex("674201"), hex("68ce")] : [])
      + [[isKey ? 0x65 : 0x41] + random.bytes(size).map { max(4, $0) }]
    return (
      units.flatMap { [0, 0, 0, 1] + $0 },
      units.flatMap { [0, 0, UInt8($0.count >> 8), UInt8($0.count & 255)] + $0 }
    )
  }

  static let adts = hex("fff15080 01bffc")  // 13 bytes in all, 44100 Hz

  static func pieces(_ random: inout Seeded) -> (pieces: [[UInt8]], video: [[UInt8]]) {
    var (pieces, video): ([[UInt8]], [[UInt8]]) = ([], [])
    for index in 0..<4 {
      let (annexB, frame) = picture(index == 0, 200 + 30 * index, &random)
      let pts = 3600 * Int64(index) + 1000
      let half = annexB.count / 2
      pieces.append(
        pack + (index == 0 ? system + map([(0x1b, 0xe0), (0x90, 0xc0)]) : [])
          + pes(0xe0, pts: pts, Array(annexB[..<half]))
          + pes(0xe0, pts: nil, Array(annexB[half...]))
          + pes(0xc0, pts: pts + 90, [1, 2, 3, UInt8(index)]))
      video.append(frame)
    }
    return (pieces, video)
  }

  @Test func pictureAndSound() {
    var random = Seeded.of("PS whole")
    let (pieces, video) = Self.pieces(&random)
    for size in [7, 50, 1400] {
      var depacketizer = MPEGPSDepacketizer()
      var output = RTPOutput()
      for (index, packet) in Self.packets(pieces, size: size).enumerated() {
        let info = RTPPacketInfo(
          packet: index, number: Int64(index), timestamp: packet.timestamp, marker: packet.marker)
        depacketizer.receive(packet.payload.span.bytes, info, into: &output)
      }
      #expect(output.remarks.isEmpty, "\(output.remarks)")
      let streams = output.frames.map(\.elementaryStream)
      #expect(streams == [0xe0, 0xc0, 0xe0, 0xc0, 0xe0, 0xc0, 0xe0, 0xc0])
      #expect(output.packs.map(\.data) == pieces)
      #expect(depacketizer.streams.map(\.codec) == [Codec(rawValue: "pcm_alaw"), .h264])
      let pictures = output.frames.filter { $0.elementaryStream == 0xe0 }
      #expect(pictures.map(\.data) == video)
      #expect(pictures.map(\.timestamp) == [0, 3600, 7200, 10_800])
      #expect(pictures.map(\.isKeyframe) == [true, false, false, false])
      let sound = output.frames.filter { $0.elementaryStream == 0xc0 }
      #expect(sound.map(\.data) == (0...3).map { [1, 2, 3, $0] })
      #expect(sound.map(\.timestamp) == [90, 3690, 7290, 10_890])
    }
  }

  @Test func lossTakesOnePiece() {
    var random = Seeded.of("PS loss")
    let (pieces, video) = Self.pieces(&random)
    let packets = Self.packets(pieces)
    for lost in packets.indices where packets[lost].frame > 0 {
      var depacketizer = MPEGPSDepacketizer()
      let output = receive(packets, &depacketizer, lost: [lost])
      var whole = video
      whole.remove(at: packets[lost].frame)
      #expect(output.frames.map(\.data).filter { $0.count > 4 } == whole, "packet \(lost)")
      #expect(output.droppedFrames == 1)
      var keeping = MPEGPSDepacketizer(keepDamaged: true)
      let kept = receive(packets, &keeping, lost: [lost])
      let good = kept.frames.filter { !$0.isDamaged && $0.data.count > 4 }
      #expect(good.map(\.data) == whole, "packet \(lost)")
    }
  }

  @Test func soundOfADTS() {
    let one = Self.adts + hex("010203040506")
    let piece =
      Self.pack + Self.map([(0x0f, 0xc0)]) + Self.pes(0xc0, pts: 0, one + one + [0xff])
    var depacketizer = MPEGPSDepacketizer()
    let output = receive(Self.packets([piece]), &depacketizer)
    #expect(output.frames.map(\.data) == [hex("010203040506"), hex("010203040506")])
    #expect(output.frames.map(\.timestamp) == [0, 1024 * 90_000 / 44_100])
    #expect(output.remarkCodeSet == [.psAudioFraming])
    let content = depacketizer.content(of: 0xc0)
    #expect(content?.codec == .aac && content?.configuration == hex("1210"))
    #expect(content?.sampleRate == 44_100 && content?.channels == 2)
  }

  /// `channel_configuration` 0 leaves it to the frame to say its channels.
  @Test func soundThatSaysNoChannels() {
    let frame = hex("fff15000 01bffc 010203040506")
    let piece = Self.pack + Self.map([(0x0f, 0xc0)]) + Self.pes(0xc0, pts: 0, frame)
    var depacketizer = MPEGPSDepacketizer()
    let output = receive(Self.packets([piece]), &depacketizer)
    #expect(output.frames.map(\.data) == [hex("010203040506")])
    let content = depacketizer.content(of: 0xc0)
    #expect(content?.configuration == [] && content?.channels == nil)
    #expect(content?.sampleRate == 44_100)
  }

  @Test func withoutAMap() {
    let video = hex("00000001 4001 0c01 00000001 2601 aabb")
    let piece = Self.pack + Self.pes(0xe0, pts: 0, video) + Self.pes(0xc0, pts: 0, [0xd5, 0xd5])
    var depacketizer = MPEGPSDepacketizer()
    let output = receive(Self.packets([piece]), &depacketizer)
    #expect(depacketizer.streams.map(\.codec) == [Codec(rawValue: "pcm_alaw"), .hevc])
    #expect(output.frames.map(\.data) == [hex("0000000440010c01000000042601aabb"), hex("d5d5")])
    #expect(output.frames[0].isKeyframe && output.remarkCodeSet == [.psNoMap])
  }

  @Test func remarks() {
    func codes(_ piece: [UInt8]) -> Set<FindingCode> {
      var depacketizer = MPEGPSDepacketizer()
      return receive(Self.packets([piece]), &depacketizer).remarkCodeSet
    }
    let start = Self.pack + Self.map([(0x1b, 0xe0)])
    let data = hex("0000000165aabbcc")
    #expect(codes(start + Self.pes(0xe0, pts: 0, data)) == [])
    // A length of 0 reaches to the next unit.
    #expect(codes(start + Self.pes(0xe0, pts: 0, data, length: 0) + Self.pack) == [])
    #expect(codes(start + Self.pes(0xe0, pts: 0, data, length: 50)) == [.psUnitCut])
    #expect(codes(start + Self.pes(0xe0, pts: 0, data, length: 12)) == [.psStructure])
    #expect(codes(start + hex("000001e0 0004 00000000")) == [.psPESHeader])
    #expect(codes(Array(Self.pack.prefix(9))) == [.psUnitCut])
    #expect(codes(Self.pack + Self.map([(0x80, 0xe0)])) == [.psStreamType])
  }
}

@Suite struct MPEG4VisualTests {
  private static let configuration = hex("000001b001 000001b509 00000100 00000120 008440")
  fileprivate static let format: MP4VPayloadFormat = {
    var format = MP4VPayloadFormat()
    format.profileLevelID = 1
    format.configuration = configuration
    return format
  }()

  fileprivate static let packets = framePackets([
    ["000001b6 10aa", "bbcc"], ["000001b6 50dd"], ["000001b6 50ee", "ff00", "11"],
    ["000001b6 5022"],
  ])

  @Test func framesAndLoss() {
    let packets = Self.packets
    let wanted = ["000001b610aabbcc", "000001b650dd", "000001b650eeff0011", "000001b65022"].map {
      hex($0)
    }
    var depacketizer = MP4VDepacketizer(Self.format)
    let output = receive(packets, &depacketizer)
    #expect(output.frames.map(\.data) == wanted && output.remarks.isEmpty)
    #expect(output.frames.map(\.isKeyframe) == [true, false, false, false])
    for lost in packets.indices {
      var other = MP4VDepacketizer(Self.format)
      let lossy = receive(packets, &other, lost: [lost])
      var whole = wanted
      whole.remove(at: packets[lost].frame)
      #expect(lossy.frames.map(\.data) == whole, "packet \(lost)")
    }
  }

  /// GStreamer puts as many small frames into a packet as fit (RFC 6416 5.2).
  @Test func severalFramesInAPacket() {
    var format = Self.format
    // 25 parts of a second, in 5 bits.
    format.configuration = hex(
      "000001b0f1000001b5a913000001000000012008d48d0800cd0a041e14103f")
    var depacketizer = MP4VDepacketizer(format)
    // 24 at the end of a second, 1 of the next one, and 0 between them, behind a group_of_vop.
    let frames = ["000001b6 5c2a", "000001b6 684a", "000001b3 001007 000001b6 a80a"]
    let output = receive(framePackets([[frames.joined()]]), &depacketizer)
    #expect(output.frames.map(\.data) == frames.map { hex($0) })
    let first = output.frames.first?.timestamp ?? 0
    #expect(output.frames.map { $0.timestamp - first } == [0, 7200, 3600])
  }

  @Test func configurationInBand() {
    let text = HexDump.digits(Self.configuration)
    var depacketizer = MP4VDepacketizer(MP4VPayloadFormat())
    let output = receive(framePackets([[text + "000001b6 10aa"]]), &depacketizer)
    #expect(depacketizer.configuration == Self.configuration)
    #expect(output.frames.count == 1 && output.remarks.isEmpty)
  }

  @Test func remarks() {
    func codes(_ payload: String, _ format: MP4VPayloadFormat) -> Set<FindingCode> {
      var depacketizer = MP4VDepacketizer(format)
      return receive(framePackets([[payload]]), &depacketizer).remarkCodeSet
    }
    #expect(codes("000001b6 10aa", MP4VPayloadFormat()) == [.mp4vNoConfiguration])
    #expect(codes("10aabbccdd", Self.format) == [.mp4vStart])
  }

  @Test func sdp() {
    let said = Self.format.payloadFormat(RTPPayloadType(rawValue: 96))
    #expect(
      said.parameters.description
        == "96 profile-level-id=1; config=000001b001000001b5090000010000000120008440")
    #expect(MP4VPayloadFormat(said) == Self.format)
  }
}

extension PayloadDamage {
  static let mpegPS = PayloadDamage("MPEG-PS") { random in
    MPEGPSTests.packets(MPEGPSTests.pieces(&random).pieces)
  } make: { _, keepDamaged in
    MPEGPSDepacketizer(keepDamaged: keepDamaged)
  }

  static let mp4v = PayloadDamage("MP4V-ES") { _ in
    MPEG4VisualTests.packets
  } make: { _, keepDamaged in
    MP4VDepacketizer(MPEG4VisualTests.format, keepDamaged: keepDamaged)
  }
}
