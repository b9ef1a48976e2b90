import MediaFLV
import MediaModel
import MediaRTMP
import Testing

/// A client that says exactly what a test wants.
private struct FakeClient {
  var server = RTMPServer(functions: testFunctions, at: 0)
  var events: [RTMPServerEvent] = []
  var commands: [RTMPCommand] = []
  var messages: [RTMPMessage] = []
  var isClosed = false
  private var reader = RTMPChunkReader()
  private var writer = RTMPChunkWriter()
  private var handshakeLeft = 3073

  init(_ options: RTMPServerOptions = RTMPServerOptions()) throws {
    server = RTMPServer(options, functions: testFunctions, at: 0)
    try feed([3] + [UInt8](repeating: 0, count: 1536))
    // C2: what S1 was.
    try feed([UInt8](repeating: 0, count: 8) + testFunctions.randomBytes(1528))
  }

  mutating func feed(_ bytes: [UInt8]) throws {
    try server.receive(bytes, at: 0)
    try drain()
  }

  mutating func call(_ commands: RTMPCommand..., on streamID: UInt32 = 0) throws {
    var bytes: [UInt8] = []
    for command in commands {
      writer.append(
        RTMPMessage(
          chunkStreamID: 3, typeID: command.isAMF3 ? .commandAMF3 : .command,
          messageStreamID: streamID, payload: command.payload), to: &bytes)
    }
    try feed(bytes)
  }

  mutating func send(_ type: RTMPMessageType, _ payload: [UInt8], on streamID: UInt32) throws {
    var bytes: [UInt8] = []
    writer.append(
      RTMPMessage(chunkStreamID: 4, typeID: type, messageStreamID: streamID, payload: payload),
      to: &bytes)
    try feed(bytes)
  }

  mutating func drain() throws {
    while true {
      switch server.nextOutput() {
      case .send(let bytes):
        let skipped = min(handshakeLeft, bytes.count)
        handshakeLeft -= skipped
        reader.append(Array(bytes.dropFirst(skipped)))
        while let message = try reader.next() {
          messages.append(message)
          guard message.typeID == .command || message.typeID == .commandAMF3 else { continue }
          commands.append(
            try RTMPCommand(
              parsing: message.payload, isAMF3: message.typeID == .commandAMF3))
        }
      case .event(let event):
        events.append(event)
        switch event {
        case .connect, .stream: try server.accept()
        default: break
        }
      case .wait: return
      case .close:
        isClosed = true
        return
      }
    }
  }

  mutating func connect() throws {
    try call(RTMPCommand(.connect, transactionID: 1, [.object(AMFObject([]))]))
  }

  var deviations: [String] {
    events.compactMap { if case .deviation(let it) = $0 { it.code.name } else { nil } }
  }
}

