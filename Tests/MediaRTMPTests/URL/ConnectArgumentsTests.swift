import MediaFLV
import MediaRTMP
import Testing

@Suite struct ConnectArgumentsTests {
  @Test func readsTheWordsOfRtmpdump() throws {
    let arguments = try RTMPConnectArguments([
      "B:1", "S:a:b", "N:12.5", "Z:", "O:1", "NS:name:some:text", "NB:flag:0", "NO:inner:1",
      "NN:n:-3", "O:0", "NZ:none:", "O:0", "S:",
    ])
    let inner = AMFObject([AMFProperty("n", .number(-3))])
    let object = AMFObject([
      AMFProperty("name", .string("some:text")), AMFProperty("flag", .boolean(false)),
      AMFProperty("inner", .object(inner)), AMFProperty("none", .null),
    ])
    #expect(
      arguments.values == [
        .boolean(true), .string("a:b"), .number(12.5), .null, .object(object), .string(""),
      ])
    #expect(try RTMPConnectArguments([]).values.isEmpty)
  }

  @Test(arguments: [
    (["X:1"], RTMPConnectArguments.Fault.unknownType("X")),
    (["S"], .unknownType("S")), ([":"], .unknownType("")), (["XS:a:b"], .unknownType("XS")),
    (["B:2"], .badValue("B")), (["N:one"], .badValue("N")), (["O:2"], .badValue("O")),
    (["NS:name:text"], .badName("NS")), (["O:1", "S:text", "O:0"], .badName("S")),
    (["O:1", "NS:text", "O:0"], .badName("NS")),
    (["O:1"], .unbalancedObjects), (["O:0"], .unbalancedObjects),
    (["O:1"] + (0..<20).map { "NO:\($0):1" }, .unbalancedObjects),
  ])
  func refuses(texts: [String], fault: RTMPConnectArguments.Fault) {
    #expect(throws: fault) { try RTMPConnectArguments(texts) }
    #expect(!fault.description.isEmpty)
  }
}
