import MediaBytes
import MediaFLV

/// Reads a tag's body, whose kind, filter and prefix the first byte chooses.
///
/// A prefix says what the whole body says, or asks for more. What was read is written again; only
/// sizes that do not fit, and what follows the last track, may come out differently.
public func fuzzFLVBodies(_ bytes: RawSpan) {
  guard bytes.byteCount > 0 else { return }
  let choice = bytes.byte(at: 0)
  let body = bytes.extracting(1..<bytes.byteCount)
  let isFiltered = choice & 2 != 0
  let prefix = min(body.byteCount, Int(choice >> 2))
  if choice & 1 == 0 {
    check(FLVAudioBody.self, body, prefix, isFiltered)
  } else {
    check(FLVVideoBody.self, body, prefix, isFiltered)
  }
}

/// What sound and pictures have in common.
private protocol TagBody: Equatable {
  associatedtype Form: Equatable
  init(
    parsing reader: inout ByteReader, bodySize: Int, isFiltered: Bool
  ) throws(ParseError)
  var form: Form { get }
  var encryption: FLVEncryption? { get }
  var parts: FLVMediaParts { get }
  var anomalies: [FLVBodyAnomaly] { get }
  var nanosecondOffset: UInt32? { get }
  func write(to writer: inout ByteWriter, copying source: RawSpan)
}

extension FLVAudioBody: TagBody {}
extension FLVVideoBody: TagBody {}
extension FLVMultichannelConfig: Rewritable {}

private func check<Body: TagBody>(
  _ type: Body.Type, _ bytes: RawSpan, _ prefix: Int, _ isFiltered: Bool
) {
  let size = bytes.byteCount
  let start: Result<Body, ParseError> = read(
    bytes.extracting(0..<prefix), size: size, isFiltered)
  let whole: Result<Body, ParseError> = read(bytes, size: size, isFiltered)
  checkPrefix(start, whole, prefix < size)
  guard case .success(let body) = whole else { return }

  var end = 0
  for part in body.parts {
    precondition(part.payload.lowerBound >= end && part.payload.upperBound <= size, "outside")
    end = part.payload.upperBound
    guard part.kind == .multichannelConfig, body.encryption?.isBodyEncrypted != true else {
      continue
    }
    if let config = rewrite(FLVMultichannelConfig.self, bytes.extracting(part.payload))?.value {
      precondition(!config.isConsistent || config.speakers?.count ?? 0 <= config.channelCount)
    }
  }
  for anomaly in body.anomalies {
    precondition((0...size).contains(anomaly.offset), "an anomaly outside the body")
  }
  precondition(body.nanosecondOffset ?? 0 < 1_000_000, "an unlawful offset")
  checkWriting(body, bytes)
}

private func read<Body: TagBody>(
  _ bytes: RawSpan, size: Int, _ isFiltered: Bool
) -> Result<Body, ParseError> {
  var reader = ByteReader(bytes, baseOffset: 1)
  do throws(ParseError) {
    let body = try Body(parsing: &reader, bodySize: size, isFiltered: isFiltered)
    precondition(reader.isAtEnd, "bytes are left")
    return .success(body)
  } catch {
    precondition((1...1 + bytes.byteCount).contains(error.offset), "error outside the body")
    return .failure(error)
  }
}

private func checkPrefix<Body: TagBody>(
  _ start: Result<Body, ParseError>, _ whole: Result<Body, ParseError>, _ isCut: Bool
) {
  switch (start, whole) {
  case (.success(let start), .success(let whole)):
    // The size of a picture may lie further on, so bodies are not compared as such.
    precondition(start.form == whole.form && start.encryption == whole.encryption, "differs")
    precondition(start.parts == whole.parts && start.anomalies == whole.anomalies, "differs")
  case (.failure(let error), _):
    if isCut, case .truncated = error.reason { return }
    precondition(whole == .failure(error), "a prefix fails otherwise than the whole")
  case (.success, .failure): preconditionFailure("a prefix is better than the whole")
  }
}

private func checkWriting<Body: TagBody>(_ body: Body, _ bytes: RawSpan) {
  var writer = ByteWriter()
  body.write(to: &writer, copying: bytes)
  let written = writer.bytes
  let mayDiffer = body.anomalies.contains {
    switch $0.kind {
    case .sizePastEnd, .trackTooShort, .trailingBytes: true
    default: false
    }
  }
  precondition(mayDiffer || written == [UInt8](copying: bytes), "the bytes changed")

  // A `Filter` bit without a header is not for writing: sizes put right may look like one.
  let second: Result<Body, ParseError> = read(
    written.span.bytes, size: written.count, body.encryption != nil)
  guard case .success(let again) = second else { preconditionFailure("cannot read it again") }
  precondition(again.form == body.form && again.encryption == body.encryption, "changed")
  precondition(again.parts.count == body.parts.count, "other tracks")
  for (old, new) in zip(body.parts, again.parts) {
    precondition(
      [UInt8](copying: bytes.extracting(old.payload)) == Array(written[new.payload]),
      "another payload")
    var moved = new
    moved.payload = old.payload
    precondition(moved == old, "another track")
  }
  var settled = ByteWriter()
  again.write(to: &settled, copying: written.span.bytes)
  precondition(settled.bytes == written, "does not settle")
}
