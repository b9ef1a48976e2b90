import MediaCapture
import Testing

struct LinkTypeTests {
  @Test func numbersAreThoseOfTheRegistry() {
    #expect(LinkType.ethernet.rawValue == 1 && LinkType.linuxSLL2.rawValue == 276)
  }
}
