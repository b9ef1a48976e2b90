import TestSupport

extension RTPCaptures {
  /// VP8 of 320x240, a packet a frame.
  static func pictures(_ kinds: String) -> [TestPacket] {
    kinds.enumerated().map { index, kind in
      let key: [UInt8] = [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00, 0, 0, 0, 0]
      let other: [UInt8] = [0x11, 0x02, 0x00, 0, 0, 0, 0, 0]
      return TestPacket(
        sequence: UInt16(index), timestamp: 3600 * UInt32(index), time: Int64(index) * 40_000_000,
        payload: [0x10] + (kind == "I" ? key : other), marker: true)
    }
  }

  /// Writes packets to a capture in a folder.
  static func write(_ packets: [TestPacket], _ scratch: ScratchFolder) throws -> String {
    try write(packets.map { ($0.time, $0.bytes) }, to: scratch["a.pcap"])
    return scratch["a.pcap"]
  }
}

/// Samples of a WAV file that this tool wrote.
func wavSamples(_ path: String) throws -> [UInt8] { [UInt8](try contents(of: path)[44...]) }
