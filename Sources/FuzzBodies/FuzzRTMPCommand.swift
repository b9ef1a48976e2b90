import MediaBytes
import MediaFLV
import MediaModel
import MediaRTMP

/// Reads the same bytes as the payload of a command of either encoding, and lets a client at work
/// and a server at work have the commands.
///
/// What is read survives being written and read again, and nothing of it stops either machine.
public func fuzzRTMPCommand(_ bytes: RawSpan) {
  let payload = [UInt8](copying: bytes)
  for isAMF3 in [false, true] {
    do throws(ParseError) {
      let command = try RTMPCommand(parsing: payload, isAMF3: isAMF3)
      precondition(!command.description.isEmpty, "shows nothing")
      let status = RTMPStatus(command.values)
      _ = (status?.kind, status?.text)
      let capabilities = RTMPCapabilities(command.values)
      let object = AMFValue.object(AMFObject(capabilities.properties))
      precondition(RTMPCapabilities([object]) == capabilities, "the capabilities changed")
      let again = try RTMPCommand(parsing: command.payload, isAMF3: isAMF3)
      precondition(again.name == command.name, "the name changed")
      precondition(again.values == command.values, "the values changed")
    } catch {
      precondition((0...payload.count).contains(error.offset), "error outside the input")
    }
    let type: RTMPMessageType = isAMF3 ? .commandAMF3 : .command
    // One of six situations, as the length has it.
    let purpose: RTMPClientOptions.Purpose = payload.count % 2 == 0 ? .publish() : .play()
    fuzzClient(payload, type, payload.count / 2 % 3, purpose)
    fuzzServer(payload, type)
  }
}

private let functions = RTMPFunctions(
  randomBytes: { [UInt8](repeating: 0x5a, count: $0) },
  md5: { _ in [UInt8](repeating: 1, count: 16) },
  hmacSHA256: { _, _ in [UInt8](repeating: 2, count: 32) })

/// A peer's half of the handshake.
private let handshake = [3] + [UInt8](repeating: 0, count: 3072)

private func message(
  _ type: RTMPMessageType, _ payload: [UInt8], on streamID: UInt32 = 0
) -> RTMPMessage {
  RTMPMessage(chunkStreamID: 3, typeID: type, messageStreamID: streamID, payload: payload)
}

/// The command reaches a client that waits for the answer to its `stage`th call.
private func fuzzClient(
  _ payload: [UInt8], _ type: RTMPMessageType, _ stage: Int, _ purpose: RTMPClientOptions.Purpose
) {
  guard let url = try? RTMPURL("rtmp://user:password@host/app/key") else { return }
  var client = RTMPClient(RTMPClientOptions(url, purpose), functions: functions, at: 0)
  var writer = RTMPChunkWriter()
  var bytes = handshake
  let connected = RTMPStatus(code: "NetConnection.Connect.Success").value
  let answers = [
    RTMPCommand(.result, transactionID: 1, [.null, connected]),
    RTMPCommand(
      .result, transactionID: purpose == .play() ? 2 : 4, [.null, .number(1)]),
  ]
  for answer in answers.prefix(stage) {
    writer.append(message(.command, answer.payload), to: &bytes)
  }
  writer.append(message(type, payload), to: &bytes)
  writer.append(message(type, payload, on: 1), to: &bytes)
  do throws(RTMPClientFailure) {
    try client.receive(bytes, at: 1)
    client.finish(at: 2)
    try client.tick(at: 1 << 60)
  } catch {
    precondition(!error.description.isEmpty, "says nothing")
  }
  for _ in 0..<1000 {
    if case .close = client.nextOutput() { return }
  }
  preconditionFailure("the client does not end")
}

/// The command reaches a server before `connect`, after it, and with a stream.
private func fuzzServer(_ payload: [UInt8], _ type: RTMPMessageType) {
  var server = RTMPServer(functions: functions, at: 0)
  var writer = RTMPChunkWriter()
  var bytes = handshake
  let calls = [
    RTMPCommand(.connect, transactionID: 1, [.object(AMFObject([]))]),
    RTMPCommand(.createStream, transactionID: 2),
  ]
  writer.append(message(type, payload), to: &bytes)
  for call in calls {
    writer.append(message(.command, call.payload), to: &bytes)
    writer.append(message(type, payload, on: 1), to: &bytes)
  }
  do throws(RTMPServerFailure) {
    try server.receive(bytes, at: 1)
    // As many wishes as there may be.
    for _ in 0..<8 { try server.accept() }
  } catch {
    precondition(!error.description.isEmpty, "says nothing")
  }
  server.close()
  for _ in 0..<1000 {
    if case .close = server.nextOutput() { return }
  }
  preconditionFailure("the server does not end")
}
