import MediaBytes
import TestSupport
import Testing

@Suite struct Base64Tests {
  @Test func encodesAndDecodes() {
    var random = Seeded.of("base64")
    // RFC 4648 10.
    let vectors = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]
    for (count, text) in vectors.enumerated() {
      let bytes = [UInt8]("foobar".utf8.prefix(count))
      #expect(Base64.encode(bytes) == text && Base64.decode(text) == bytes)
      #expect(Base64.decode(String(text.filter { $0 != "=" })) == bytes)
    }
    for text in ["Z", "Zm9vY", "Zg=a", "Z-", " "] { #expect(Base64.decode(text) == nil) }
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
  }
}
