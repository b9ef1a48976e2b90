import MediaRTMP
import TestSupport
import Testing

private struct Split: Sendable, CustomTestStringConvertible {
  let url: String
  let app: String
  let key: String
  let tcURL: String
  init(_ url: String, _ app: String, _ key: String, _ tcURL: String) {
    (self.url, self.app, self.key, self.tcURL) = (url, app, key, tcURL)
  }
  var testDescription: String { url }
}

/// Splits that were reported wrong of one program or another, and what FFmpeg and librtmp do.
private let reportedSplits = [
  Split("rtmp://h/live/key", "live", "key", "rtmp://h/live"),
  Split("rtmp://h:1935/live/key", "live", "key", "rtmp://h:1935/live"),
  Split("rtmps://h/live/key", "live", "key", "rtmps://h/live"),
  Split("RTMP://h/live/key", "live", "key", "rtmp://h/live"),
  // ZLMediaKit 2936: the application has an instance, the key has slashes.
  Split("rtmp://h/a/b/c/d/e/f", "a/b", "c/d/e/f", "rtmp://h/a/b"),
  // RootEncoder 1652.
  Split("rtmp://h/v2/pub/stream?token", "v2/pub", "stream?token", "rtmp://h/v2/pub"),
  // RootEncoder 1566: slashes of a query split nothing.
  Split(
    "rtmp://h/live/1?id=2&cover=http://x/y.png", "live", "1?id=2&cover=http://x/y.png",
    "rtmp://h/live"),
  // mediamtx 5765 and RootEncoder 2163: the query of an application.
  Split("rtmp://h/app1?query/stream1", "app1?query", "stream1", "rtmp://h/app1?query"),
  Split(
    "rtmp://h/stream?user=a&pass=b", "stream?user=a&pass=b", "", "rtmp://h/stream?user=a&pass=b"),
  // nginx-rtmp 8: a slash at the end.
  Split("rtmp://h/myapp/", "myapp", "", "rtmp://h/myapp"),
  Split("rtmp://h/live/key/", "live", "key", "rtmp://h/live"),
  Split("rtmp://h//live/key", "live", "key", "rtmp://h/live"),
  // nginx-rtmp 439: an empty part ends the application.
  Split("rtmp://h/vod//folder/movie.mp4", "vod", "folder/movie.mp4", "rtmp://h/vod"),
  Split("rtmp://h/a/b/c//key", "a/b/c", "key", "rtmp://h/a/b/c"),
  // QtAV 213: a prefix begins the key.
  Split("rtmp://h/vod/mp4:dir/file.mp4", "vod", "mp4:dir/file.mp4", "rtmp://h/vod"),
  Split("rtmp://h/ondemand/a/b.mp4", "ondemand", "a/b.mp4", "rtmp://h/ondemand"),
  Split("rtmp://[::1]:1936/live/key", "live", "key", "rtmp://[::1]:1936/live"),
  Split("rtmp://u:p@h/live/key", "live", "key", "rtmp://h/live"),
  Split("rtmp://h/live/%2Fkey%20", "live", "%2Fkey%20", "rtmp://h/live"),
  Split("rtmp://h/live/a@b:c", "live", "a@b:c", "rtmp://h/live"),
]

@Suite struct URLTests {
  @Test(arguments: reportedSplits) private func splits(_ split: Split) throws {
    let url = try RTMPURL(split.url)
    #expect(url.app == split.app)
    #expect(url.streamKey == split.key)
    #expect(url.tcURL == split.tcURL)
  }

  @Test func hostsAndPorts() throws {
    let address = try RTMPURL("rtmp://[fe80::1%25eth0]:19350/live/key")
    #expect(address.host == "fe80::1%eth0" && address.port == 19350)
    #expect(try RTMPURL("rtmp://h:/live/key").port == 1935)
    #expect(try RTMPURL("rtmps://h/live/key").port == 443)
    #expect(try RTMPURL("rtmps://h:1935/live/key").scheme == .rtmps)
  }

  @Test func userAndPasswordAreDecodedOnce() throws {
    let url = try RTMPURL("rtmp://us%40er:p%25%34%31ss@w@h/live/key")
    #expect(url.user == "us@er")
    #expect(url.password == "p%41ss@w")
    #expect(url.host == "h")
    let userOnly = try RTMPURL("rtmp://user@h/live/key")
    #expect(userOnly.user == "user" && userOnly.password == nil)
  }

