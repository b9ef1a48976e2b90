internal import MediaFFmpeg
internal import MediaIO

/// Hashes each track's packet payloads, as `ffmpeg -c copy -f streamhash` does.
final class TrackHasher: PacketObserver {
  private final class Digest {
    var value: MessageDigest
    init(_ algorithm: MessageDigest.Algorithm) throws(LibraryFailure) {
      value = try MessageDigest(algorithm)
    }
  }

  private let algorithm: Probe.HashAlgorithm
  private let digests: [Int: Digest]
  private let kinds: [Int: StreamDescription.Kind]

  init(_ algorithm: Probe.HashAlgorithm, streams: [StreamDescription]) throws {
    self.algorithm = algorithm
    var digests: [Int: Digest] = [:]
    var kinds: [Int: StreamDescription.Kind] = [:]
    for stream in streams {
      digests[stream.index] = try Digest(algorithm == .md5 ? .md5 : .sha256)
      kinds[stream.index] = stream.kind
    }
    self.digests = digests
    self.kinds = kinds
  }

  func take(_ packet: Packet, _ clock: TrackClock) {
    guard let digest = digests[packet.streamIndex] else { return }
    packet.withPayload { digest.value.update($0) }
  }

  /// The hashes, by track.
  ///
  /// Ends the digests.
  func finish() -> [TrackHash] {
    digests.keys.sorted().compactMap { index in
      guard let digest = digests[index], let kind = kinds[index] else { return nil }
      return TrackHash(
        index: index, kind: kind.rawValue, algorithm: algorithm.rawValue,
        hash: digest.value.finishAsText())
    }
  }
}
