import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

@Suite("Geometry of pictures: what FFmpeg makes")
struct GeometryPeerTests {
  /// A geometry, or two one after the other, as here and as FFmpeg's filters.
  private struct Transform {
    var filter: String
    var steps: [PictureGeometry]
  }

  private static let transforms = [
    Transform(filter: "transpose=clock", steps: [.rotate(90)]),
    Transform(filter: "transpose=cclock", steps: [.rotate(270)]),
    Transform(filter: "transpose=clock_flip", steps: [.rotate(90), .flipVertically]),
    Transform(filter: "transpose=cclock_flip", steps: [.rotate(90), .flipHorizontally]),
    Transform(filter: "hflip", steps: [.flipHorizontally]),
    Transform(filter: "vflip", steps: [.flipVertically]),
    Transform(filter: "hflip,vflip", steps: [.rotate(180)]),
    Transform(
      filter: "crop=9:5:4:2:exact=1",
      steps: [.crop(PictureRectangle(x: 4, y: 2, width: 9, height: 5))]),
  ]

  private static let formats = [
    "yuv420p", "nv12", "yuv422p10le", "gray", "rgb24", "bgra", "gbrp", "rgb48le", "p010le",
    "yuv444p16be", "yuv411p",
  ]

  @Test(
    "Turns, flips and crops are FFmpeg's byte for byte", .peers("ffmpeg"),
    arguments: [[17, 13], [64, 48]])
  func transforms(_ sides: [Int]) throws {
    let (width, height) = (sides[0], sides[1])
    let folder = try ScratchFolder()
    var generator = Seeded.of("geometry \(width)")
    var arguments = ["-v", "error", "-y"]
    var outputs: [String] = []
    var expectations: [(name: String, picture: [UInt8])] = []
    for (number, name) in Self.formats.enumerated() {
      let form = try PictureForm.of(name, width, height)
      let picture = generator.bytes(form.layout.byteCount)
      try folder.write(picture, to: name)
      arguments += ["-f", "rawvideo", "-pix_fmt", name, "-s", "\(width)x\(height)"]
      arguments += ["-i", folder[name]]
      for transform in Self.transforms {
        // FFmpeg converts 4:2:2 and 4:1:1 before it turns them.
        let isSupported = transform.steps.allSatisfy {
          GeometryStep.supports($0, form.layout.format)
        }
        guard isSupported else { continue }
        let file = "\(name) \(transform.filter.prefix { $0 != ":" })"
        outputs += ["-map", "\(number)", "-vf", transform.filter, "-pix_fmt", name]
        outputs += ["-f", "rawvideo", folder[file]]
        var (result, form) = (picture, form)
        for geometry in transform.steps {
          let step = try GeometryStep(geometry, input: form)
          (result, form) = (step.apply(result), step.output)
        }
        expectations.append((file, result))
      }
    }
    let outcome = try ProcessRunner.run("ffmpeg", arguments + outputs)
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(expectations.count == 8 * Self.formats.count - 4 * 2)
    for expectation in expectations {
      #expect(
        try contents(of: folder[expectation.name]) == expectation.picture, "\(expectation.name)")
    }
  }
}
