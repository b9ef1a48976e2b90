// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation
package import Testing

/// Two network namespaces joined by a veth pair, with routes for groups, which end with their object.
///
/// Nothing but the two sees what passes between them.
package final class NetworkPair {
  /// One of the two.
  package struct Side: Sendable {
    /// Its address.
    package var address: String
    /// What a program is started by so that it lives there.
    package var wrapper: [String]
    fileprivate var process: RunningProcess
    fileprivate var interface: String
  }

  package let first: Side
  package let second: Side

  package init() throws {
    let sides = try (1...2).map { number in
      let process = try ProcessRunner.start("unshare", ["-n", "sleep", "600"])
      return Side(
        address: "10.77.0.\(number)", wrapper: ["nsenter", "-t", "\(process.pid)", "-n"],
        process: process, interface: "veth\(number)")
    }
    (first, second) = (sides[0], sides[1])
    // The namespace is there a moment after the process.
    var outcome = try Self.join(first, second)
    for _ in 0..<200 where outcome.ending != .exit(0) {
      usleep(10_000)
      outcome = try Self.join(first, second)
    }
    guard outcome.ending == .exit(0) else {
      throw StartFailure(program: "ip", reason: outcome.errors)
    }
    for side in sides {
      let steps = [
        "addr add \(side.address)/24 dev \(side.interface)", "link set \(side.interface) up",
        "link set lo up", "route add 224.0.0.0/4 dev \(side.interface)",
      ]
      for step in steps {
        let words =
          Array(side.wrapper.dropFirst()) + ["ip"] + step.split(separator: " ").map(String.init)
        let outcome = try ProcessRunner.run(side.wrapper[0], words)
        guard outcome.ending == .exit(0) else {
          throw StartFailure(program: "ip \(step)", reason: outcome.errors)
        }
      }
    }
  }

  deinit {
    first.process.stop()
    second.process.stop()
  }

  private static func join(_ first: Side, _ second: Side) throws -> Outcome {
    // Before `unshare` has done its work, the namespace would be ours.
    guard try own() != namespace(first), try own() != namespace(second) else {
      return try ProcessRunner.run("false", [])
    }
    let words = [
      "link", "add", first.interface, "netns", "\(first.process.pid)", "type", "veth", "peer",
      "name", second.interface, "netns", "\(second.process.pid)",
    ]
    return try ProcessRunner.run("ip", words)
  }

  private static func own() throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/net")
  }

  private static func namespace(_ side: Side) throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(side.process.pid)/ns/net")
  }
}

extension Trait where Self == ConditionTrait {
  /// Skips, saying why, where a network namespace may not be made, `MEDIATOOL_REQUIRE_PEERS=1` or not:
  /// containers forbid it.
  package static var networkNamespaces: Self {
    let outcome = try? ProcessRunner.run("unshare", ["-n", "ip", "link"])
    return .enabled(
      if: outcome?.ending == .exit(0),
      Comment(rawValue: "network namespaces: \(outcome?.errors ?? "needs unshare and ip")"))
  }
}
#endif
