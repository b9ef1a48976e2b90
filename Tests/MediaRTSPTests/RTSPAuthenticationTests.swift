import MediaIO
import Testing

@testable import MediaRTSP

@Suite("RTSP authentication")
struct RTSPAuthenticationTests {
  static func functions() throws -> RTSPFunctions {
    let hashes = try HashFunctions()
    return RTSPFunctions(
      randomBytes: { Array(repeating: 0xab, count: $0) }, md5: { hashes.md5($0) },
      sha256: { hashes.hash(.sha256, $0) })
  }

  // MARK: Challenges

  @Test(
    "Challenges, however they are strung together",
    arguments: [
      (["Basic realm=\"cam\""], [RTSPChallenge("Basic", ["realm": "cam"])]),
      (
        ["Digest realm=\"a, b\", nonce=\"x\\\"y\",algorithm=MD5", "Basic realm=b"],
        [
          RTSPChallenge("Digest", ["realm": "a, b", "nonce": "x\"y", "algorithm": "MD5"]),
          RTSPChallenge("Basic", ["realm": "b"]),
        ]
      ),
      (
        [
          "Digest realm=\"c\", nonce=\"1\", Digest realm=c,nonce=2 , algorithm = \"SHA-256\", Basic"
        ],
        [
          RTSPChallenge("Digest", ["realm": "c", "nonce": "1"]),
          RTSPChallenge("Digest", ["realm": "c", "nonce": "2", "algorithm": "SHA-256"]),
          RTSPChallenge("Basic"),
        ]
      ),
      (
        ["Digest realm=\"c\" nonce=\"1\" stale=FALSE,,"],
        [RTSPChallenge("Digest", ["realm": "c", "nonce": "1", "stale": "FALSE"])]
      ),
      (["Digest realm=\"open"], [RTSPChallenge("Digest", ["realm": "open"])]),
      (["realm=\"c\""], []), ([""], []), ([",="], []), ([], []),
    ])
  func challenges(_ values: [String], _ expected: [RTSPChallenge]) {
    #expect(RTSPChallenge.parse(values) == expected)
  }

  // MARK: Digest

  struct Vector: CustomTestStringConvertible {
    var parameters: [String: String]
    var response: String
    var testDescription: String { "\(parameters)" }
  }

  static func field(_ name: String, of answer: String) -> String? {
    RTSPChallenge.parse(answer).first?[name]
  }

