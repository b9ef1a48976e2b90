import MediaBytes
import MediaFLV
import MediaModel
import MediaRTMP
import TestSupport
import Testing

@Suite struct CommandTests {
  /// `createStream` and its answer, as FFmpeg and nginx-rtmp exchanged them.
  @Test func readsAndWritesWhatPeersSend() throws {
    let call = hex("02 000c 63726561746553747265616d 00 4010000000000000 05")
    let command = try RTMPCommand(parsing: call, isAMF3: false)
    #expect(command == RTMPCommand(.createStream, transactionID: 4))
    #expect(command.payload == call)
    let answer = hex("02 0007 5f726573756c74 00 4010000000000000 05 00 3ff0000000000000")
    let result = try RTMPCommand(parsing: answer, isAMF3: false)
    #expect(result == RTMPCommand(.result, transactionID: 4, [.null, .number(1)]))
    #expect(Array(result.arguments) == [.number(1)])
    #expect(result.payload == answer)
  }

  @Test func amf3BeginsWithAFormatByte() throws {
    let command = RTMPCommand(
      .publish, transactionID: 5, [.null, .string("key"), .string("live")], isAMF3: true)
    #expect(command.payload.first == 0)
    #expect(try RTMPCommand(parsing: command.payload, isAMF3: true) == command)
    // Some leave it out.
    let bare = Array(command.payload.dropFirst())
    let odd = try RTMPCommand(parsing: bare, isAMF3: true)
    #expect(odd.values == command.values && odd.oddities == [.noFormatByte])
    // A value of AMF3 behind the marker 0x11.
    let mixed = hex("00 02 0007 5f726573756c74 00 4010000000000000 05 11 04 01")
    let result = try RTMPCommand(parsing: mixed, isAMF3: true)
    #expect(result.arguments.first?.number == 1)
  }

  @Test func putsUpWithOddWriters() throws {
    // No transaction id.
    let status = RTMPStatus(code: "NetStream.Publish.Start").value
    let noID = AMFEncoder.amf0(.string("onStatus")) + AMFEncoder.amf0(status)
    let command = try RTMPCommand(parsing: noID, isAMF3: false)
    #expect(command.transactionID == 0 && command.oddities == [.noTransactionID])
    #expect(RTMPStatus(command.values)?.kind == .publishing)
    // Cut in the middle of the object: what came before the cut counts.
    let whole = RTMPCommand(.onStatus, [.null, status]).payload
    let cut = try RTMPCommand(parsing: Array(whole.dropLast(10)), isAMF3: false)
    #expect(RTMPStatus(cut.values)?.kind == .publishing)
    #expect(cut.oddities.count == 1)
  }

  @Test func withoutANameThereIsNoCommand() throws {
    #expect(throws: ParseError.self) { try RTMPCommand(parsing: [], isAMF3: false) }
    for payload in [[0x05], [0, 0x40], [2, 0, 9, 0x63], [0xff]] as [[UInt8]] {
      #expect(throws: ParseError.self) { try RTMPCommand(parsing: payload, isAMF3: false) }
    }
    #expect(throws: ParseError.self) { try RTMPCommand(parsing: [0], isAMF3: true) }
  }

  @Test func everyPrefixIsReadOrRefused() throws {
    let payload = RTMPCommand(
      .connect, transactionID: 1,
      [.object(AMFObject(RTMPCapabilities(all: .forward).properties)), .number(.nan)]
    ).payload
    for count in 0..<payload.count {
      let prefix = Array(payload.prefix(count))
      let read = Result { () throws(ParseError) in try RTMPCommand(parsing: prefix, isAMF3: false) }
      if case .success(let command) = read { #expect(command.name == .connect) }
      #expect(count >= 10 || (try? read.get()) == nil)
    }
  }

  @Test func descriptionsHideStreamNames() throws {
    let secrets = RTMPSecrets(["k3y"])
    for name in [
      RTMPCommandName.releaseStream, .fcPublish, .publish, .play, .fcUnpublish, .getStreamLength,
      .fcSubscribe, .onFCPublish,
    ] {
      let command = RTMPCommand(name, transactionID: 2, [.null, .string("k3y"), .string("live")])
      #expect(command.description == #"\#(name.rawValue)(2, null, "***", "live")"#)
    }
    let connect = RTMPCommand(
      .connect, transactionID: 1,
      [.object(AMFObject([AMFProperty("app", .string("live?user=u&response=xyz"))]))])
    #expect(connect.description == #"connect(1, {"app": "live?***"})"#)
    let told = RTMPCommand(.onStatus, [.null, .string("stream k3y exists")])
    #expect(told.text(hiding: secrets) == #"onStatus(0, null, "stream *** exists")"#)
  }
}

@Suite struct StatusTests {
  private func kind(_ code: String, level: String = "error", _ words: String = "")
    -> RTMPStatus.Kind
  {
    RTMPStatus(level: level, code: code, description: words).kind
  }

  @Test func kinds() {
    #expect(kind("NetStream.Publish.Start", level: "status") == .publishing)
    #expect(kind("NetStream.Publish.BadName") == .nameTaken)
    #expect(kind("NetStream.Play.StreamNotFound") == .notFound)
    #expect(kind("NetConnection.Connect.InvalidApp") == .refused)
    #expect(kind("NetConnection.Connect.Rejected") == .refused)
    #expect(
      kind("NetConnection.Connect.Rejected", "[ code=403 need auth; authmod=adobe ]")
        == .unauthorized)
    #expect(kind("NetStream.Publish.Denied", "Unauthorized") == .unauthorized)
    #expect(kind("NetStream.Something.New") == .refused)
    #expect(kind("NetStream.Something.New", level: "status") == .other)
    #expect(kind("", level: "Error", "no") == .refused)
    // Words of a success say nothing.
    #expect(kind("NetStream.Publish.Start", "unauthorized users welcome") == .publishing)
  }

