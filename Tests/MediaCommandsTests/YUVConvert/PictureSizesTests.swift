import MediaCLI
import MediaSignal
import Testing

@testable import MediaCommands

/// Sizes of pictures on their way.
@Suite struct PictureSizesTests {
  private func sizes(
    _ width: Int, _ height: Int, _ change: (inout PictureGeometryOptions) -> Void
  ) throws -> PictureSizes {
    var options = PictureGeometryOptions()
    change(&options)
    return try PictureSizes(options, width: width, height: height)
  }

  @Test func nothingAskedForChangesNothing() throws {
    let sizes = try sizes(1920, 1080) { _ in }
    #expect(sizes.output == PictureSizes.Size(width: 1920, height: 1080))
    #expect(sizes.crop == nil && sizes.scaled == nil && sizes.pad == nil && sizes.cover == nil)
  }

  @Test func aMissingSideFollowsTheOther() throws {
    let wide = try sizes(1920, 1080) { $0.scale = .size(width: 1280, height: nil) }
    #expect(wide.scaled == PictureSizes.Size(width: 1280, height: 720))
    let turned = try sizes(1920, 1080) {
      $0.scale = .size(width: nil, height: 1280)
      $0.rotation = 90
    }
    #expect(turned.scaled == PictureSizes.Size(width: 720, height: 1280))
    let half = try sizes(3, 1) { $0.scale = .percent(50) }
    #expect(half.scaled == PictureSizes.Size(width: 2, height: 1))
  }

  @Test func containFillsTheRestAndCoverCutsIt() throws {
    let contained = try sizes(1920, 1080) {
      $0.scale = .size(width: 640, height: 640)
      $0.fit = .contain
    }
    #expect(contained.scaled == PictureSizes.Size(width: 640, height: 360))
    #expect(contained.pad == PictureRectangle(x: 0, y: 140, width: 640, height: 640))
    let covering = try sizes(1920, 1080) {
      $0.scale = .size(width: 360, height: 360)
      $0.fit = .cover
    }
    #expect(covering.scaled == PictureSizes.Size(width: 640, height: 360))
    #expect(covering.cover == PictureRectangle(x: 140, y: 0, width: 360, height: 360))
    #expect(covering.output == PictureSizes.Size(width: 360, height: 360))
  }

  @Test func partsMustLieInside() {
    for placed in [
      PictureGeometryOptions.Placed(width: 17, height: 1),
      PictureGeometryOptions.Placed(width: 8, height: 8, x: 9, y: 0),
    ] {
      #expect(throws: UsageError.self) { try sizes(16, 16) { $0.crop = placed } }
    }
    #expect(throws: UsageError.self) {
      try sizes(16, 16) { $0.pad = .init(width: 15, height: 16) }
    }
    #expect(throws: UsageError.self) { try sizes(16, 16) { $0.scale = .percent(10_000_000) } }
  }
}
