import MediaIO
import Testing

private struct CodeVector {
  let key: [UInt8]
  let message: [UInt8]
  let code: String
}

/// RFC 4231 sections 4.2, 4.3, 4.4 and 4.7; the last one from Python's hmac module.
private let vectors = [
  CodeVector(
    key: Array(repeating: 0x0b, count: 20), message: Array("Hi There".utf8),
    code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
  CodeVector(
    key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
    code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
  CodeVector(
    key: Array(repeating: 0xaa, count: 20), message: Array(repeating: 0xdd, count: 50),
    code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
  CodeVector(
    key: Array(repeating: 0xaa, count: 131),
    message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
    code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
  CodeVector(
    key: [], message: [],
    code: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
]

@Suite struct HashFunctionTests {
  @Test func publishedCodes() throws {
    let functions = try HashFunctions()
    for vector in vectors {
      let code = functions.hmacSHA256(key: vector.key, message: vector.message)
      #expect(hexadecimal(code) == vector.code)
    }
  }

  @Test func plainHashes() throws {
    let functions = try HashFunctions()
    #expect(hexadecimal(functions.md5(Array("abc".utf8))) == "900150983cd24fb0d6963f7d28e17f72")
    for algorithm in MessageDigest.Algorithm.allCases {
      var digest = try MessageDigest(algorithm)
      digest.update([1, 2, 3])
      #expect(functions.hash(algorithm, [1, 2, 3]) == digest.finish())
    }
  }
}
