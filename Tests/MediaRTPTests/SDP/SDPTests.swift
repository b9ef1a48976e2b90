import MediaBytes
import MediaRTP
import TestSupport
import Testing

func parseSDP(_ text: String, limits: SDPLimits = SDPLimits()) throws(ParseError) -> SDPSession {
  let bytes = [UInt8](text.utf8)
  var reader = ByteReader(bytes.span)
  return try SDPSession(parsing: &reader, limits: limits)
}

private func lines(_ text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { $0 + "\r\n" }.joined()
}

@Suite struct SDPTests {
  /// RFC 8866 5, its example.
  static let example = lines(
    """
    v=0
    o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1
    s=Call to John Smith
    i=SDP Offer #1
    u=http://www.jdoe.example.com/home.html
    e=Jane Doe <jane@jdoe.example.com>
    p=+1 617 555-6011
    c=IN IP4 198.51.100.1
    t=0 0
    m=audio 49170 RTP/AVP 0
    m=audio 49180 RTP/AVP 0
    m=video 51372 RTP/AVP 99
    c=IN IP6 2001:db8::2
    a=rtpmap:99 h263-1998/90000
    """)

  @Test func readsTheExample() throws {
    let session = try parseSDP(Self.example)
    #expect(session.anomalies == [])
    #expect(session.origin?.username == "jdoe" && session.origin?.sessionVersion == "3724394405")
    #expect(session.name == "Call to John Smith" && session.information == "SDP Offer #1")
    #expect(session.timings == [SDPTiming()])
    #expect(session.media.map(\.media.port) == [49_170, 49_180, 51_372])
    #expect(session.connection(of: session.media[0])?.address == "198.51.100.1")
    #expect(session.connection(of: session.media[2])?.address == "2001:db8::2")
    #expect(session.media[2].payloadFormats.map(\.encodingName) == ["h263-1998"])
    #expect(session.media[0].payloadFormats.map(\.encodingName) == ["PCMU"])
    #expect(session.text == Self.example)
  }

  @Test func everyPrefixIsReadOrFailsCleanly() {
    let bytes = [UInt8](Self.example.utf8)
    for count in 0..<bytes.count {
      var reader = ByteReader(bytes.span.extracting(0..<count))
      do throws(ParseError) {
        _ = try SDPSession(parsing: &reader)
      } catch {
        #expect((0...count).contains(error.offset))
      }
    }
  }

  @Test func writesWhatItIsGiven() throws {
    var session = SDPSession(
      origin: SDPOrigin(sessionID: "1", sessionVersion: "2", address: "::1"), name: "a\r\nb",
      connection: SDPConnection(address: "239.1.2.3", timeToLive: 32))
    session.add(SDPAttribute("tool", "mediatool"))
    var media = SDPMedia(
      SDPMediaLine(kind: "video", port: 5004, payloadTypes: [RTPPayloadType(rawValue: 96)]))
    media.lines.append(SDPLine(.bandwidth, SDPBandwidth("AS", 500).description))
    let type = RTPPayloadType(rawValue: 96)
    media.add(SDPAttribute("rtpmap", SDPRTPMap(type, "H264", clockRate: 90_000).description))
    let parameters = SDPFormatParameters(
      payloadType: type,
      [
        .init("packetization-mode", "1"), .init("sprop-parameter-sets", "Z00=,aO4="),
        .init("x", "a;b"),
      ]
    )
    media.add(SDPAttribute("fmtp", parameters.description))
    session.media = [media]
    let text = lines(
      """
      v=0
      o=- 1 2 IN IP6 ::1
      s=ab
      c=IN IP4 239.1.2.3/32
      t=0 0
      a=tool:mediatool
      m=video 5004 RTP/AVP 96
      b=AS:500
      a=rtpmap:96 H264/90000
      a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z00=,aO4=; x="a;b"
      """)
    #expect(session.text == text)
    let again = try parseSDP(text)
    #expect(again.anomalies == [] && again.lines == session.lines && again.media == session.media)
    #expect(again.media[0].formatParameters == [parameters])
  }

