import Testing

@testable import MediaCommands

/// URLs: where they lead, and what in them is secret.
@Suite struct MediaURLTests {
  struct Vector: CustomTestStringConvertible {
    var url: String
    var host: String?
    var port: UInt16
    var masked: String
    var secrets: [String] = []
    var testDescription: String { url }
  }

  static let vectors = [
    Vector(
      url: "http://example.org/a.mp4", host: "example.org", port: 80,
      masked: "http://example.org/a.mp4"),
    Vector(
      url: "HTTPS://user:pa%40ss@host:8443/x?token=abc&v=1", host: "host", port: 8443,
      masked: "https://user:***@host:8443/x?token=***&v=1", secrets: ["pa%40ss", "abc"]),
    Vector(
      url: "rtsp://admin:p@ss@10.0.0.1/stream", host: "10.0.0.1", port: 554,
      masked: "rtsp://admin:***@10.0.0.1/stream", secrets: ["p@ss"]),
    Vector(
      url: "rtsp://admin:pa/ss@10.0.0.1:8554/stream", host: "10.0.0.1", port: 8554,
      masked: "rtsp://admin:***@10.0.0.1:8554/stream", secrets: ["pa/ss"]),
    Vector(
      url: "rtmp://host/live/stream-key", host: "host", port: 1935, masked: "rtmp://host/live/***",
      secrets: ["stream-key"]),
    Vector(url: "rtmp://host/live", host: "host", port: 1935, masked: "rtmp://host/live"),
    Vector(
      url: "rtmps://host/app/key?sig=1&x=2", host: "host", port: 443,
      masked: "rtmps://host/app/***?sig=***&x=***", secrets: ["key", "1", "2"]),
    Vector(
      url: "http://[::1]:8080/a?b=c", host: "::1", port: 8080, masked: "http://[::1]:8080/a?b=c"),
    Vector(
      url: "udp://@239.0.0.1:1234", host: "239.0.0.1", port: 1234, masked: "udp://@239.0.0.1:1234"),
    Vector(
      url: "http://host/a@b?mail=a@b", host: "host", port: 80, masked: "http://host/a@b?mail=a@b"),
    Vector(
      url: "http://user@host/", host: "host", port: 80, masked: "http://user@host/"),
    // An accent behind a delimiter makes one Character with it.
    Vector(
      url: "rtmp://\u{301}me:\u{301}pass@host/live/\u{301}key?\u{301}a=\u{301}value", host: "host",
      port: 1935, masked: "rtmp://\u{301}me:***@host/live/***?\u{301}a=***",
      secrets: ["\u{301}pass", "\u{301}key", "\u{301}value"]),
  ]

  @Test(arguments: vectors) func parts(_ vector: Vector) throws {
    let url = try #require(MediaURL(vector.url))
    #expect(url.host == vector.host)
    #expect(url.effectivePort == vector.port)
    #expect(url.masked == vector.masked)
    #expect(Set(url.secrets) == Set(vector.secrets))
  }

  @Test(arguments: ["", "clip.mp4", "a:b.mp4", "/a://b", "1http://x", "://x", "-://", "a b://c"])
  func paths(_ text: String) { #expect(MediaURL(text) == nil) }

  @Test(arguments: ["http://host:/a", "http://[::1]:/a", "http://host:x/a", "http://host:65536"])
  func portsThatAreNone(_ text: String) throws { #expect(try #require(MediaURL(text)).hasBadPort) }

  @Test(arguments: ["http://host/a", "http://[::1]/a", "http://user@host", "http://[::1]:1/a"])
  func portsThatAreLeftOut(_ text: String) throws {
    #expect(try !#require(MediaURL(text)).hasBadPort)
  }

  @Test(arguments: vectors) func nothingSecretIsLeft(_ vector: Vector) throws {
    var redactor = Redactor()
    redactor.learn(urlsIn: vector.url)
    let said = redactor.redact(
      "cannot open '\(vector.url)' (\(vector.secrets.joined(separator: "|")))")
    for secret in vector.secrets where secret.count > 3 {
      #expect(!said.utf8.contains(secret.utf8), "\(said)")
    }
  }

  @Test func decodedSecretsAreKnownToo() throws {
    var redactor = Redactor()
    redactor.learn(secret: "pa%40ss")
    #expect(redactor.redact("login pa@ss or pa%40ss") == "login *** or ***")
    #expect(Redactor.percentDecoded("%zz%4") == "%zz%4")
  }
}

@Suite struct TrackSelectionTests {
  private static let kinds = ["video", "audio", "audio", "subtitle", "data"]

  @Test(
    arguments: [
      ("v", [0]), ("a", [1, 2]), ("a:1", [2]), ("v:0,a", [0, 1, 2]), ("3", [3]), ("9", []),
      ("a:7", []),
      ("s,d", [3, 4]), ("t", []),
    ] as [(String, [Int])])
  func selects(_ text: String, _ wanted: [Int]) throws {
    #expect(try TrackSelection(parsing: text).indices(kinds: Self.kinds) == Set(wanted))
  }

  @Test(arguments: ["", "x", "v:", "v:x", "-1", "v:-1", "a,,v", "v:0:1"])
  func refuses(_ text: String) {
    #expect(throws: (any Error).self) { try TrackSelection(parsing: text) }
  }
}

@Suite struct QuantityTests {
  @Test(
    arguments: [
      (0, "0:00.00"), (20.019, "0:20.02"), (59.999, "1:00.00"), (3723.45, "1:02:03.45"),
      (-1.5, "-0:01.50"),
      (.nan, "?"), (1e300, "?"),
    ] as [(Double, String)])
  func times(_ seconds: Double, _ text: String) { #expect(Quantity.time(seconds) == text) }

  @Test(
    arguments: [
      (0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (571_234, "571 kB"),
      (1_400_000_000, "1.4 GB"),
    ] as [(Int64, String)])
  func bytes(_ count: Int64, _ text: String) { #expect(Quantity.bytes(count) == text) }

  @Test func decimals() {
    #expect(Quantity.short(29.97002997) == "29.97" && Quantity.short(25) == "25")
    #expect(Quantity.decimal(-0.0004, digits: 3) == "0.000")
    #expect(Quantity.printable("a\nb\u{1B}[31m\t") == "a\\u{a}b\\u{1b}[31m ")
  }
}
