import MediaRTMP
import Testing

@Suite struct AuthenticationTests {
  private let naming = "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : "
  /// As Adobe Media Server and Wowza write it.
  private let challenge = """
    [ AccessManager.Reject ] : [ authmod=adobe ] : \
    ?reason=needauth&user=test&salt=alhJEA==&challenge=Pre+jg==&opaque=oPq+1w==
    """

  private func answer(
    _ authentication: inout RTMPAuthentication, _ words: String, app: String = "live"
  ) -> RTMPAuthentication.Step {
    authentication.answer(words, app: app, nonce: "0123abcd", md5: md5)
  }

  /// The responses were computed with Python's hashlib.
  @Test func adobeTakesThreeConnections() {
    var authentication = RTMPAuthentication(user: "test", password: "secret/word")
    #expect(authentication.query == nil)
    #expect(answer(&authentication, naming) == .reconnect)
    #expect(authentication.query == "authmod=adobe&user=test")
    #expect(answer(&authentication, challenge) == .reconnect)
    #expect(
      authentication.query
        == "authmod=adobe&user=test&challenge=0123abcd&response=4Lp/lH5fSzVHCblyW3vJhQ=="
        + "&opaque=oPq+1w==")
    let failed = "[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=authfailed&opaque=x"
    #expect(answer(&authentication, failed) == .refused(.credentialsWrong))
  }

  @Test func adobeWithoutOpaqueHashesTheChallenge() {
    var authentication = RTMPAuthentication(user: "test", password: "secret/word")
    let words = "[ authmod=adobe ] : ?reason=needauth&salt=alhJEA==&challenge=NjA4NDEzNzg0"
    // A server may give the challenge at once.
    #expect(answer(&authentication, words) == .reconnect)
    #expect(
      authentication.query
        == "authmod=adobe&user=test&challenge=0123abcd&response=dRb5q8iRWv9LG6YFaANwQg==")
  }

  @Test(arguments: [
    ("live", "63a4521a795cecff85a953367dfee994"),
    ("live?x=1", "63a4521a795cecff85a953367dfee994"),
    ("live/inst", "c2a6cb8505bccbb590bd3bcfb667c2de"),
  ])
  func limelightIsLikeDigest(app: String, response: String) {
    var authentication = RTMPAuthentication(user: "test", password: "secret/word")
    let naming = "[ AccessManager.Reject ] : [ code=403 need auth; authmod=llnw ]"
    #expect(answer(&authentication, naming, app: app) == .reconnect)
    #expect(authentication.query == "authmod=llnw&user=test")
    let challenge = "[ authmod=llnw ] : ?reason=needauth&user=test&nonce=n0nce"
    #expect(answer(&authentication, challenge, app: app) == .reconnect)
    #expect(
      authentication.query
        == "authmod=llnw&user=test&nonce=n0nce&cnonce=0123abcd&nc=00000001&response=\(response)")
  }

  @Test func theUserIsEncodedWhereItWouldEndTheQuery() {
    var authentication = RTMPAuthentication(user: "a&b c@d", password: "p")
    #expect(answer(&authentication, naming) == .reconnect)
    #expect(authentication.query == "authmod=adobe&user=a%26b%20c@d")
  }

  @Test func givesUpAfterOneRound() {
    var authentication = RTMPAuthentication(user: "test", password: "word")
    #expect(answer(&authentication, naming) == .reconnect)
    // HaishinKit 171: the same words again.
    #expect(answer(&authentication, naming) == .refused(.repeated))
    var second = RTMPAuthentication(user: "test", password: "word")
    #expect(answer(&second, challenge) == .reconnect)
    #expect(answer(&second, challenge) == .refused(.credentialsWrong))
  }

  @Test func refusals() {
    var nobody = RTMPAuthentication(user: nil, password: nil)
    #expect(answer(&nobody, naming) == .refused(.credentialsMissing))
    #expect(answer(&nobody, "Already publishing") == .notAsked)
    var user = RTMPAuthentication(user: "test", password: "word")
    #expect(answer(&user, "[ authmod=basic ]") == .refused(.unknownScheme))
    #expect(answer(&user, "[ authmod=adobe ] : ?reason=nosuchuser") == .refused(.credentialsWrong))
    #expect(answer(&user, "[ authmod=adobe ] : ?reason=needauth") == .refused(.noChallenge))
    #expect(answer(&user, "[ authmod=llnw ] : ?reason=needauth") == .refused(.noChallenge))
    for words in ["", "authmod=", "authmod", "?", "authmod=adobe ] : ?reason"] {
      _ = answer(&user, words)
    }
  }

  @Test func showsNoPassword() {
    var authentication = RTMPAuthentication(user: "us3r", password: "passw0rd")
    _ = answer(&authentication, challenge)
    var dumped = ""
    dump(authentication, to: &dumped)
    for text in [dumped, "\(authentication)", String(reflecting: authentication)] {
      for secret in ["us3r", "passw0rd", "response"] { #expect(!text.contains(secret)) }
    }
  }
}