  struct Fault: Sendable {
    var text: String
    var error: ParseError
  }

  @Test(arguments: [
    Fault(text: "", error: ParseError(.truncated(needed: 2), "v=", at: 0)),
    Fault(text: "\r\n\n", error: ParseError(.truncated(needed: 2), "v=", at: 0)),
    Fault(text: "<html>\n", error: ParseError(.invalid(0x3c), "v=", at: 0)),
    Fault(text: "\nV=0\n", error: ParseError(.invalid(0x56), "v=", at: 1)),
    Fault(text: "v=1\n", error: ParseError(.unsupported(1), "v=", at: 0)),
    Fault(text: "v=x\n", error: ParseError(.invalid(0x78), "v=", at: 0)),
    Fault(text: "v=0\nm=\n", error: ParseError(.truncated(needed: 1), "m=", at: 4)),
    Fault(text: "v=0\nm=video\n", error: ParseError(.truncated(needed: 1), "m= port", at: 4)),
    Fault(text: "v=0\nm=video 1\n", error: ParseError(.truncated(needed: 1), "m= proto", at: 4)),
    Fault(
      text: "v=0\nm=video -1 RTP/AVP 99\n", error: ParseError(.invalid(0x2d), "m= port", at: 4)),
    Fault(
      text: "v=0\nm=video 65536 RTP/AVP 99\n",
      error: ParseError(.invalid(65_536), "m= port", at: 4)),
  ])
  func hardErrorsSayWhere(_ fault: Fault) {
    #expect(throws: fault.error) { try parseSDP(fault.text) }
  }

  @Test func limitsHold() {
    var limits = SDPLimits()
    limits.maxLines = 3
    #expect(throws: ParseError(.overLimit(4, limit: 3), "SDP", at: 12)) {
      try parseSDP("v=0\na=b\na=b\na=b\n", limits: limits)
    }
    limits.maxByteCount = 5
    #expect(throws: ParseError(.overLimit(6, limit: 5), "SDP", at: 0)) {
      try parseSDP("v=0\r\nx", limits: limits)
    }
  }
}

@Suite struct SDPAnomalyTests {
  private static let head =
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"

  private func kinds(_ text: String) throws -> [SDPAnomaly.Kind] {
    try parseSDP(text).anomalies.map(\.kind)
  }

