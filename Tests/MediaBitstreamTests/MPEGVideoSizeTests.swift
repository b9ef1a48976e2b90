import MediaBitstream
import MediaBytes
import TestSupport
import Testing

@Suite struct MPEGVideoSizeTests {
  struct Vector: Sendable, CustomStringConvertible {
    var name: String
    var layer: String
    var width: Int
    var height: Int
    var resolution: Int
    var description: String { name }
  }

  /// As encoders write them.
  static let layers = [
    // FFmpeg's encoder, as its session descriptions have it.
    Vector(
      name: "FFmpeg", layer: "000001b0f1000001b5a913000001000000012008d48d0800cd0a041e14103f",
      width: 320, height: 240, resolution: 25),
    // The shape of samples, what low_delay stands with, and a fixed rate of 30000/1001.
    Vector(
      name: "every option", layer: "0000012000c4f8605d4000000000000000000017530c1f4c5a512140",
      width: 722, height: 578, resolution: 30_000),
  ]

  @Test(arguments: layers) func videoObjectLayers(_ vector: Vector) {
    let bytes = hex(vector.layer)
    let size = MPEGVideoSize(videoObjectLayerIn: bytes.span.bytes)
    #expect(size?.width == vector.width && size?.height == vector.height)
    #expect(size?.timeIncrementResolution == vector.resolution)
    for count in 0..<(bytes.count - 3) {
      let prefix = Array(bytes[..<count])
      #expect(MPEGVideoSize(videoObjectLayerIn: prefix.span.bytes) == nil, "\(count)")
    }
  }

  @Test func sequenceHeaders() {
    let bytes = hex("00 000001b3 2d0 240 33 ffffe018 000001b5 1482")
    let size = MPEGVideoSize(sequenceHeaderIn: bytes.span.bytes)
    #expect(size?.width == 720 && size?.height == 576)
    #expect(MPEGVideoSize(sequenceHeaderIn: hex("000001b3 2d02").span.bytes) == nil)
    #expect(MPEGVideoSize(sequenceHeaderIn: hex("000001b8 2d0240").span.bytes) == nil)
  }

  @Test func anyBytes() {
    var random = Seeded.of("MPEG video size")
    for _ in 0..<2000 {
      var bytes = random.bytes(Int.random(in: 0...40, using: &random))
      bytes = [0, 0, 1, Bool.random(using: &random) ? 0x20 : 0xb3] + bytes
      for size in [
        MPEGVideoSize(videoObjectLayerIn: bytes.span.bytes),
        MPEGVideoSize(sequenceHeaderIn: bytes.span.bytes),
      ] {
        #expect(size.map { $0.width > 0 && $0.height > 0 } ?? true)
      }
    }
  }
}
