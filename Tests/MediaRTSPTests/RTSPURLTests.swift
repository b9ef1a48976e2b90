import Testing

@testable import MediaRTSP

@Suite("RTSP URLs")
struct RTSPURLTests {
  struct Parsed: CustomTestStringConvertible {
    var text: String
    var host: String
    var port: UInt16
    var user: String?
    var password: String?
    var requestURI: String
    var testDescription: String { text }

    init(
      _ text: String, _ host: String, _ port: UInt16, _ user: String?, _ password: String?,
      _ requestURI: String
    ) {
      (self.text, self.host, self.port) = (text, host, port)
      (self.user, self.password, self.requestURI) = (user, password, requestURI)
    }
  }

  @Test(
    "Is taken apart, and requests say all of it but the account",
    arguments: [
      Parsed("rtsp://cam/stream1", "cam", 554, nil, nil, "rtsp://cam/stream1"),
      Parsed("RTSP://cam:8554/a?b=c#d", "cam", 8554, nil, nil, "rtsp://cam:8554/a?b=c"),
      Parsed("rtsps://cam", "cam", 322, nil, nil, "rtsps://cam"),
      Parsed("rtsp://cam?ch=1", "cam", 554, nil, nil, "rtsp://cam?ch=1"),
      Parsed(
        "rtsp://[fe80::1%25eth0]:554/", "fe80::1%eth0", 554, nil, nil,
        "rtsp://[fe80::1%25eth0]:554/"),
      Parsed("rtsp://u:p%40w@cam/s", "cam", 554, "u", "p@w", "rtsp://cam/s"),
      Parsed("rtsp://u:p@w@cam/s", "cam", 554, "u", "p@w", "rtsp://cam/s"),
      Parsed("rtsp://u:p/w@cam:55/s", "cam", 55, "u", "p/w", "rtsp://cam:55/s"),
      Parsed("rtsp://u:p?w:1@cam/s", "cam", 554, "u", "p?w:1", "rtsp://cam/s"),
      Parsed("rtsp://u@cam/s@1", "cam", 554, "u", nil, "rtsp://cam/s@1"),
      Parsed("rtsp://cam:554/s@1", "cam", 554, nil, nil, "rtsp://cam:554/s@1"),
      Parsed("rtsp://:p@cam/", "cam", 554, "", "p", "rtsp://cam/"),
    ])
  func parses(_ parsed: Parsed) throws {
    let url = try RTSPURL(parsed.text)
    #expect(url.host == parsed.host)
    #expect(url.port == parsed.port)
    #expect(url.user == parsed.user)
    #expect(url.password == parsed.password)
    #expect(url.requestURI == parsed.requestURI)
  }

  @Test(
    "Is refused with a reason that shows no secret",
    arguments: [
      ("cam/stream", RTSPURLError.noScheme),
      ("rtspu://u:secret@cam/", .unsupportedScheme("rtspu")),
      ("rtsp://", .invalidHost), ("rtsp://u:secret@/s", .invalidHost),
      ("rtsp://cam:0/", .invalidPort), ("rtsp://cam:99999/", .invalidPort),
      ("rtsp://u:se cret@cam/", .invalidCharacter),
    ])
  func refuses(_ text: String, _ error: RTSPURLError) {
    #expect(throws: error) { try RTSPURL(text) }
    #expect(!"\(error)".contains("secret"))
  }

  struct Joined: CustomTestStringConvertible {
    var url = "rtsp://u:p@cam:8554/live"
    var base: String?
    var control: String?
    var uri: String
    var testDescription: String { "\(url) \(base ?? "-") \(control ?? "-")" }
  }

