/// The kind of a capture file, with what its header says.
public enum CaptureFormat: Hashable, Sendable {
  /// Classic pcap.
  case pcap(PCAPHeader)
  /// pcapng; each of its sections has interfaces of its own.
  case pcapng
  /// rtpdump, of rtptools.
  case rtpdump(RTPDumpHeader)
}

/// Which byte of a number comes first.
public enum ByteOrder: Hashable, Sendable {
  /// The most significant.
  case big
  /// The least significant.
  case little
}
