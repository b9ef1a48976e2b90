internal import MediaCapture
internal import MediaIO

extension CaptureWriter.Format {
  /// What a file's name asks for; classic pcap where it says nothing else.
  init(suffixOf path: String) {
    let name = path.lowercased()
    if name.hasSuffix(".pcapng") {
      self = .pcapng
    } else if name.hasSuffix(".rtpdump") || name.hasSuffix(".rtp") {
      self = .rtpdump
    } else {
      self = .pcap
    }
  }
}

extension CaptureWriter {
  /// Hands on what it holds.
  mutating func drain(to output: any ByteOutput) throws(IOFailure) {
    try drain { (bytes) throws(IOFailure) in
      try bytes.withUnsafeBytes { (raw) throws(IOFailure) in try output.write(raw) }
    }
  }
}

extension Failure {
  /// Why a packet has no place in a capture.
  init(_ failure: CaptureWriter.Failure) {
    let reason =
      switch failure {
      case .payloadTooLarge(let count, let limit):
        "a packet of \(count) bytes does not fit in the capture, whose limit is \(limit)"
      case .timeOutOfRange: "the capture has no place for times that far from its first"
      case .mixedAddresses(let source, let destination):
        "\(source) and \(destination) are not of one version of IP"
      }
    self.init(.ioError, reason)
  }
}