  @Test(
    "Control attributes are put behind the base, on the host we are connected to",
    arguments: [
      Joined(control: "trackID=1", uri: "rtsp://cam:8554/live/trackID=1"),
      Joined(control: "/trackID=1", uri: "rtsp://cam:8554/live/trackID=1"),
      Joined(
        base: "rtsp://cam:8554/live/", control: "trackID=1", uri: "rtsp://cam:8554/live/trackID=1"),
      Joined(
        base: "rtsp://cam:8554/live/", control: "/trackID=1", uri: "rtsp://cam:8554/live/trackID=1"),
      Joined(control: "*", uri: "rtsp://cam:8554/live"),
      Joined(control: nil, uri: "rtsp://cam:8554/live"),
      Joined(control: " ", uri: "rtsp://cam:8554/live"),
      Joined(
        url: "rtsp://cam/live?user=a&ch=1", control: "trackID=1",
        uri: "rtsp://cam/live?user=a&ch=1/trackID=1"),
      Joined(control: "?track=1", uri: "rtsp://cam:8554/live?track=1"),
      Joined(control: "rtsp://cam:8554/live/t1", uri: "rtsp://cam:8554/live/t1"),
      Joined(control: "rtsp://192.168.0.9/live/t1", uri: "rtsp://cam:8554/live/t1"),
      Joined(control: "rtsp://x:y@192.168.0.9/t1?a", uri: "rtsp://cam:8554/t1?a"),
      Joined(
        url: "rtsps://cam/live", control: "rtsp://cam/live/t1", uri: "rtsps://cam/live/t1"),
      Joined(
        url: "rtsp://cam/live", control: "rtsps://cam:322/live/t1", uri: "rtsp://cam/live/t1"),
      Joined(base: "192.168.0.9/inner", control: "t1", uri: "rtsp://cam:8554/inner/t1"),
      Joined(base: "192.168.0.9:554/inner/", control: "t1", uri: "rtsp://cam:8554/inner/t1"),
      Joined(base: "/inner", control: "t1", uri: "rtsp://cam:8554/inner/t1"),
      Joined(base: "rtsp://10.1.1.1:99/inner", control: "t1", uri: "rtsp://cam:8554/inner/t1"),
      Joined(base: "", control: "t1", uri: "rtsp://cam:8554/live/t1"),
      Joined(base: "nonsense", control: "t1", uri: "rtsp://cam:8554/live/t1"),
      Joined(url: "rtsp://cam", control: "t1", uri: "rtsp://cam/t1"),
      Joined(url: "rtsp://cam/", control: "t1", uri: "rtsp://cam/t1"),
    ])
  func joins(_ joined: Joined) throws {
    let url = try RTSPURL(joined.url)
    let base = url.base(contentBase: joined.base, contentLocation: nil)
    #expect(url.control(joined.control, base: base) == joined.uri)
  }

  @Test("Content-Location counts where there is no Content-Base")
  func contentLocation() throws {
    let url = try RTSPURL("rtsp://cam/live")
    #expect(url.base(contentBase: nil, contentLocation: "rtsp://cam/b") == "rtsp://cam/b")
    #expect(
      url.base(contentBase: "rtsp://cam/a", contentLocation: "rtsp://cam/b") == "rtsp://cam/a")
  }

  @Test("A redirection keeps the account and never leaves TLS")
  func redirection() throws {
    let url = try RTSPURL("rtsp://u:p@cam/live")
    #expect(try url.redirected(to: "rtsp://other:99/x").requestURI == "rtsp://other:99/x")
    #expect(try url.redirected(to: "rtsp://other/x").password == "p")
    #expect(try url.redirected(to: "/x").requestURI == "rtsp://cam/x")
    #expect(try url.redirected(to: "rtsps://cam/x").scheme == .rtsps)
    let secure = try RTSPURL("rtsps://cam/live")
    #expect(throws: RTSPURLError.unsupportedScheme("rtsp")) {
      try secure.redirected(to: "rtsp://cam/live")
    }
  }

  @Test("Neither description nor dump shows account or query")
  func description() throws {
    let url = try RTSPURL("rtsp://user:secret@cam/live?token=secret")
    #expect(url.description == "rtsp://cam/live?***")
    var text = ""
    dump(url, to: &text)
    #expect(!text.contains("secret"))
  }
}
