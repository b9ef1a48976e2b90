internal import MediaBitstream
internal import MediaBytes
internal import MediaModel

/// A byte stream of H.264 or H.265 as access units, with times made from its own frame rate.
final class AnnexBSource: FrameSource {
  /// How many pictures are looked at before the first is handed out.
  private static let lookahead = 32
  /// Where neither the stream nor the user says a rate.
  static let defaultRate = (numerator: 25, denominator: 1)

  private(set) var tracks: [Track] = []
  /// What a user should know about the times.
  private(set) var notes: [String] = []

  private let input: InputWindow
  private let isH265: Bool
  private var units: AnnexBUnits
  private var builder: AccessUnitBuilder
  private var queue: [Picture] = []
  private var clock = PictureClock([])
  /// Ticks of the track's timescale in half a frame.
  private var halfTicks: Int64 = 1
  private var isFinished = false
  /// A unit that was found to begin the next access unit.
  private var held: Range<Int>?

  private struct Picture {
    var data: [UInt8]
    var place: PicturePlace
    var offset: Int
  }

  init(_ input: InputWindow, isH265: Bool, rate: FrameRate?) throws {
    self.input = input
    self.isH265 = isH265
    units = AnnexBUnits(input)
    builder = AccessUnitBuilder(isH265: isH265)
    while queue.count < Self.lookahead, let picture = try nextPicture() { queue.append(picture) }
    guard !queue.isEmpty else {
      throw Failure(.dataError, "there is no picture of \(isH265 ? "H.265" : "H.264")")
    }
    queue.reverse()
    clock = PictureClock(queue.reversed().map(\.place))
    makeTrack(rate)
  }

  private func makeTrack(_ given: FrameRate?) {
    let stated = builder.frameRate.flatMap { (1...1000).contains($0.perSecond) ? $0 : nil }
    let fallback = Self.defaultRate
    if given == nil, stated == nil {
      notes.append(
        "the stream states no frame rate: \(fallback.numerator) frames a second are assumed, "
          + "--fps says another")
    }
    let rate = given ?? stated
    let numerator = rate?.numerator ?? fallback.numerator
    let denominator = rate?.denominator ?? fallback.denominator
    let scale = UInt32(exactly: 2 * numerator).flatMap { Timescale($0) } ?? .mpeg
    halfTicks =
      Int(scale.ticksPerSecond) == 2 * numerator
      ? Int64(denominator) : Int64(45_000 * denominator / numerator)
    var track = Track(index: 0, kind: .video, codec: isH265 ? .hevc : .h264, timescale: scale)
    track.configuration = builder.configuration
    (track.width, track.height) = (builder.size?.width, builder.size?.height)
    tracks = [track]
  }

  func next() throws -> Frame? {
    guard let picture = try queue.popLast() ?? nextPicture() else { return nil }
    let times = clock.times(picture.place)
    var frame = Frame(track: 0, data: picture.data)
    frame.dts = times.dts.multipliedOrMax(halfTicks)
    frame.pts = times.pts.multipliedOrMax(halfTicks)
    frame.isKey = picture.place.isKey
    frame.offset = picture.offset
    return frame
  }

  private func nextPicture() throws -> Picture? {
    guard !isFinished else { return nil }
    var ranges: [Range<Int>] = []
    var byteCount = 0
    while true {
      guard let unit = try held ?? units.next() else {
        isFinished = true
        break
      }
      held = nil
      let bytes = UnsafeRawBufferPointer(rebasing: input.bytes[unit]).bytes
      if builder.beginsAccessUnit(bytes) {
        held = unit
        break
      }
      builder.take(bytes)
      ranges.append(unit)
      byteCount += 4 + unit.count
    }
    let place = builder.takePlace()
    guard !ranges.isEmpty, let place else {
      notes += LeftOver.note(byteCount - 4 * ranges.count, "belongs to no picture")
      return nil
    }
    let offset = input.offset + ranges[0].lowerBound
    let data = copy(ranges, byteCount)
    let done = held?.lowerBound ?? input.count
    units.consume(done)
    held = held.map { 0..<$0.count }
    return Picture(data: data, place: place, offset: offset)
  }

  /// The units behind their lengths, in an array of exactly that size.
  private func copy(_ ranges: [Range<Int>], _ byteCount: Int) -> [UInt8] {
    let bytes = input.bytes
    return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      let target = UnsafeMutableRawBufferPointer(buffer)
      var position = 0
      for range in ranges {
        target.storeBytes(
          of: UInt32(range.count).bigEndian, toByteOffset: position, as: UInt32.self)
        let room = target[position + 4..<position + 4 + range.count]
        UnsafeMutableRawBufferPointer(rebasing: room).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[range]))
        position += 4 + range.count
      }
      count = position
    }
  }
}