  @Test(
    "Digest, as RFC 7616 §3.9.1 has it",
    arguments: [
      ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
      ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ])
  func rfc7616(_ algorithm: String, _ response: String) throws {
    var digest = try #require(
      RTSPDigest(
        RTSPChallenge(
          "Digest",
          [
            "realm": "http-auth@example.org", "qop": "auth, auth-int", "algorithm": algorithm,
            "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            "opaque": "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
          ])))
    let answer = digest.answer(
      .init(user: "Mufasa", password: "Circle of Life"),
      RTSPRequest(RTSPMethod("GET"), "/dir/index.html"),
      clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", try Self.functions())
    #expect(Self.field("response", of: answer) == response)
    #expect(Self.field("qop", of: answer) == "auth")
    #expect(Self.field("nc", of: answer) == "00000001")
    #expect(Self.field("algorithm", of: answer) == algorithm)
    #expect(
      Self.field("opaque", of: answer) == "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS")
  }

  @Test(
    "Digest in all its forms, against a second computation",
    arguments: [
      Vector(parameters: [:], response: "fdfb22d8b4bba05ff4ec1ca19a11727f"),
      Vector(parameters: ["algorithm": "MD5"], response: "fdfb22d8b4bba05ff4ec1ca19a11727f"),
      Vector(parameters: ["qop": "auth"], response: "0983c7bda6aabfe2a3d49d91f0b7d6c2"),
      Vector(parameters: ["algorithm": "MD5-sess"], response: "ab20358074f32701656313d23e8f6e7d"),
      Vector(
        parameters: ["algorithm": "md5-sess", "qop": "auth"],
        response: "5a10ca4c73045883abe5d33a453f8deb"),
      Vector(
        parameters: ["algorithm": "SHA-256"],
        response: "edc1c3399a6dbc25a05a9be1392ba308d8a19361c0203d86889726368166a022"),
      Vector(
        parameters: ["algorithm": "SHA-256", "qop": "auth"],
        response: "163cdceaa032b0fe5c41d36b489bd54ca277c8d1f3f857b48af839a2d9109bee"),
      Vector(
        parameters: ["algorithm": "SHA-256-sess"],
        response: "632ca2e371eca9059f7f3a5d4b35f53e930cd6bd41e6f9b39cd43b8b5695b100"),
      Vector(
        parameters: ["algorithm": "SHA-256-sess", "qop": "auth"],
        response: "62cd03acd2b9143a2effc731de0924fa2638a62e739fe216e5a4906b3d1b320e"),
    ])
  func digests(_ vector: Vector) throws {
    var parameters = vector.parameters
    (parameters["realm"], parameters["nonce"]) = ("cam", "abc")
    var digest = try #require(RTSPDigest(RTSPChallenge("digest", parameters)))
    let answer = digest.answer(
      .init(user: "admin", password: "p:w%@/1"), RTSPRequest(.describe, "rtsp://10.0.0.1/s1"),
      clientNonce: "00ff", try Self.functions())
    #expect(Self.field("response", of: answer) == vector.response)
    #expect(Self.field("algorithm", of: answer) == vector.parameters["algorithm"])
  }

  @Test("Integrity covers the body where nothing else is offered")
  func integrity() throws {
    var digest = try #require(
      RTSPDigest(RTSPChallenge("Digest", ["realm": "cam", "nonce": "abc", "qop": "auth-int"])))
    let answer = digest.answer(
      .init(user: "admin", password: "x"),
      RTSPRequest(.setParameter, "rtsp://h/", body: Array("a: b".utf8)), clientNonce: "00ff",
      try Self.functions())
    #expect(Self.field("response", of: answer) == "3f538542ab3ce8b6f14ed2ddd8ce1389")
  }

  @Test("The user is hashed where the server asks for that (RFC 7616 §3.4.4)")
  func userHash() throws {
    var digest = try #require(
      RTSPDigest(
        RTSPChallenge(
          "Digest", ["realm": "cam", "nonce": "n", "algorithm": "SHA-256", "userhash": "true"])))
    let answer = digest.answer(
      .init(user: "admin", password: "x"), RTSPRequest(.options, "*"), clientNonce: "0",
      try Self.functions())
    #expect(
      Self.field("username", of: answer)
        == "16e84a055d68efdab9ebfdf98621c95dcdc0892ccb6e32bfb5131a5a55fdee58")
    #expect(Self.field("userhash", of: answer) == "true")
  }

  @Test("Each request counts the uses of a nonce, and quotes are escaped")
  func count() throws {
    var digest = try #require(
      RTSPDigest(RTSPChallenge("Digest", ["realm": "a\"b", "nonce": "n", "qop": "auth"])))
    let functions = try Self.functions()
    for count in ["00000001", "00000002", "00000003"] {
      let answer = digest.answer(
        .init(user: "u\\v", password: "x"), RTSPRequest(.options, "*"), clientNonce: "0", functions)
      #expect(Self.field("nc", of: answer) == count)
      #expect(Self.field("realm", of: answer) == "a\"b")
      #expect(Self.field("username", of: answer) == "u\\v")
    }
  }

  // MARK: The order of things

  private func authentication(_ user: String? = "admin") throws -> RTSPAuthentication {
    RTSPAuthentication(user: user, password: "secret", functions: try Self.functions())
  }

  private let md5 = RTSPChallenge("Digest", ["realm": "c", "nonce": "1"])
  private let sha = RTSPChallenge("Digest", ["realm": "c", "nonce": "1", "algorithm": "SHA-256"])
  private let basic = RTSPChallenge("Basic", ["realm": "c"])
  private let request = RTSPRequest(.describe, "rtsp://cam/")

  @Test("Nothing is said before a server asks")
  func silent() throws {
    var authentication = try authentication()
    #expect(authentication.authorization(request) == nil)
  }

  @Test("The strongest way comes first, and the next where it is rejected")
  func order() throws {
    var authentication = try authentication()
    #expect(authentication.take([basic, md5, sha], wasAnswered: false) == .retry)
    #expect(authentication.description == "Digest sha-256")
    #expect(authentication.take([basic, md5, sha], wasAnswered: true) == .retry)
    #expect(authentication.description == "Digest md5")
    #expect(authentication.take([basic, md5, sha], wasAnswered: true) == .retry)
    #expect(authentication.isBasic)
    #expect(authentication.authorization(request) == "Basic YWRtaW46c2VjcmV0")
    #expect(
      authentication.take([basic, md5, sha], wasAnswered: true) == .refused(.credentialsWrong))
  }

  @Test("A wrong password is tried once where one way is offered")
  func wrong() throws {
    var authentication = try authentication()
    #expect(authentication.take([md5], wasAnswered: false) == .retry)
    #expect(authentication.take([md5], wasAnswered: true) == .refused(.credentialsWrong))
  }

  @Test("A nonce that ran out is answered anew, but not for ever")
  func stale() throws {
    var authentication = try authentication()
    let stale = RTSPChallenge("Digest", ["realm": "c", "nonce": "2", "stale": "TRUE"])
    #expect(authentication.take([md5], wasAnswered: false) == .retry)
    #expect(authentication.take([stale], wasAnswered: true) == .retry)
    #expect(authentication.authorization(request)?.contains("nonce=\"2\"") == true)
    #expect(authentication.take([stale], wasAnswered: true) == .retry)
    #expect(authentication.take([stale], wasAnswered: true) == .refused(.credentialsWrong))
  }

  @Test("A way that was accepted before is tried with a new nonce, without a word of stale")
  func newNonce() throws {
    var authentication = try authentication()
    #expect(authentication.take([md5], wasAnswered: false) == .retry)
    authentication.succeeded()
    #expect(authentication.take([md5], wasAnswered: true) == .retry)
    #expect(authentication.take([md5], wasAnswered: true) == .refused(.credentialsWrong))
  }

  @Test("What cannot be answered")
  func refusals() throws {
    var authentication = try authentication()
    #expect(authentication.take([], wasAnswered: false) == .refused(.noChallenge))
    let unknown = [
      RTSPChallenge("Bearer"), RTSPChallenge("Digest", ["realm": "no nonce"]),
      RTSPChallenge("Digest", ["nonce": "1", "algorithm": "SHA-512-256"]),
      RTSPChallenge("Digest", ["nonce": "1", "qop": "other"]),
    ]
    #expect(authentication.take(unknown, wasAnswered: false) == .refused(.unknownScheme))
    #expect(authentication.take(unknown + [md5], wasAnswered: false) == .retry)
    var nobody = try self.authentication(nil)
    #expect(nobody.take([md5], wasAnswered: false) == .refused(.credentialsMissing))
  }

  @Test("No dump shows the password")
  func secret() throws {
    var authentication = try authentication()
    _ = authentication.take([md5], wasAnswered: false)
    var text = ""
    dump(authentication, to: &text)
    #expect(!text.contains("secret"))
  }
}
