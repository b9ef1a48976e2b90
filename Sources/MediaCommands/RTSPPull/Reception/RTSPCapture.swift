internal import MediaBytes
internal import MediaCapture
internal import MediaIO
internal import MediaModel

/// `--capture`: the packets as they came.
///
/// A file has whole records at any moment, so that whatever ends the run leaves one that can be read.
/// Packets that came between messages of RTSP stand in datagrams of UDP, for readers that know RTP
/// only there: from and to port 50000 and up, by their channel.
final class RTSPCapture {
  /// Bytes that are gathered before they are written at once.
  private static let gathered = 1 << 16
  private static let firstPort: UInt16 = 50_000

  private var writer: CaptureWriter
  private let output: ResultOutput

  /// - Throws: `Failure` where the file cannot be made.
  init(_ path: String, force: Bool, _ environment: CommandEnvironment) throws(Failure) {
    writer = CaptureWriter(CaptureWriter.Format(suffixOf: path))
    output = try ResultOutput(
      path: path, force: force, isRecording: true, environment: environment)
  }

  /// Takes a packet.
  ///
  /// - Throws: As `flush()`.
  func add(_ bytes: RawSpan, _ arrival: RTSPArrival) throws {
    let (source, destination) = Self.endpoints(arrival.flow)
    do throws(CaptureWriter.Failure) {
      try writer.write(
        bytes, from: source, to: destination, at: max(0, arrival.wall), isRTCP: arrival.isRTCP)
    } catch {
      throw Failure(error)
    }
    if writer.pendingByteCount >= Self.gathered { try flush() }
  }

  /// Hands on what came so far; to be called each second.
  ///
  /// - Throws: `Failure` where it cannot be written; `IOFailure` where a reader went away.
  func flush() throws {
    let result = Result { () throws(IOFailure) in
      try writer.drain(to: output)
      try output.flush()
    }
    if case .failure(let error) = result { throw RecordingFile.failure(error) }
  }

  /// - Throws: `Failure` where the rest cannot be written.
  func finish() throws {
    try flush()
    let result = Result { () throws(IOFailure) in try output.finish() }
    if case .failure(let error) = result { throw RecordingFile.failure(error) }
  }

  /// Leaves the records that are whole.
  func abandon() { output.abandon() }

  private static func endpoints(_ flow: RTPFlow) -> (Endpoint, Endpoint) {
    var (source, destination) = (flow.source, flow.destination)
    if flow.transport == .interleaved {
      source.port = firstPort + UInt16(flow.channel)
      destination.port = source.port
    }
    // A socket of both families tells addresses of either.
    if source.address.isIPv4 != destination.address.isIPv4 {
      (source.address, destination.address) = (source.address.asIPv6, destination.address.asIPv6)
    }
    return (source, destination)
  }
}

extension IPAddress {
  /// An address of IPv4 as one of IPv6 (RFC 4291 2.5.5.2).
  fileprivate var asIPv6: IPAddress {
    guard isIPv4 else { return self }
    let number = bytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    return IPAddress(ipv6: 0, 0xffff_0000_0000 | number)
  }
}
