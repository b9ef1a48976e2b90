import MediaFLV
import MediaRTMP
import Testing

/// Servers that want to know who publishes.
@Suite struct AuthenticationQuirkTests {
  /// Rejects until `app` has a response; the words are those of Adobe's and Limelight's servers.
  private func server(_ scheme: String, accepts: Bool = true) -> FakeServer {
    FakeServer { call in
      guard call.name == .connect else { return nil }
      let app = call.command.values.first?["app"]?.text ?? ""
      let tcURL = call.command.values.first?["tcUrl"]?.text ?? ""
      let reject = "[ AccessManager.Reject ] : [ "
      guard tcURL.hasSuffix(app), let mark = app.firstIndex(of: "?") else {
        return [
          .error(
            call.id, "NetConnection.Connect.Rejected",
            reject + "code=403 need auth; authmod=\(scheme) ] : "), .close,
        ]
      }
      let query = app[mark...]
      if query.contains("response=") {
        return accepts
          ? nil
          : [
            .error(
              call.id, "NetConnection.Connect.Rejected",
              reject + "authmod=\(scheme) ] : ?reason=authfailed&opaque=x"), .close,
          ]
      }
      return [
        .error(
          call.id, "NetConnection.Connect.Rejected",
          reject + "authmod=\(scheme) ] : ?reason=needauth&user=u5er&salt=c2FsdA==&challenge=Y2g="
            + "&opaque=b3A=&nonce=n0nce"), .command(RTMPCommand(.close)), .close,
      ]
    }
  }

  /// Connects as often as the server asks for it.
  private func connect(_ server: FakeServer, _ url: String) throws -> [Outcome] {
    var options = try testOptions(.publish(), url)
    var outcomes: [Outcome] = []
    while outcomes.count < 10 {
      let outcome = try converseInAllCuts(options, server)
      outcomes.append(outcome)
      let next = outcome.events.compactMap {
        if case .authenticate(let it) = $0 { it } else { nil }
      }.first
      guard let next else { break }
      #expect(outcome.failure == nil && outcome.phases.last == .finished)
      options.authentication = next
      let shown = "\(outcome.events)"
      for secret in ["passw0rd", "response="] { #expect(!shown.contains(secret)) }
    }
    return outcomes
  }

  @Test(arguments: ["adobe", "llnw"]) func takesThreeConnections(scheme: String) throws {
    let outcomes = try connect(server(scheme), "rtmp://u5er:passw0rd@host/live/\(testKey)")
    #expect(outcomes.count == 3)
    #expect(outcomes.last?.failure == nil && outcomes.last?.phases.contains(.running) == true)
    let apps = outcomes.compactMap { $0.commands.first?.values.first?["app"]?.text }
    #expect(apps[0] == "live" && apps[1] == "live?authmod=\(scheme)&user=u5er")
    #expect(apps[2].hasPrefix("live?authmod=\(scheme)&user=u5er&"))
  }

  @Test func givesUpAfterARound() throws {
    let outcomes = try connect(
      server("adobe", accepts: false), "rtmp://u5er:passw0rd@host/live/\(testKey)")
    #expect(outcomes.count == 3)
    guard case .unauthorized(.credentialsWrong, _) = outcomes.last?.failure?.reason else {
      Issue.record("\(String(describing: outcomes.last?.failure))")
      return
    }
    #expect(outcomes.last?.failure?.description.contains("authfailed") == true)
  }

  @Test func wantsCredentialsThatThereAreNot() throws {
    let outcomes = try connect(server("adobe"), "rtmp://host/live/\(testKey)")
    #expect(outcomes.count == 1)
    guard case .unauthorized(.credentialsMissing, _) = outcomes.first?.failure?.reason else {
      Issue.record("\(String(describing: outcomes.first?.failure))")
      return
    }
  }

  /// RootEncoder 2164: the application has a query of its own.
  @Test func goesBehindAQueryOfTheApplication() throws {
    let outcomes = try connect(server("adobe"), "rtmp://u5er:passw0rd@host/live?a=b/\(testKey)")
    let apps = outcomes.compactMap { $0.commands.first?.values.first?["app"]?.text }
    // Its server takes any query for an answer without a user, and asks for one.
    #expect(apps.first == "live?a=b" && apps.last?.hasPrefix("live?a=b&authmod=adobe") == true)
  }
}
