import MediaBytes
import MediaRTP
import Testing

@Suite struct SDPSourceFilterTests {
  @Test(arguments: [
    " incl IN IP4 239.255.1.1 192.0.2.10", "excl IN IP6 * ff0e::1 2001:db8::1",
    "incl IN * dest.example a.example b.example",
  ]) func readsAndWrites(_ value: String) throws {
    let filter = try #require(SDPSourceFilter(parsing: value))
    #expect(filter.description == value.drop { $0 == " " })
    #expect(filter.isInclusive == value.contains("incl"))
  }

  @Test(arguments: ["", "incl", "incl IN IP4 239.1.1.1", "some IN IP4 * 192.0.2.1"])
  func whatIsNone(_ value: String) { #expect(SDPSourceFilter(parsing: value) == nil) }

  @Test func thoseOfTheMediaStandForTheSessions() throws {
    let text = [
      "v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "t=0 0",
      "a=source-filter:incl IN IP4 * 192.0.2.1", "m=video 0 RTP/AVP 96", "m=audio 0 RTP/AVP 97",
      "a=source-filter:incl IN IP4 * 192.0.2.2", "",
    ].joined(separator: "\r\n")
    let bytes = Array(text.utf8)
    var reader = ByteReader(bytes.span)
    let session = try SDPSession(parsing: &reader)
    #expect(
      session.media.map { session.sourceFilters(of: $0).flatMap(\.sources) }
        == [["192.0.2.1"], ["192.0.2.2"]])
  }
}
