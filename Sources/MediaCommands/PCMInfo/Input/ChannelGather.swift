internal import MediaRaw

/// Copies the samples of chosen channels together, as if the others had never been.
struct ChannelGather: Sendable {
  /// Bytes from one frame to the next, before and after.
  let source: Int
  let target: Int
  private let width: Int
  /// Where the chosen samples stand in a frame.
  private let offsets: [Int]

  init(_ format: PCMFormat, channels: [Int]) {
    width = format.sampleFormat.byteCount
    let width = width
    offsets = channels.map { $0 * width }
    source = format.blockAlign
    target = channels.count * width
  }

  /// Copies the frames of `bytes` into `room`, which must have room for as many.
  ///
  /// - Returns: What was filled of it.
  func gather(
    _ bytes: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
  ) -> UnsafeRawBufferPointer {
    let frameCount = bytes.count / source
    precondition(room.count >= frameCount * target, "no room for the frames")
    guard let from = bytes.baseAddress, let to = room.baseAddress else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    for (place, offset) in offsets.enumerated() {
      let (from, to) = (from + offset, to + place * width)
      switch width {
      case 1: copy(from, to, frameCount, as: UInt8.self)
      case 2: copy(from, to, frameCount, as: UInt16.self)
      case 4: copy(from, to, frameCount, as: UInt32.self)
      case 8: copy(from, to, frameCount, as: UInt64.self)
      default:
        for frame in 0..<frameCount {
          (to + frame * target).copyMemory(from: from + frame * source, byteCount: width)
        }
      }
    }
    return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<(frameCount * target)])
  }

  private func copy<Sample: FixedWidthInteger>(
    _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ frameCount: Int,
    as type: Sample.Type
  ) {
    for frame in 0..<frameCount {
      to.storeBytes(
        of: from.loadUnaligned(fromByteOffset: frame * source, as: type),
        toByteOffset: frame * target, as: type)
    }
  }
}

extension ChannelSelection {
  /// The numbers of the channels meant, in the order they were named.
  ///
  /// - Throws: `Failure` (64) that says which there are.
  func numbers(in description: SoundDescription) throws(Failure) -> [Int] {
    let count = description.format.channelCount
    switch self {
    case .numbers(let numbers):
      for number in numbers where !(0..<count).contains(number) {
        throw Failure(
          .usage, "--channels-only: there is no channel \(number); there are 0 to \(count - 1)")
      }
      return numbers
    case .positions(let wanted):
      var numbers: [Int] = []
      for position in wanted {
        guard let number = description.positions.firstIndex(where: position.isMeant) else {
          throw Failure(
            .usage,
            "--channels-only: there is no channel \(position.name); \(Self.there(description))")
        }
        numbers.append(number)
      }
      return numbers
    }
  }

  private static func there(_ description: SoundDescription) -> String {
    let names = description.positions.enumerated().map { $1?.name ?? "\($0)" }
    let assumed = description.arePositionsAssumed ? ", as is assumed" : ""
    return "there are \(names.joined(separator: ", "))\(assumed)"
  }
}

extension ChannelPosition {
  fileprivate func isMeant(_ other: ChannelPosition?) -> Bool { other == self }
}
