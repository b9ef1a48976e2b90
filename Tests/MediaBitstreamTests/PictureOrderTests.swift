import Foundation
import MediaBitstream
import MediaBytes
import TestSupport
import Testing

/// Orders of pictures by hand, and against what encoders wrote into MP4.
@Suite struct PictureOrderTests {
  @Test func picturesComeOutInOrder() {
    // I0 P4 B2 b1 b3, P8 and then a new sequence.
    var order = OutputOrder(depth: 2)
    var places: [OutputOrder.Place] = []
    for count in [0, 8, 4, 2, 6, 16] as [Int64] {
      places += order.take(count, beginsSequence: count == 0)
    }
    #expect(places.map(\.decoding) == [0, 3, 2, 4])
    places += order.take(0, beginsSequence: true)
    #expect(places.map(\.decoding) == [0, 3, 2, 4, 1, 5])
    places += order.finish()
    #expect(places.map(\.decoding) == [0, 3, 2, 4, 1, 5, 6])
    #expect(places.map(\.output) == Array(0..<7))
  }

  @Test func withoutDepthOrderIsKept() {
    var order = OutputOrder(depth: 0)
    var places: [OutputOrder.Place] = []
    for count in [4, 2, 0] as [Int64] { places += order.take(count, beginsSequence: false) }
    #expect(places.map(\.decoding) == [0, 1, 2])
  }

  private static let x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-bf", "3"]
  private static let x265 = ["-c:v", "libx265", "-preset", "ultrafast"]

  @Test(
    .enabled(if: FFmpegTool.path != nil || FFmpegTool.isRequired),
    arguments: [
      x264 + ["-x264-params", "b-pyramid=normal:b-adapt=0"],
      x264 + ["-x264-params", "b-pyramid=strict:open-gop=1:b-adapt=0"],
      x264 + ["-x264-params", "b-adapt=0:interlaced=1"],
      ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "300"],
      x265 + ["-x265-params", "log-level=none:bframes=4:b-adapt=0:keyint=20"],
      x265 + [
        "-x265-params", "log-level=none:bframes=4:b-adapt=0:keyint=20:open-gop=1:b-pyramid=1",
      ],
      x265 + ["-x265-params", "log-level=none:bframes=0:keyint=300"],
    ])
  func agreesWithTheEncoder(_ encoder: [String]) throws {
    let isH264 = encoder[1] == "libx264"
    let folder = try ScratchFolder()
    let (mp4, stream) = (folder["in.mp4"], folder[isH264 ? "in.h264" : "in.h265"])
    try FFmpegTool.run(
      "ffmpeg",
      [
        "-v", "error", "-f", "lavfi", "-i", "testsrc=s=128x96:r=25:d=12", "-pix_fmt", "yuv420p",
      ] + encoder + [mp4])
    try FFmpegTool.run("ffmpeg", ["-v", "error", "-i", mp4, "-c", "copy", stream])
    let times = try FFmpegTool.run(
      "ffprobe", ["-v", "error", "-show_entries", "packet=pts", "-of", "csv=p=0", mp4]
    ).split(whereSeparator: { !$0.isNumber && $0 != "-" }).compactMap { Int($0) }
    let sorted = times.sorted()
    let wanted = times.map { time in sorted.firstIndex(of: time) ?? -1 }
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: stream)))
    let places = isH264 ? try h264Places(bytes) : try h265Places(bytes)
    #expect(places.map(\.output) == Array(0..<times.count))
    #expect(places.sorted { $0.decoding < $1.decoding }.map(\.output) == wanted)
  }

  private func h264Places(_ bytes: [UInt8]) throws -> [OutputOrder.Place] {
    var (sets, counter) = (H264ParameterSets(), H264PictureOrderCounter())
    var order: OutputOrder?
    var last: H264SliceHeader?
    var places: [OutputOrder.Place] = []
    var cursor = NALUnitCursor(.annexB)
    while let range = try cursor.next(in: bytes.span.bytes) {
      let unit = bytes.span.bytes.extracting(range)
      try sets.take(unit)
      guard H264NALUnitType(header: bytes[range.lowerBound]).hasSliceHeader else { continue }
      let slice = try H264SliceHeader(nalUnit: unit, parameterSets: sets)
      defer { last = slice }
      // A second field belongs to the frame of the first.
      guard slice.beginsPicture(after: last), slice.picture?.isBottomField != true else { continue }
      let sequence = try #require(sets.sequence(forPicture: slice.pictureParameterSetID))
      if order == nil { order = OutputOrder(depth: sequence.reorderDepth) }
      let counted = counter.count(slice, sequence)
      let count = try #require(counted)
      places += order?.take(count, beginsSequence: slice.unitType == .idrSlice) ?? []
    }
    return places + (order?.finish() ?? [])
  }

  private func h265Places(_ bytes: [UInt8]) throws -> [OutputOrder.Place] {
    var (sets, counter) = (H265ParameterSets(), H265PictureOrderCounter())
    var order: OutputOrder?
    var places: [OutputOrder.Place] = []
    var cursor = NALUnitCursor(.annexB)
    while let range = try cursor.next(in: bytes.span.bytes) {
      let unit = bytes.span.bytes.extracting(range)
      try sets.take(unit)
      guard H265NALUnitType(rawValue: bytes[range.lowerBound] >> 1 & 0x3f).isVCL else { continue }
      let slice = try H265SliceSegmentHeader(nalUnit: unit, parameterSets: sets)
      guard slice.isFirstInPicture else { continue }
      let picture = try #require(sets.picture[slice.pictureParameterSetID])
      let sequence = try #require(sets.sequence[picture.sequenceParameterSetID])
      if order == nil { order = OutputOrder(depth: Int(sequence.maxReorderPictures)) }
      let begins = counter.beginsSequence(slice)
      let counted = counter.count(slice, sequence)
      let count = try #require(counted)
      places += order?.take(count, beginsSequence: begins) ?? []
    }
    return places + (order?.finish() ?? [])
  }
}

/// Where pictures that come in decoding order stand in output order, as a decoder's buffer gives
/// them out (ISO/IEC 14496-10 C.4.5.3, ISO/IEC 23008-2 C.5.2.4).
private struct OutputOrder {
  /// A picture and its place.
  struct Place: Hashable, Sendable {
    /// How many pictures came before it in decoding order.
    var decoding: Int
    /// How many come before it in output order.
    var output: Int
  }

  private let depth: Int
  private var pending: [(count: Int64, decoding: Int)] = []
  private var (decoded, placed) = (0, 0)

  /// `depth`: how many pictures at most precede one in decoding and follow it in output.
  init(depth: Int) {
    self.depth = depth
  }

  /// Takes the next picture; answers those whose places are known now, in output order.
  ///
  /// With `beginsSequence` all before it come first, whatever the counts say.
  mutating func take(_ pictureOrderCount: Int64, beginsSequence: Bool) -> [Place] {
    var places = beginsSequence ? finish() : []
    let next = (pictureOrderCount, decoded)
    let index = pending.firstIndex { $0.count > pictureOrderCount } ?? pending.count
    pending.insert(next, at: index)
    decoded += 1
    while pending.count > depth { places.append(place()) }
    return places
  }

  /// Answers those that are left.
  mutating func finish() -> [Place] {
    var places: [Place] = []
    while !pending.isEmpty { places.append(place()) }
    return places
  }

  private mutating func place() -> Place {
    let first = pending.removeFirst()
    defer { placed += 1 }
    return Place(decoding: first.decoding, output: placed)
  }
}