@Suite struct ServerTests {
  @Test func answersConnectInTheOrderOfTheSpecification() throws {
    var client = try FakeClient()
    try client.connect()
    #expect(
      client.messages.map(\.typeID) == [
        .windowAcknowledgementSize, .setPeerBandwidth, .setChunkSize, .command,
      ])
    let result = try #require(client.commands.first)
    #expect(result.name == .result && result.transactionID == 1)
    #expect(RTMPStatus(result.values)?.kind == .connected)
    #expect(RTMPCapabilities(result.values).offer(.av01) == .offered)
    try client.connect()
    #expect(client.commands.last?.name == .error)
  }

  /// FFmpeg, librtmp and OBS call these together and wait for one answer.
  @Test func takesAllCallsAtOnce() throws {
    var client = try FakeClient()
    try client.call(
      RTMPCommand(.connect, transactionID: 1, [.object(AMFObject([]))]),
      RTMPCommand(.releaseStream, transactionID: 2, [.null, .string("k")]),
      RTMPCommand(.fcPublish, transactionID: 3, [.null, .string("k")]),
      RTMPCommand(.createStream, transactionID: 4))
    #expect(
      client.commands.map(\.name) == [.result, .result, .result, .onFCPublish, .result])
    #expect(client.commands.last?.values.last == .number(1))
    try client.call(
      RTMPCommand(.publish, transactionID: 5, [.null, .string("k"), .string("live")]), on: 1)
    #expect(RTMPStatus(client.commands.last?.values ?? [])?.kind == .publishing)
    try client.send(.audio, [0xaf, 0], on: 1)
    try client.call(RTMPCommand(.deleteStream, transactionID: 6, [.null, .number(1)]))
    #expect(RTMPStatus(client.commands.last?.values ?? [])?.kind == .unpublished)
    #expect(client.events.last == .ended(streamID: 1) && client.deviations == [])
  }

  /// What comes behind a wish waits for its answer.
  @Test func mediaBehindPublishIsKept() throws {
    var client = try FakeClient()
    try client.connect()
    try client.call(RTMPCommand(.createStream, transactionID: 2))
    var writer = RTMPChunkWriter()
    var bytes: [UInt8] = []
    let publish = RTMPCommand(.publish, transactionID: 3, [.null, .string("k"), .string("live")])
    writer.append(
      RTMPMessage(chunkStreamID: 3, typeID: .command, messageStreamID: 1, payload: publish.payload),
      to: &bytes)
    writer.append(
      RTMPMessage(chunkStreamID: 4, typeID: .video, messageStreamID: 1, payload: [0x17, 0]),
      to: &bytes)
    try client.feed(bytes)
    let media = client.events.filter { if case .media = $0 { true } else { false } }
    #expect(media.count == 1 && client.deviations == [])
  }

  @Test func publishesOnAStreamThatWasNotCreated() throws {
    var client = try FakeClient()
    try client.connect()
    try client.call(RTMPCommand(.publish, transactionID: 2, [.null, .string("k")]), on: 1)
    #expect(client.deviations == ["stream-not-created"])
    try client.call(RTMPCommand(.publish, transactionID: 3, [.null, .string("k")]), on: 1)
    #expect(RTMPStatus(client.commands.last?.values ?? [])?.kind == .nameTaken)
  }

  @Test func newStreamsAreNotThoseInUse() throws {
    var client = try FakeClient()
    try client.connect()
    try client.call(RTMPCommand(.publish, transactionID: 2, [.null, .string("k")]), on: 1)
    try client.call(RTMPCommand(.createStream, transactionID: 3))
    #expect(client.commands.last?.values.last == .number(2))
  }

  @Test func callsBeforeConnectAreRefused() throws {
    var client = try FakeClient()
    try client.call(RTMPCommand(.createStream, transactionID: 2))
    #expect(client.commands.last?.name == .error && client.deviations == ["command-before-connect"])
  }

  @Test func unknownCallsAreAnswered() throws {
    var client = try FakeClient()
    try client.connect()
    try client.call(RTMPCommand(.init(rawValue: "doSomething"), transactionID: 9))
    #expect(client.commands.last?.name == .error && client.commands.last?.transactionID == 9)
    let count = client.commands.count
    try client.call(RTMPCommand(.init(rawValue: "tellSomething"), transactionID: 0))
    #expect(client.commands.count == count)
  }

  @Test func answersInTheEncodingOfTheCall() throws {
    var client = try FakeClient()
    try client.connect()
    try client.call(RTMPCommand(.createStream, transactionID: 2, isAMF3: true))
    #expect(client.messages.last?.typeID == .commandAMF3)
  }

  @Test func streamsAreLimited() throws {
    var options = RTMPServerOptions()
    options.maxStreams = 2
    var client = try FakeClient(options)
    try client.connect()
    for id in 2...4 { try client.call(RTMPCommand(.createStream, transactionID: Double(id))) }
    #expect(client.commands.map(\.name) == [.result, .result, .result, .error])
    for id in [5, 6, .max] as [UInt32] {
      try client.call(RTMPCommand(.publish, transactionID: 9, [.null, .string("k")]), on: id)
    }
    #expect(!client.events.contains { if case .stream = $0 { true } else { false } })
  }

  @Test func controlsOfAPlayerAreTold() throws {
    var client = try FakeClient()
    try client.connect()
    try client.call(RTMPCommand(.createStream, transactionID: 2))
    try client.call(
      RTMPCommand(.play, transactionID: 3, [.null, .string("k"), .number(-1000)]), on: 1)
    try client.call(
      RTMPCommand(.pause, transactionID: 4, [.null, .boolean(true), .number(7)]),
      RTMPCommand(.seek, transactionID: 5, [.null, .number(.nan)]), on: 1)
    #expect(client.events.contains(.pause(streamID: 1, isPaused: true, milliseconds: 7)))
    guard case .seek(1, let time) = client.events.last else {
      Issue.record("\(client.events)")
      return
    }
    #expect(time.isNaN)
    try client.call(RTMPCommand(.closeStream), on: 1)
    #expect(client.events.last == .ended(streamID: 1) && !client.server.isPlaying(1))
  }

  @Test func mediaOfNobodyIsPassedOver() throws {
    var client = try FakeClient()
    try client.connect()
    for type in [RTMPMessageType.audio, .video, .data, .aggregate] {
      try client.send(type, [1, 2, 3], on: 1)
    }
    #expect(client.deviations.contains("media-unpublished"))
    #expect(!client.events.contains { if case .media = $0 { true } else { false } })
  }

  @Test func silenceEndsIt() throws {
    var server = RTMPServer(functions: testFunctions, at: 0)
    guard case .wait(let until?) = server.nextOutput() else {
      Issue.record("does not wait")
      return
    }
    try server.tick(at: until - 1)
    #expect(throws: RTMPServerFailure.silent) { try server.tick(at: until) }
    #expect(server.nextOutput() == .close)
  }

  @Test func requestsShowNoSecrets() throws {
    var client = try FakeClient()
    try client.call(
      RTMPCommand(
        .connect, transactionID: 1,
        [.object(AMFObject([AMFProperty("app", .string("live?token=abcdefgh"))]))]))
    try client.call(RTMPCommand(.createStream, transactionID: 2))
    try client.call(
      RTMPCommand(.publish, transactionID: 3, [.null, .string(AMFString(testKey))]), on: 1)
    var shown = "\(client.events)"
    dump(client.events, to: &shown)
    #expect(!shown.contains("abcdefgh") && !shown.contains(testKey))
  }
}
