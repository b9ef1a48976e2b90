import MediaBytes
import MediaModel
import MediaRTMP

/// Reads chunks, whole and in pieces whose size the last byte gives, and handshakes of both sides.
///
/// Pieces give the same messages, deviations and fault; no more is held than the limits allow; and
/// messages that are written again are read again.
public func fuzzRTMPChunks(_ bytes: RawSpan) {
  let stream = [UInt8](copying: bytes)
  let size = Int(stream.last ?? 0) + 1
  var limits = RTMPChunkLimits()
  limits.maxMessageByteCount = 100_000
  if size % 2 == 0 { limits.maxPartialByteCount = 200 }
  if size % 3 == 0 { limits.maxChunkStreamCount = 2 }
  let whole = read(stream, limits, piece: max(1, stream.count))
  precondition(read(stream, limits, piece: size) == whole, "pieces differ")
  precondition(read(stream, limits, piece: 1) == whole, "bytes differ")
  rewrite(whole.messages)
  fuzzHandshakes(stream, piece: size)
}

/// What came of a stream.
private struct Found: Equatable {
  var messages: [RTMPMessage] = []
  var deviations: [Deviation] = []
  var error: RTMPError?
}

private func read(_ stream: [UInt8], _ limits: RTMPChunkLimits, piece: Int) -> Found {
  var reader = RTMPChunkReader(limits: limits)
  var found = Found()
  for start in stride(from: 0, to: stream.count, by: piece) {
    reader.append(stream[start..<min(stream.count, start + piece)].span)
    var isWaiting = false
    while !isWaiting, found.error == nil {
      switch Result(catching: { () throws(RTMPError) in try reader.next() }) {
      case .success(let message?): found.messages.append(message)
      case .success(nil): isWaiting = true
      case .failure(let error): found.error = error
      }
      while let deviation = reader.nextDeviation() { found.deviations.append(deviation) }
      _ = reader.takeAcknowledgementDue()
    }
    guard found.error == nil else { return found }
    // Only headers wait to be whole.
    precondition(reader.heldByteCount <= limits.maxPartialByteCount + 18, "holds too much")
  }
  return found
}

private func rewrite(_ messages: [RTMPMessage]) {
  var writer = RTMPChunkWriter()
  var bytes: [UInt8] = []
  var written: [RTMPMessage] = []
  for message in messages {
    takeApart(message)
    // The first bit of a chunk size is for readers to forgive.
    if message.typeID == .setChunkSize { continue }
    writer.append(message, to: &bytes)
    written.append(message)
  }
  var limits = RTMPChunkLimits()
  limits.maxChunkStreamCount = messages.count + 1
  let again = read(bytes, limits, piece: max(1, bytes.count))
  precondition(again.messages == written && again.error == nil, "written messages are not read")
}

private func takeApart(_ message: RTMPMessage) {
  if message.typeID == .aggregate {
    let aggregate = RTMPAggregate(message)
    let count = aggregate.messages.reduce(0) { $0 + $1.payload.count + 11 }
    precondition(count <= message.payload.count, "more inside than outside")
  }
  if case .success(let control?) = Result(catching: {
    () throws(RTMPError) in try RTMPControl(message)
  }) {
    precondition(message.payload.starts(with: control.message.payload), "another control message")
  }
}

/// The first bytes of either side, and enough behind them to end it.
private func fuzzHandshakes(_ stream: [UInt8], piece: Int) {
  let input = stream + [UInt8](repeating: 0, count: max(0, RTMPHandshake.byteCount - stream.count))
  var client = RTMPHandshake.Client(digests: digests) { [UInt8](repeating: 1, count: $0) }
  var server = RTMPHandshake.Server(digests: digests) { [UInt8](repeating: 2, count: $0) }
  var sent = (client: client.takeBytesToSend().count, server: 0)
  var faults = (client: false, server: false)
  for start in stride(from: 0, to: input.count, by: 7 * piece) {
    let part = [UInt8](input[start..<min(input.count, start + 7 * piece)])
    if !faults.client { faults.client = (try? client.receive(part)) == nil }
    if !faults.server { faults.server = (try? server.receive(part)) == nil }
    sent.client += client.takeBytesToSend().count
    sent.server += server.takeBytesToSend().count
  }
  precondition(faults.client || (client.isDone && sent.client == 3073), "the client is not done")
  precondition(faults.server || (server.isDone && sent.server == 3073), "the server is not done")
}

/// Something of 32 bytes that depends on the key and the message.
private let digests = RTMPHandshake.Digests(hmac: { key, message in
  var digest = [UInt8](repeating: 0x5c, count: 32)
  for (index, byte) in (key + message).enumerated() {
    digest[index & 31] &+= byte ^ UInt8(index & 0xff)
  }
  return digest
})