  @Test func overridesTakeTheirPart() throws {
    func url(_ text: String, app: String? = nil, key: String? = nil, tc: String? = nil) throws
      -> RTMPURL
    {
      try RTMPURL(text, overrides: RTMPURLOverrides(app: app, streamKey: key, tcURL: tc))
    }
    #expect(try url("rtmp://h/a/b/c", key: "k").app == "a/b/c")
    #expect(try url("rtmp://h/a?q=1/2", key: "k").app == "a?q=1/2")
    #expect(try url("rtmp://h", key: "k?u=1").tcURL == "rtmp://h")
    #expect(try url("rtmp://h/a/b/c", app: "a/b").streamKey == "c")
    #expect(try url("rtmp://h/x/y?q", app: "a").streamKey == "x/y?q")
    #expect(try url("rtmp://h/ab/c", app: "a").streamKey == "ab/c")
    let both = try url("rtmp://h/x", app: "a", key: "k", tc: "rtmp://other/a")
    #expect(both.app == "a" && both.streamKey == "k" && both.tcURL == "rtmp://other/a")
    #expect(both.host == "h")
  }

  @Test(arguments: [
    ("rtmpt://h/a/k", RTMPURLError.unsupportedScheme("rtmpt")),
    ("rtmpe://h/a/k", .unsupportedScheme("rtmpe")),
    ("http://h/a/k", .unsupportedScheme("http")),
    ("h/live/key", .noScheme), ("://h/a/k", .noScheme), ("", .noScheme),
    ("rtmp:///live/key", .invalidHost), ("rtmp://u:p@/live/key", .invalidHost),
    ("rtmp://[::1/live/key", .invalidHost), ("rtmp://[h]/live/key", .invalidHost),
    ("rtmp://[::1]x/live/key", .invalidHost),
    ("rtmp://h:0/a/k", .invalidPort), ("rtmp://h:65536/a/k", .invalidPort),
    ("rtmp://h:+1/a/k", .invalidPort), ("rtmp://h:1x/a/k", .invalidPort),
    ("rtmp://h", .noPath), ("rtmp://h/", .noPath), ("rtmp://h//", .noPath),
    ("rtmp://h/a/k live=1", .invalidCharacter), ("rtmp://h/a/k\n", .invalidCharacter),
  ])
  func refuses(text: String, error: RTMPURLError) {
    #expect(throws: error) { try RTMPURL(text) }
    #expect(!error.description.isEmpty)
  }

  @Test func reconnectsWhereTheServerSays() throws {
    let url = try RTMPURL("rtmp://u:p@h:1936/app/inst/key?t=1")
    func next(_ reference: String?) throws -> String {
      let next = try url.reconnecting(to: reference)
      #expect(next.streamKey == "key?t=1" && next.user == "u")
      return "\(next.tcURL) \(next.host) \(next.port)"
    }
    #expect(try next(nil) == "rtmp://h:1936/app/inst h 1936")
    #expect(try next("rtmp://foo:1935/real/app/x") == "rtmp://foo:1935/real/app/x foo 1935")
    #expect(try next("//192.0.2.0/realtimeapp") == "rtmp://192.0.2.0/realtimeapp 192.0.2.0 1935")
    #expect(try next("/realtimeapp") == "rtmp://h:1936/realtimeapp h 1936")
    #expect(try next("other") == "rtmp://h:1936/app/other h 1936")
    #expect(throws: RTMPURLError.unsupportedScheme("http")) { try url.reconnecting(to: "http://x") }
  }

  @Test(arguments: [
    "rtmp://us3r:passw0rd@host/live/streamk3y?token=s3cret",
    "rtmp://us3r:passw0rd@host/live/inst/streamk3y?token=s3cret",
    "rtmp://us3r:passw0rd@host/live?token=s3cret/streamk3y",
    "rtmp://us3r:passw0rd@host/live?\u{301}token=s3cret/streamk3y",
  ])
  func descriptionsHideSecrets(text: String) throws {
    let url = try RTMPURL(text)
    var dumped = ""
    dump([url], to: &dumped)
    for shown in [url.description, String(reflecting: url), String(describing: [url]), dumped] {
      #expect(shown.contains("rtmp://host/live"))
      for secret in ["passw0rd", "streamk3y", "s3cret"] { #expect(!shown.contains(secret)) }
    }
    #expect(try RTMPURL("rtmp://host/app/key").description == "rtmp://host/app/***")
    #expect(try RTMPURL("rtmp://host/app").description == "rtmp://host/app")
  }

  @Test func anyTextIsReadOrRefused() {
    var random = Seeded.of("RTMP URLs")
    let parts = ["rtmp", "s", "://", "/", "//", "?", "@", ":", "[", "]", "%4", "a", "é", "\u{301}"]
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        parts.randomElement(using: &random) ?? ""
      }.joined()
      guard let url = try? RTMPURL("rtmp://h/" + text) else { continue }
      #expect(!url.description.isEmpty)
      _ = try? url.reconnecting(to: text)
      _ = RTMPSecrets(url).masked(text)
    }
  }
}
