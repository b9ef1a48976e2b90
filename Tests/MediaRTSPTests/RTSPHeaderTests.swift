import Testing

@testable import MediaRTSP

@Suite("RTSP headers")
struct RTSPHeaderTests {
  static func transport(_ change: (inout RTSPTransport) -> Void) -> RTSPTransport {
    var transport = RTSPTransport(.udp)
    change(&transport)
    return transport
  }

  @Test(
    "Transport, as servers write it",
    arguments: [
      (
        "RTP/AVP;unicast;client_port=4588-4589;server_port=6256-6257;ssrc=1A2B3C4D;mode=\"PLAY\"",
        transport {
          $0.clientPort = .init(4588, 4589)
          $0.serverPort = .init(6256, 6257)
          ($0.ssrc, $0.mode) = (0x1a2b_3c4d, "PLAY")
        }
      ),
      (
        "RTP/AVP/TCP;unicast;interleaved=0-1",
        transport {
          ($0.lower, $0.interleaved) = (.tcp, .init(0, 1))
        }
      ),
      (
        "RTP/AVP/TCP;interleaved=5",
        transport {
          ($0.lower, $0.interleaved) = (.tcp, .init(5))
        }
      ),
      // The protocol says datagrams, the channels do not.
      (
        "RTP/AVP;unicast;interleaved=2-3",
        transport {
          ($0.lower, $0.interleaved) = (.tcp, .init(2, 3))
        }
      ),
      (
        "RTP/AVP/UDP ; unicast ; client_port = 50000 - 50001 ; server_port=0-0",
        transport {
          $0.clientPort = .init(50000, 50001)
          $0.serverPort = .init(0, 0)
        }
      ),
      ("ssrc=1f;RTP/AVP;unicast", transport { $0.ssrc = 0x1f }),
      ("RTP/AVP;unicast;ssrc= 1a 2b", transport { $0.ssrc = 0x1a2b }),
      ("RTP/AVP;unicast;ssrc=-1;source=;ttl=300", transport { _ in }),
      (
        "RTP/SAVP;multicast;destination=239.0.0.1;source=10.0.0.1;port=3456-3457;ttl=16",
        transport {
          ($0.profile, $0.isMulticast, $0.ttl) = ("RTP/SAVP", true, 16)
          ($0.destination, $0.source) = ("239.0.0.1", "10.0.0.1")
          $0.port = .init(3456, 3457)
        }
      ),
      (
        "rtp/avp/tcp;unicast;client_port=70000",
        transport { ($0.lower, $0.profile) = (.tcp, "rtp/avp") }
      ),
    ])
  func transports(_ value: String, _ expected: RTSPTransport) {
    #expect(RTSPTransport.parse(value) == [expected])
  }

  @Test("Transport may have several specifications, and those of no RTP do not count")
  func severalTransports() {
    let all = RTSPTransport.parse(
      "MP2T/H2221/UDP;unicast, RTP/AVP;unicast,RTP/AVP/TCP;interleaved=0-1,")
    #expect(all.map(\.lower) == [.udp, .tcp])
    #expect(RTSPTransport.parse("").isEmpty)
  }

  @Test(
    "Transport is written as it was read",
    arguments: [
      "RTP/AVP/TCP;unicast;interleaved=0-1",
      "RTP/AVP;unicast;client_port=5000-5001",
      "RTP/AVP;multicast;destination=239.1.2.3;port=5000-5001;ttl=4;ssrc=0000ABCD;mode=PLAY",
      "RTP/\u{595};unicast",  // an accent upon the slash
    ])
  func writes(_ value: String) {
    #expect(RTSPTransport.parse(value).map(\.description) == [value])
  }

  @Test(
    "Session",
    arguments: [
      ("12345678", RTSPSessionID("12345678")),
      ("12345678;timeout=10", RTSPSessionID("12345678", timeout: 10)),
      (" ab$cd ; timeout = \"30\" ;x", RTSPSessionID("ab$cd", timeout: 30)),
      ("1;timeout=15.5", RTSPSessionID("1", timeout: 15)),
      ("1;timeout=0", RTSPSessionID("1")),
      ("1;timeout=forever", RTSPSessionID("1")),
    ])
  func sessions(_ value: String, _ expected: RTSPSessionID) {
    #expect(RTSPSessionID(parsing: value) == expected)
  }

  @Test("A Session without an identifier is none", arguments: ["", ";timeout=10", " "])
  func noSession(_ value: String) { #expect(RTSPSessionID(parsing: value) == nil) }

  @Test(
    "RTP-Info",
    arguments: [
      (
        "url=rtsp://a/b/1;seq=45102;rtptime=12345678,url=rtsp://a/b/2;seq=30211",
        [
          RTSPStreamInfo(url: "rtsp://a/b/1", sequenceNumber: 45102, timestamp: 12_345_678),
          RTSPStreamInfo(url: "rtsp://a/b/2", sequenceNumber: 30211),
        ]
      ),
      (
        "url=trackID=1;seq=1;rtptime=4294967296;",
        [RTSPStreamInfo(url: "trackID=1", sequenceNumber: 1)]
      ),
      (
        " url=\"rtsp://a/b,c;d=e\" ; rtptime=7 ;",
        [RTSPStreamInfo(url: "rtsp://a/b,c;d=e", timestamp: 7)]
      ),
      (
        "url=rtsp://a/x;y=1,2;seq=3, URL = rtsp://a/z ;ssrc=1",
        [
          RTSPStreamInfo(url: "rtsp://a/x;y=1,2", sequenceNumber: 3),
          RTSPStreamInfo(url: "rtsp://a/z"),
        ]
      ),
      ("seq=70000;rtptime=-1", [RTSPStreamInfo(url: "")]),
      ("", []), ("nonsense", []),
    ])
  func streamInfo(_ value: String, _ expected: [RTSPStreamInfo]) {
    #expect(RTSPStreamInfo.parse(value) == expected)
  }

  @Test(
    "Range",
    arguments: [
      ("npt=10-20", RTSPRange.npt(10, 20), "npt=10-20"),
      ("npt=0.5-", .npt(0.5, nil), "npt=0.500-"),
      ("npt=now-", .npt(nil, nil), "npt=now-"),
      ("NPT = 1:02:03.25 - ", .npt(3723.25, nil), "npt=3723.250-"),
      ("npt=-20", .npt(nil, 20), "npt=now-20"),
      ("npt=0-60;time=20261121T000000Z", .npt(0, 60), "npt=0-60"),
      (
        "clock=20261121T120000Z-20261121T120130.25Z",
        .clock("20261121T120000Z", "20261121T120130.25Z"),
        "clock=20261121T120000Z-20261121T120130.25Z"
      ),
      (
        "smpte-25=10:07:33-10:08:00:12.5", .smpte("smpte-25", "10:07:33", "10:08:00:12.5"),
        "smpte-25=10:07:33-10:08:00:12.5"
      ),
    ])
  func ranges(_ text: String, _ range: RTSPRange, _ written: String) {
    #expect(RTSPRange(parsing: text) == range)
    #expect(range.description == written)
  }

  @Test(
    "What is no range",
    arguments: [
      "", "npt", "npt=", "npt=-", "npt=1", "npt=a-b", "npt=1-2-3", "npt=0:99:00-",
      "clock=2026-", "clock=20261121T1200Z-", "clock=x20261121T120000Z-", "smpte=1-2", "utc=1-2",
      "npt=1e400-",
    ])
  func noRange(_ text: String) { #expect(RTSPRange(parsing: text) == nil) }
}
