import Glibc
import Testing

@testable import MediaIO

/// What the network says of earlier datagrams stops no later one.
@Suite struct UDPRefusalTests {
  /// As of ICMP: nobody listens, a filter, no route further on, an unknown host.
  @Test(arguments: [
    ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENONET, EACCES, ENOPROTOOPT, EPROTO,
  ])
  func earlierDatagramsAreCounted(code: Int32) throws {
    let socket = try UDPSocket(isIPv4: true)
    var answers = [code, code, code]
    try socket.persist {
      guard let answer = answers.popLast() else { return 1 }
      errno = answer
      return -1
    }
    #expect(answers.isEmpty && socket.refusedCount == 3)
  }

  @Test(arguments: [ENETUNREACH, EMSGSIZE]) func aDatagramThatNeverGoesIsAnError(code: Int32) throws
  {
    let socket = try UDPSocket(isIPv4: true)
    let failure = #expect(throws: IOFailure.self) {
      try socket.persist {
        errno = code
        return -1
      }
    }
    #expect(failure?.code == code && failure?.call == "send")
  }
}