  @Test func nothingIsOddAboutAGoodOne() throws {
    #expect(try kinds(Self.head) == [])
    #expect(
      try kinds(Self.head + "a=control:*\r\nm=audio 0 RTP/AVP 0\r\ni=x\r\nc=IN IP4 1.2.3.4\r\n")
        == [])
  }

  @Test func lineEnds() throws {
    let text = Self.head.replacing("\r\n", with: "\n")
    #expect(try kinds(text) == [.lineFeedOnly])
    #expect(
      try kinds(Self.head.replacing("\r\n", with: "\r")) == Array(repeating: .oddLineEnd, count: 5))
    #expect(try kinds(Self.head + "a=x") == [.missingLastLineEnd])
    #expect(try kinds(Self.head + "a=x\r\r\n") == [.oddLineEnd])
    #expect(try kinds(Self.head + "\r\na=x\r\n") == [.blankLine])
    #expect(try kinds("\u{feff}" + Self.head) == [.byteOrderMark])
    #expect(try kinds(Self.head + "a\0=x\r\n\0\r\n") == [.nullBytes, .nullBytes, .blankLine])
    let session = try parseSDP(Self.head.replacing("\r\n", with: "\r") + "a=x\r")
    #expect(session.has("x"))
  }

  @Test func trailingSpacesAreKeptButDoNotMatter() throws {
    let session = try parseSDP(Self.head + "m=video 0 RTP/AVP 96 \r\na=rtpmap:96 H264/90000 \r\n")
    #expect(
      session.anomalies.map(\.kind) == [.trailingSpace(.media), .trailingSpace(.attribute)])
    #expect(session.media[0].payloadFormats.first?.clockRate == 90_000)
    #expect(session.media[0].lines.first?.value == "rtpmap:96 H264/90000 ")
    // "s= " is how RFC 8866 5.3 says that there is no name.
    #expect(try kinds(Self.head.replacing("s=-", with: "s= ")) == [])
  }

  @Test func whatIsMissingIsTold() throws {
    #expect(
      try kinds("m=video 0 RTP/AVP 26\r\n") == [
        .missing(.version), .missing(.origin), .missing(.sessionName), .missing(.timing),
        .missing(.connection),
      ])
    let ownConnection = Self.head.replacing("c=IN IP4 127.0.0.1\r\n", with: "")
    #expect(try kinds(ownConnection + "m=audio 0 RTP/AVP 0\r\nc=IN IP4 1.2.3.4\r\n") == [])
    #expect(try kinds(ownConnection + "m=audio 0 RTP/AVP 0\r\n") == [.missing(.connection)])
    #expect(try kinds(Self.head + "m=audio 0 RTP/AVP\r\n") == [.malformedValue(.media)])
  }

  @Test func orderAndRepetition() throws {
    #expect(try kinds(Self.head + "i=late\r\n") == [.wrongOrder(.information)])
    #expect(
      try kinds(Self.head + "s=again\r\n") == [.wrongOrder(.sessionName), .duplicate(.sessionName)])
    #expect(try kinds(Self.head + "r=7d 1h 0\r\nt=1 2\r\nr=1 2 0\r\nz=0 1h\r\n") == [])
    #expect(
      try kinds(Self.head + "m=audio 0 RTP/AVP 0\r\na=x\r\nc=IN IP4 1.2.3.4\r\n") == [
        .wrongOrder(.connection)
      ])
    #expect(try kinds(Self.head + "m=audio 0 RTP/AVP 0\r\nt=0 0\r\n") == [.wrongOrder(.timing)])
  }

  @Test func whatIsUnknownIsKept() throws {
    let text = Self.head + "f=invalid:yes\r\njunk\r\na=x-new:1\r\n"
    let session = try parseSDP(text)
    #expect(
      session.anomalies.map(\.kind) == [.unknownType(SDPLineType(rawValue: 0x66)), .malformedLine])
    #expect(session.text == text)
    #expect(session.anomalies.map(\.offset) == [63, 78])
    #expect("\(session.anomalies[0])" == "at byte 63: no line of RFC 8866 begins with f=")
  }

  @Test(arguments: [
    "rtpmap:300 H264/90000", "rtpmap:96", "fmtp:x a=b", "ssrc:1", "rtcp:70000",
    "rtcp:1 IN IP4 a/b/c/d", "rtcp-fb:96", "extmap:0 urn:x", "extmap:1/up urn:x", "group:",
    "ptime:fast", "framerate:30/0", "ssrc-group:FID x", ":x",
  ])
  func badAttributesAreTold(_ text: String) throws {
    let name = text.prefix { $0 != ":" }
    #expect(try kinds(Self.head + "a=\(text)\r\n") == [.malformedAttribute(String(name))])
  }

  @Test func otherEncodingsAreTakenForLatin1() throws {
    let bytes = [UInt8]("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=caf".utf8) + [0xe9, 0x0d, 0x0a]
    var reader = ByteReader(bytes.span)
    let session = try SDPSession(parsing: &reader)
    #expect(session.name == "café")
    #expect(session.anomalies.contains(SDPAnomaly(.notUTF8, at: 31)))
  }
}

