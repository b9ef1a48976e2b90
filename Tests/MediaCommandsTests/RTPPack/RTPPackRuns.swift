import Foundation
import MediaIO
import Synchronization
import TestSupport

/// Runs `mediatool rtp-pack` to its end.
func rtpPack(_ arguments: String..., input: StandardInput = .empty) throws -> Outcome {
  try Mediatool.run(["rtp-pack"] + arguments, input: input)
}

/// The document of `mediatool rtp-pack --json`.
func packDocument(_ arguments: String...) throws -> JSONText {
  let outcome = try Mediatool.run(["rtp-pack", "--json"] + arguments)
  guard outcome.ending == .exit(0) else {
    throw PackFailure(description: "\(outcome)")
  }
  return try JSONText(outcome.stdout)
}

/// Makes a file of ffmpeg's arguments in a folder.
func encoded(_ name: String, _ arguments: String, in folder: ScratchFolder) throws -> String {
  let words = arguments.split(separator: " ").map(String.init)
  let outcome = try ProcessRunner.run(
    "ffmpeg", ["-v", "error", "-nostdin", "-y"] + words + [folder[name]])
  guard outcome.ending == .exit(0) else {
    throw PackFailure(description: "\(outcome)")
  }
  return folder[name]
}

/// Below those that the kernel gives to sockets which do not ask for one, such as senders'.
private let portsInTurn = Mutex(4 * UInt16.random(in: 2_500...8_000))

/// A port of the loopback address that is free together with the three behind it, another one each
/// time.
func freePorts() throws -> UInt16 { try boundPorts().port }

/// Such ports with their sockets: what is let go and asked for again, a process that is just being
/// forked may still hold.
func boundPorts() throws -> (port: UInt16, sockets: [UDPSocket]) {
  for _ in 0..<256 {
    let port = portsInTurn.withLock { next in
      next = next < 32_000 ? next + 4 : 10_000
      return next
    }
    let sockets = (0...3).compactMap {
      try? UDPSocket(bindingTo: .any(isIPv4: true, port: port + $0))
    }
    if sockets.count == 4 { return (port, sockets) }
  }
  throw PackFailure(description: "no four free ports in a row")
}

/// Why a test cannot begin.
struct PackFailure: Error, CustomStringConvertible {
  var description: String
}
