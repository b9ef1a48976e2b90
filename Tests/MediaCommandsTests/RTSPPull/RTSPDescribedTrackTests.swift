import MediaBytes
import MediaModel
import MediaRTP
@testable import MediaRTSP
import Testing

@testable import MediaCommands

@Suite struct RTSPDescribedTrackTests {
  /// What is said of the tracks of a description with these directions, the last one of sound.
  private func obstacles(_ video: String, _ audio: String...) throws -> [String?] {
    var lines = ["v=0", "m=video 0 RTP/AVP 26", "a=\(video)"]
    for direction in audio { lines += ["m=audio 0 RTP/AVP 0", "a=\(direction)"] }
    let text = Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    let presentation = try RTSPPresentation(
      text, url: RTSPURL("rtsp://camera/"), base: "rtsp://camera/", limits: SDPLimits())
    return presentation.tracks.map { RTSPDescribedTrack($0, of: presentation).obstacle }
  }

  @Test func onlyAmongReceivedTracksIsASentOneABackChannel() throws {
    #expect(
      try obstacles("recvonly", "recvonly", "sendonly") == [nil, nil, "it is a back channel"])
    #expect(try obstacles("sendonly", "sendonly") == [nil, nil])
    #expect(try obstacles("sendrecv", "sendonly") == [nil, nil])
  }
}