@Suite struct SDPDeviceTests {
  /// What devices write for `o=`, and what can be made of it.
  @Test(arguments: [
    ("jdoe 289 290 IN IP4 10.47.16.5", ["jdoe", "289", "290", "IP4", "10.47.16.5"], true),
    (
      "- 16379793953309178445 1 IN IP4 5c2b68da",
      ["-", "16379793953309178445", "1", "IP4", "5c2b68da"], true
    ),
    ("RTSP Session 1 2 IN IP4 0.0.0.0", ["RTSP Session", "1", "2", "IP4", "0.0.0.0"], false),
    (" 2890842807 IN IP4 192.168.0.1", ["", "", "2890842807", "IP4", "192.168.0.1"], false),
    ("-0 0 IN IP4 127.0.0.1", ["", "-0", "0", "IP4", "127.0.0.1"], false),
    ("- 1 2 IN IP4", ["-", "1", "2", "IP4", ""], false),
    ("- 1001 1 IN ", ["-", "1001", "1", "", ""], false),
    ("jdoe 0xAC4EC96E 2 IN IP4 10.1.1.1", ["jdoe", "0xAC4EC96E", "2", "IP4", "10.1.1.1"], false),
    ("- 1329 1329 IP IP4 192.168.1.1", ["-", "1329", "1329", "IP4", "192.168.1.1"], false),
  ])
  func origins(text: String, parts: [String], isGood: Bool) throws {
    let origin = try #require(SDPOrigin(parsing: text))
    #expect(
      [
        origin.username, origin.sessionID, origin.sessionVersion, origin.addressType,
        origin.address,
      ] == parts)
    let isWellFormed = origin.isWellFormed
    // Another word than IN is lawful.
    #expect(isWellFormed == isGood || text.contains(" IP IP4"))
  }

  @Test(
    arguments: [
      ("IN IP4 224.2.1.1/127/3", "224.2.1.1", 127, 3), ("IN IP6 FF15::101/3", "FF15::101", nil, 3),
      ("IN IP4 233.252.0.1/64", "233.252.0.1", 64, nil), ("In IP4 0.0.0.0", "0.0.0.0", nil, nil),
      ("IN IPV4 0.0.0.0", "0.0.0.0", nil, nil), ("IN 198.51.100.1", "198.51.100.1", nil, nil),
      ("IN 2001:db8::2", "2001:db8::2", nil, nil), ("IN c=IN IP4 0.0.0.0", "0.0.0.0", nil, nil),
      ("IN IP4 movie.example.com", "movie.example.com", nil, nil),
      ("IN", nil, nil, nil), ("IN ", nil, nil, nil), ("IN IP4", nil, nil, nil),
      ("IN IP4 1.2.3.4/300", nil, nil, nil), ("IN IP4 /1", nil, nil, nil),
      ("IN IP6 ::1/1/2", nil, nil, nil),
    ] as [(String, String?, UInt8?, Int?)])
  func connections(text: String, address: String?, ttl: UInt8?, count: Int?) {
    let connection = SDPConnection(parsing: text)
    #expect(connection?.address == address)
    #expect(connection?.timeToLive == ttl && connection?.addressCount == count)
  }

  @Test func formatsWithoutAMap() throws {
    // TP-LINK: the m= line has no payload type, only the rtpmap has.
    let session = try parseSDP(
      "v=0\ns=-\nm=application/TP-LINK 0 RTP/AVP smart/1/90000\na=rtpmap:95 TP-LINK/90000\n")
    let media = session.media[0]
    #expect(media.media.kind == "application/TP-LINK" && media.media.formats == ["smart/1/90000"])
    #expect(media.payloadFormats.map(\.encodingName) == ["TP-LINK"])
    #expect(media.payloadFormat(RTPPayloadType(rawValue: 95))?.clockRate == 90_000)
    #expect(media.payloadFormat(RTPPayloadType(rawValue: 96)) == nil)
  }
}

@Suite struct SDPAttributeTests {
  private func media(_ attributes: String) throws -> SDPMedia {
    try parseSDP("v=0\nm=video 5004 RTP/AVP 96 26\n" + attributes).media[0]
  }

  @Test(
    arguments: [
      ("96 H264/90000", "H264", 90_000, nil), ("97 opus/48000/2", "opus", 48_000, 2),
      ("96 AppleLossless", "AppleLossless", nil, nil), ("123 META /0", "META", nil, nil),
      (" 96  H264/90000 ", "H264", 90_000, nil), ("97 L16/44100/x", "L16", 44_100, nil),
      ("97 X/99999999999", "X", nil, nil),
    ] as [(String, String, UInt32?, Int?)])
  func rtpMaps(text: String, name: String, rate: UInt32?, channels: Int?) throws {
    let map = try #require(SDPRTPMap(parsing: text))
    #expect(map.encodingName == name && map.clockRate == rate && map.channels == channels)
  }

