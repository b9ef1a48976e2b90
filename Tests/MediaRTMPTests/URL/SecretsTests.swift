import MediaRTMP
import Testing

@Suite struct SecretsTests {
  @Test func hidesWhatAServerRepeats() throws {
    let secrets = RTMPSecrets(
      try RTMPURL("rtmp://user:pa%73sword@host/app?auth=zzzz/my%2Dkey?sign=abcdef&e=12"))
    let cases = [
      ("stream my%2Dkey?sign=abcdef&e=12 exists", "stream *** exists"),
      ("stream my-key exists", "stream *** exists"),
      ("/live/my%2Dkey", "/live/***"),
      ("sign is abcdef", "sign is ***"),
      ("password password", "*** ***"),
      ("zzzz", "***"), ("e=12 of 12", "e=12 of 12"),
      ("nothing", "nothing"), ("", ""),
    ]
    for (text, shown) in cases { #expect(secrets.masked(text) == shown) }
  }

  @Test func challengesAreLeftOut() {
    let words = "[ authmod=adobe ] : ?reason=needauth&user=u&salt=s&challenge=c"
    #expect(RTMPSecrets().masked(words) == "[ authmod=adobe ] : ?reason=needauth&***")
    #expect(RTMPSecrets().masked("\"?reason=a&b=c\"}") == "\"?reason=a&***\"}")
    #expect(RTMPSecrets().masked("?reason=authfailed") == "?reason=authfailed")
  }

  @Test func shortSecretsAreWholeWords() {
    let secrets = RTMPSecrets(["a", ""])
    #expect(secrets.masked("a stream /live/a and a") == "*** stream /live/*** and ***")
    #expect(secrets.masked("stream") == "stream")
  }

  /// A mark that joins the last letter of a secret does not save it.
  @Test func comparesBytes() {
    #expect(RTMPSecrets(["secret"]).masked("secret\u{301}") == "***\u{301}")
  }

  @Test func showsNothing() {
    var dumped = ""
    dump(RTMPSecrets(["topsecret"]), to: &dumped)
    #expect(!dumped.contains("topsecret"))
    #expect(!"\(RTMPSecrets(["topsecret"]))".contains("topsecret"))
  }
}
