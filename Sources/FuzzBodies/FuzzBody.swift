/// A function that any bytes may be given to: it returns, or it has found a fault.
///
/// Errors that a parser throws are its right; what it promises is checked with preconditions. The
/// tests replay every body on the corpus in `Fuzz/corpus/Fuzz<name>`, and the package in `Fuzz` runs
/// each under libFuzzer in an executable of that name.
public struct FuzzBody: Sendable {
  /// What it is about, such as `NALUnits`.
  public let name: String
  /// The function.
  public let run: @Sendable (RawSpan) -> Void

  /// Every body there is.
  ///
  /// The name of a new one also goes into `Fuzz/Package.swift`.
  public static let all: [FuzzBody] = [
    FuzzBody(name: "Bits", run: fuzzBits),
    FuzzBody(name: "NALUnits", run: fuzzNALUnits),
    FuzzBody(name: "PictureKinds", run: fuzzPictureKinds),
    FuzzBody(name: "CodecStrings", run: fuzzCodecStrings),
    FuzzBody(name: "JSON", run: fuzzJSON),
    FuzzBody(name: "Expectations", run: fuzzExpectations),
    FuzzBody(name: "AMF", run: fuzzAMF),
    FuzzBody(name: "FLVReader", run: fuzzFLVReader),
    FuzzBody(name: "FLVBodies", run: fuzzFLVBodies),
    FuzzBody(name: "FLVInspector", run: fuzzFLVInspector),
    FuzzBody(name: "ParameterSets", run: fuzzParameterSets),
    FuzzBody(name: "CodecHeaders", run: fuzzCodecHeaders),
    FuzzBody(name: "Capture", run: fuzzCapture),
    FuzzBody(name: "PCMFiles", run: fuzzPCMFiles),
    FuzzBody(name: "Y4M", run: fuzzY4M),
    FuzzBody(name: "Pictures", run: fuzzPictures),
    FuzzBody(name: "RTP", run: fuzzRTP),
    FuzzBody(name: "RTCP", run: fuzzRTCP),
    FuzzBody(name: "SDP", run: fuzzSDP),
    FuzzBody(name: "Interleaved", run: fuzzInterleaved),
    FuzzBody(name: "Depacketizers", run: fuzzDepacketizers),
    FuzzBody(name: "Packetizers", run: fuzzPacketizers),
    FuzzBody(name: "RTMPChunks", run: fuzzRTMPChunks),
    FuzzBody(name: "RTMPCommand", run: fuzzRTMPCommand),
    FuzzBody(name: "RTSPClient", run: fuzzRTSPClient),
    FuzzBody(name: "RTSPHeaders", run: fuzzRTSPHeaders),
    FuzzBody(name: "RTSPServer", run: fuzzRTSPServer),
  ]
}

extension FuzzBody: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}
