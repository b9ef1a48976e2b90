import MediaFLV
import MediaModel
import MediaRTMP
import TestSupport
import Testing

/// Both sides of the authentication, over as many connections as it takes.
@Suite struct AuthenticatorTests {
  private func authenticator(_ scheme: RTMPAuthentication.Scheme) -> RTMPAuthenticator {
    RTMPAuthenticator(scheme, functions: testFunctions) { $0 == "u&r me" ? "pass/w0rd" : nil }
  }

  /// Connects until the client is published or has given up; what it ended with, and the `app` of
  /// each connection.
  private func publish(
    _ authenticator: inout RTMPAuthenticator, _ account: String, cuts: Cuts,
    app: String = "live"
  ) throws -> (failure: RTMPClientFailure?, apps: [String]) {
    var options = try testOptions(.publish(), "rtmp://\(account)host/\(app)/\(testKey)")
    var apps: [String] = []
    while apps.count < 5 {
      var joined = Joined(options)
      var judge = authenticator
      try joined.run(cuts: cuts) { client, event, now in
        if case .phase(.running, _) = event { client.finish(at: now) }
      } onServer: { (server, event) throws(RTMPServerFailure) in
        switch event {
        case .connect(let request):
          apps.append(request.app)
          if let status = judge.judge(app: request.app) {
            try server.reject(status)
          } else {
            try server.accept()
          }
        case .stream: try server.accept()
        default: break
        }
      }
      authenticator = judge
      let next = joined.clientEvents.compactMap {
        if case .authenticate(let next) = $0 { next } else { nil }
      }.first
      let shown = "\(joined.clientEvents) \(joined.serverEvents)"
      for secret in ["w0rd", "response=", testKey] { #expect(!shown.contains(secret)) }
      guard let next else { return (joined.clientFailure, apps) }
      options.authentication = next
    }
    return (nil, apps)
  }

  @Test(arguments: [RTMPAuthentication.Scheme.adobe, .limelight], Cuts.allCases)
  func acceptsWhoKnowsThePassword(_ scheme: RTMPAuthentication.Scheme, cuts: Cuts) throws {
    for app in ["live", "live/instance", "live?a=b"] {
      var authenticator = authenticator(scheme)
      let (failure, apps) = try publish(
        &authenticator, "u%26r%20me:pass%2Fw0rd@", cuts: cuts, app: app)
      #expect(failure == nil && apps.count == 3 && apps[0] == app)
      // An answer is good for once.
      #expect(authenticator.judge(app: apps[2])?.kind == .unauthorized)
    }
  }

  @Test(
    arguments: [RTMPAuthentication.Scheme.adobe, .limelight], ["u%26r%20me:wrong@", "me:pass@"])
  func refusesWhoDoesNot(_ scheme: RTMPAuthentication.Scheme, account: String) throws {
    var authenticator = authenticator(scheme)
    let (failure, apps) = try publish(&authenticator, account, cuts: .random)
    #expect(apps.count == 3)
    guard case .unauthorized(.credentialsWrong, _) = failure?.reason else {
      Issue.record("\(String(describing: failure))")
      return
    }
  }

  @Test func refusesWhoSaysNothing() throws {
    var authenticator = authenticator(.adobe)
    let (failure, apps) = try publish(&authenticator, "", cuts: .whole)
    #expect(apps.count == 1)
    guard case .unauthorized(.credentialsMissing, _) = failure?.reason else {
      Issue.record("\(String(describing: failure))")
      return
    }
    for app in ["live?authmod=adobe&user=me&response=x", "live?authmod=llnw&user=me", "?", ""] {
      #expect(authenticator.judge(app: app)?.kind == .unauthorized)
    }
  }
}