  @Test func formatParameters() throws {
    let text =
      "96 Packetization-Mode=1;sprop-parameter-sets=Z0IAH5WoFAFuQA==,aM48gA==,; config=1208; flag"
      + "; quoted=\"a;b=c\"; empty=;;"
    let found = try #require(SDPFormatParameters(parsing: text))
    #expect(
      found.parameters.map(\.name) == [
        "Packetization-Mode", "sprop-parameter-sets", "config", "flag", "quoted", "empty",
      ])
    #expect(found.integer("packetization-mode") == 1 && found["PACKETIZATION-MODE"] == "1")
    #expect(
      found.base64("sprop-parameter-sets") == [hex("6742001f95a814016e40"), hex("68ce3c80")])
    #expect(found.hexadecimal("config") == hex("1208"))
    #expect(found["flag"] == "" && found.parameters[3].value == nil)
    #expect(found["quoted"] == "a;b=c" && found["empty"] == "" && found["none"] == nil)
    #expect(found.base64("quoted") == nil && found.hexadecimal("quoted") == nil)
    #expect(SDPFormatParameters(parsing: found.description) == found)
  }

  @Test(arguments: ["101 0-15", "96 352 0 16 40 10 14 2 255 0 0 44100", "96", "96 a=\"x; b=1"])
  func oddFormatParameters(_ text: String) throws {
    let found = try #require(SDPFormatParameters(parsing: text))
    #expect(found.parameters.count == (text == "96" ? 0 : text.contains(";") ? 2 : 1))
  }

  @Test func timesAndRates() throws {
    let found = try media(
      "a=ptime:0.125\na=maxptime:60\na=framerate:30000/1001\na=control:trackID=1\na=mid:v\n")
    #expect(found.packetTime == 0.125 && found.maxPacketTime == 60)
    #expect(found.frameRate == 30_000.0 / 1001)
    #expect(found.control == "trackID=1" && found.mid == "v")
    #expect(try media("a=framerate:29.97\n").frameRate == 29.97)
    #expect(try media("a=framerate:nan\n").frameRate == nil)
  }

  @Test func directionsAreInherited() throws {
    let session = try parseSDP(
      "v=0\na=recvonly\nm=audio 1 RTP/AVP 0\nm=audio 2 RTP/AVP 0\na=sendonly\n")
    #expect(session.media.map { session.direction(of: $0) } == [.receiveOnly, .sendOnly])
    let plain = try parseSDP("v=0\nm=audio 1 RTP/AVP 0\n")
    #expect(plain.direction(of: plain.media[0]) == .sendAndReceive)
  }

  @Test func portsOfRTCP() throws {
    #expect(try media("").rtcpPort == 5005)
    #expect(try media("a=rtcp-mux\n").rtcpPort == 5004)
    let found = try media("a=rtcp:12312 IN IP4 10.0.0.1\na=rtcp-rsize\n")
    #expect(found.rtcpPort == 12_312 && found.rtcp?.connection?.address == "10.0.0.1")
    #expect(found.allowsReducedSizeRTCP && !found.multiplexesRTCP)
    #expect(try parseSDP("m=audio 0 RTP/AVP 0\n").media[0].rtcpPort == nil)
    #expect(try parseSDP("m=audio 65535 RTP/AVP 0\n").media[0].rtcpPort == nil)
  }

  @Test func sources() throws {
    let found = try media(
      """
      a=ssrc-group:FID 3004364195 1126032854
      a=ssrc:3004364195 cname:loqP
      a=ssrc:3004364195 msid:stream track
      a=ssrc:1126032854 cname:loqP
      a=ssrc:1126032854 baz

      """)
    #expect(found.sources.map(\.ssrc) == [3_004_364_195, 1_126_032_854])
    #expect(found.sources[0].cname == "loqP" && found.sources[0].msid == "stream track")
    #expect(found.sources[1].attributes.last == SDPAttribute("baz"))
    #expect(found.sourceGroups.map(\.sources) == [[3_004_364_195, 1_126_032_854]])
    let many = (0..<19_000).map { "a=ssrc:\($0 / 2) a:\($0)\n" }.joined()
    let sources = try media(many).sources
    #expect(sources.map(\.ssrc) == [UInt32](0..<9500))
    #expect(sources.allSatisfy { $0.attributes.count == 2 })
  }

  @Test func feedbackExtensionsAndGroups() throws {
    let found = try media(
      "a=rtcp-fb:* nack\na=rtcp-fb:96 nack pli\na=rtcp-fb:96 ccm tmmbr smaxpr=120\n"
        + "a=extmap:2/recvonly urn:x a b\na=extmap:1 urn:y\n")
    #expect(
      found.feedback.map(\.description) == ["* nack", "96 nack pli", "96 ccm tmmbr smaxpr=120"])
    #expect(
      found.feedback[2].parameter == "tmmbr smaxpr=120" && found.feedback[0].payloadType == nil)
    #expect(found.extensionMaps.map(\.description) == ["2/recvonly urn:x a b", "1 urn:y"])
    let session = try parseSDP("v=0\na=group:BUNDLE a v\na=group:LS a v\n")
    #expect(
      session.groups == [SDPGroup("BUNDLE", mids: ["a", "v"]), SDPGroup("LS", mids: ["a", "v"])])
  }

  @Test func bandwidths() throws {
    let found = try media(
      "b=AS:2632\nb=X-YZ:128\nb=TIAS:10000\nb=RR:0\nb=AS:\nb=AS:99999999999999999999\n")
    #expect(found.bandwidths.map(\.type) == ["AS", "X-YZ", "TIAS", "RR"])
    #expect(found.bandwidths.map(\.bitsPerSecond) == [2_632_000, nil, 10_000, 0])
    #expect(SDPBandwidth("AS", .max).bitsPerSecond == nil)
  }

  @Test(arguments: [
    ("RTP/AVP", "", false), ("RTP/SAVP", "", true), ("UDP/TLS/RTP/SAVPF", "", true),
    ("RTP/AVP", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\n", true),
    ("RTP/AVP", "a=key-mgmt:mikey AQ\n", true),
  ])
  func encryption(transport: String, attribute: String, isEncrypted: Bool) throws {
    let session = try parseSDP("v=0\nm=video 1 \(transport) 96\n" + attribute)
    #expect(session.isEncrypted(session.media[0]) == isEncrypted)
    #expect(session.media[0].isRTP)
  }

  @Test(arguments: [
    ("RTP/AVP", true), ("RTP/AVPF", true), ("rtp/avp", true), ("UDP/TLS/RTP/SAVPF", true),
    ("TCP/RTP/AVP", true), ("TCP/DTLS/RTP/SAVP", true), ("DCCP/RTP/AVP", true),
    ("RTP/AVP/UDP", true), ("UDP/MBMS-FEC/RTP/AVP", true), ("MP2T/H2221/RTP", true),
    ("MP2T/H2221/UDP", false), ("mp2t/h2221/udp", false), ("RAW/RAW/UDP", false), ("udp", false),
    ("UDP/DTLS/SCTP", false), ("UDP/FEC", false), ("XRTP/AVP", false),
  ])
  func protocols(transport: String, isRTP: Bool) throws {
    let session = try parseSDP("v=0\nm=video 1 \(transport) 33\n")
    #expect(session.media[0].isRTP == isRTP)
  }

  /// Accents upon separators, and CR LF as one character, must not hide them.
  @Test func separatorsAreBytes() throws {
    let found = try #require(SDPFormatParameters(parsing: "96 a=1;\u{301}b=2"))
    #expect(found.parameters.count == 2)
    #expect(try parseSDP("v=0\r\n\u{301}\r\na=x\r\n").has("x"))
  }
}