  @Test func readsWhatIsThere() throws {
    let status = RTMPStatus(code: "NetConnection.Connect.Success", description: "welcome")
    #expect(RTMPStatus([.null, status.value]) == status)
    #expect(RTMPStatus([.number(1), .null, .string("x"), .object(AMFObject([]))]) == nil)
    let words = AMFObject([AMFProperty("description", .string("only words"))])
    let odd = try #require(RTMPStatus([.object(words)]))
    #expect(odd.text == "only words" && odd.kind == .other)
    // A code that is a number is none.
    let number = AMFObject([AMFProperty("code", .number(403))])
    #expect(RTMPStatus([.object(number)]) == nil)
    let array = AMFValue.ecmaArray(
      AMFECMAArray([AMFProperty("code", .string("NetStream.Play.Start"))]))
    #expect(RTMPStatus([array])?.kind == .playing)
  }

  @Test func controlCharactersAreNotObeyed() throws {
    let words = AMFObject([
      AMFProperty("code", .string("A.B")),
      AMFProperty(
        "description",
        .string(AMFString("\u{1b}[2Jred\u{9b}\n" + String(repeating: "x", count: 5000)))),
    ])
    let status = try #require(RTMPStatus([.object(words)]))
    #expect(status.description.hasPrefix("\u{fffd}[2Jred\u{fffd}\u{fffd}xxx"))
    #expect(status.description.utf8.count < 4200)
    let command = RTMPCommand(.init(rawValue: "a\u{7}b"))
    #expect(command.description == "a\u{fffd}b(0, null)")
  }

  @Test func texts() {
    #expect(RTMPStatus(code: "A.B", description: "words").text == "A.B: words")
    #expect(RTMPStatus(code: "A.B").text == "A.B")
    #expect(RTMPStatus(code: "").text == "no reason given")
    let masked = RTMPStatus(code: "A.B", description: "key k3y").masked(RTMPSecrets(["k3y"]))
    #expect(masked.text == "A.B: key ***")
  }
}

@Suite struct CapabilitiesTests {
  @Test func survivesTheWire() {
    let all = RTMPCapabilities(all: [.encode, .forward])
    let object = AMFValue.object(AMFObject([AMFProperty("app", .string("live"))] + all.properties))
    #expect(RTMPCapabilities([object]) == all)
    #expect(RTMPCapabilities([.null, .string("x")]).isSilent)
    #expect(all.video?.count == 6 && all.audio?.count == 6 && all.fourCCList?.count == 12)
  }

  @Test func saysWhoOfferedWhat() {
    var server = RTMPCapabilities()
    #expect(server.offer(.hvc1) == .silent && server.offer(.modEx) == .silent)
    server.fourCCList = ["hvc1", "Opus"]
    #expect(server.offer(.hvc1) == .offered && server.offer(.av01) == .notOffered)
    #expect(server.offer(.opus) == .offered)
    server.video = [.init("av01", .decode), .init("vp09", [])]
    #expect(server.offer(.av01) == .offered && server.offer(.vp09) == .notOffered)
    server.audio = [.init("*", .forward)]
    #expect(server.offer(.flac) == .offered)
    server.extensions = [.reconnect, .modEx]
    #expect(server.offer(.modEx) == .offered && server.offer(.multitrack) == .notOffered)
    // Maps of one kind say nothing of the other.
    var video = RTMPCapabilities()
    video.video = [.init("*", .forward)]
    #expect(video.offer(.av01) == .offered && video.offer(.opus) == .silent)
  }

  @Test func saysWhatACodecNeeds() {
    #expect(RTMPCapabilities.fourCC(needed: .hevc) == .hvc1)
    #expect(RTMPCapabilities.fourCC(needed: .opus) == .opus)
    for codec in [Codec.h264, .aac, .mp3, Codec(rawValue: "pcm_s16le")] {
      #expect(RTMPCapabilities.fourCC(needed: codec) == nil)
    }
  }

  @Test func metadataIsWrappedOnTheWireOnly() {
    let metadata = AMFEncoder.amf0(.string("onMetaData")) + AMFEncoder.amf0(.null)
    let wrapped = RTMPDataFrame.wrap(metadata)
    #expect(wrapped == AMFEncoder.amf0(.string("@setDataFrame")) + metadata)
    #expect(RTMPDataFrame.wrap(wrapped) == wrapped && RTMPDataFrame.unwrap(wrapped) == metadata)
    let cue = AMFEncoder.amf0(.string("onCuePoint"))
    #expect(RTMPDataFrame.wrap(cue) == cue && RTMPDataFrame.unwrap(cue) == cue)
    #expect(RTMPDataFrame.unwrap([]) == [])
  }

  @Test func hostileValuesAreNone() {
    func capabilities(_ name: AMFString, _ value: AMFValue) -> RTMPCapabilities {
      RTMPCapabilities([.object(AMFObject([AMFProperty(name, value)]))])
    }
    for number in [Double.nan, .infinity, -1, 1e300, 0.5] {
      #expect(capabilities("capsEx", .number(number)).extensions == [])
    }
    #expect(capabilities("capsEx", .string("3")).extensions == nil)
    #expect(capabilities("fourCcList", .string("hvc1")).fourCCList == nil)
    let mixed = AMFValue.strictArray([.number(1), .string("av01"), .null])
    #expect(capabilities("fourCcList", mixed).fourCCList == ["av01"])
    let map = AMFValue.object(AMFObject([AMFProperty("av01", .string("x"))]))
    #expect(capabilities("videoFourCcInfoMap", map).offer(.av01) == .notOffered)
  }
}
