import CSystem
import Foundation
import TestSupport
import Testing

@testable import MediaIO

private struct DigestVector: CustomTestStringConvertible {
  let algorithm: MessageDigest.Algorithm
  let message: String
  let hash: String
  var testDescription: String { "\(algorithm) of \(message.count) characters" }
}

/// RFC 1321 A.5; FIPS 180 examples as NIST publishes them.
private let vectors = [
  DigestVector(algorithm: .md5, message: "", hash: "d41d8cd98f00b204e9800998ecf8427e"),
  DigestVector(algorithm: .md5, message: "a", hash: "0cc175b9c0f1b6a831c399e269772661"),
  DigestVector(algorithm: .md5, message: "abc", hash: "900150983cd24fb0d6963f7d28e17f72"),
  DigestVector(
    algorithm: .md5, message: "message digest", hash: "f96b697d7cb7938d525a2f31aaf161d0"),
  DigestVector(
    algorithm: .md5, message: "abcdefghijklmnopqrstuvwxyz",
    hash: "c3fcd3d76192e4007dfb496cca67e13b"),
  DigestVector(
    algorithm: .md5, message: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    hash: "d174ab98d277d9f5a5611c2c9f419d9f"),
  DigestVector(
    algorithm: .md5, message: String(repeating: "1234567890", count: 8),
    hash: "57edf4a22be3c955ac49da2e2107b67a"),
  DigestVector(
    algorithm: .sha1, message: "abc", hash: "a9993e364706816aba3e25717850c26c9cd0d89d"),
  DigestVector(
    algorithm: .sha256, message: "abc",
    hash: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  DigestVector(
    algorithm: .sha256, message: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    hash: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
  DigestVector(
    algorithm: .sha512, message: "abc",
    hash: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"),
]

@Suite struct MessageDigestTests {
  @Test(arguments: vectors) private func publishedVector(_ vector: DigestVector) throws {
    var digest = try MessageDigest(vector.algorithm)
    digest.update(Array(vector.message.utf8))
    #expect(digest.finishAsText() == vector.hash)
    // Finishing begins anew.
    for byte in vector.message.utf8 { digest.update([byte]) }
    let hash = digest.finish()
    #expect(hash.count == vector.algorithm.byteCount)
    #expect(hexadecimal(hash) == vector.hash)
  }

  @Test(arguments: MessageDigest.Algorithm.allCases) func agreesWithCoreutils(
    _ algorithm: MessageDigest.Algorithm
  ) throws {
    let seed: UInt64 = 20_260_714
    var random = Seeded(seed)
    let content = random.bytes(300_000)
    var digest = try MessageDigest(algorithm)
    var rest = content[...]
    while !rest.isEmpty {
      let cut = Int.random(in: 0...5000, using: &random)
      digest.update(Array(rest.prefix(cut)))
      rest = rest.dropFirst(cut)
    }
    let folder = try Folder()
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/\(algorithm.rawValue)sum")
    process.arguments = [try folder.write("content", content)]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(digest.finishAsText() == text.prefix { $0 != " " }, "seed \(seed)")
  }

  @Test func aMissingLibraryIsNamed() throws {
    let error = #expect(throws: LibraryFailure.self) {
      _ = try OpenedLibrary(
        sonames: ["libcrypto.so.0", "libcrypto.so.00"], csystem_crypto_open)
    }
    #expect(error?.library == "libcrypto.so.0")
    #expect(error?.package == "libssl3")
    let text = try #require(error?.description)
    #expect(text.hasPrefix("cannot use libcrypto.so.0 (Debian package libssl3): "))
    #expect(text.hasSuffix("No such file or directory"))
  }

  @Test func anUnfitLibraryIsNamed() {
    let error = #expect(throws: LibraryFailure.self) {
      _ = try OpenedLibrary(sonames: ["libm.so.6"], csystem_crypto_open)
    }
    #expect(error?.reason == "libm.so.6 lacks the function EVP_MD_CTX_new")
  }

  @Test func theSecondNameServes() throws {
    let library = try OpenedLibrary(
      sonames: ["libcrypto.so.0", "libcrypto.so.3"], csystem_crypto_open)
    #expect(library.soname == "libcrypto.so.3")
  }

  @Test func hexadecimalDigits() {
    #expect(hexadecimal([]) == "")
    #expect(hexadecimal([0x00, 0x09, 0x0a, 0xf0, 0xff]) == "00090af0ff")
  }
}
