/// Makes planes of interleaved bytes.
public struct SampleDecoder: Sendable {
  /// What it reads.
  public let format: PCMFormat

  /// A decoder of a format.
  public init(_ format: PCMFormat) { self.format = format }

  /// Decodes whole frames into `planes`, whose last samples so far become the history of the float
  /// planes.
  ///
  /// - Parameters:
  ///   - bytes: frames of `format.blockAlign` bytes, `planes.capacity` at most; what is left of a
  ///     frame at the end is not looked at.
  ///   - planes: of the format's lane and channel count.
  ///   - fillsFloats: false leaves the float planes as they are where they are not the exact ones,
  ///     for callers that do not look at them.
  public func decode(
    _ bytes: UnsafeRawBufferPointer, into planes: SamplePlanes, fillsFloats: Bool = true
  ) {
    let width = format.sampleFormat.byteCount
    precondition(planes.lane == format.sampleFormat.lane, "planes of another lane")
    precondition(planes.channelCount == format.channelCount, "planes of other channels")
    precondition(format.blockAlign >= width * format.channelCount, "frames overlap")
    planes.begin(frameCount: bytes.count / format.blockAlign)
    guard planes.frameCount > 0, let start = bytes.baseAddress else { return }
    let frames = unsafe Interleaved(start: start, stride: format.blockAlign)
    switch planes.lane {
    case .int16:
      unsafe decode16(frames, planes)
      if fillsFloats { planes.scaleInt16s() }
    case .int32:
      unsafe decode32(frames, planes)
      if fillsFloats { planes.scaleInt32s() }
    case .float: unsafe decodeFloats(frames, planes)
    case .double:
      unsafe decodeDoubles(frames, planes)
      if fillsFloats { planes.narrowDoubles() }
    }
  }

  /// The largest and smallest code in the lane `int16` or `int32`; nil of floating point.
  public var codeRange: ClosedRange<Int32>? {
    switch (format.sampleFormat, format.sampleFormat.lane) {
    case (.alaw, _): return -G711.alawPeak...G711.alawPeak
    case (.mulaw, _): return -G711.mulawPeak...G711.mulawPeak
    case (_, .int16): return codeRange(laneBits: 16)
    case (_, .int32): return codeRange(laneBits: 32)
    case (_, .float), (_, .double): return nil
    }
  }

  private func codeRange(laneBits: Int) -> ClosedRange<Int32> {
    let fullScale = 1 << (laneBits - 1)
    let step = 1 << (laneBits - min(max(format.validBits, 1), laneBits))
    return Int32(-fullScale)...Int32(max(fullScale - step, 0))
  }
}

/// Where the bytes of interleaved frames lie.
@unsafe private struct Interleaved {
  var start: UnsafeRawPointer
  var stride: Int
}

// The format is chosen outside the loops; each case below is a loop of its own once inlined.

extension SampleDecoder {
  private func decode16(_ frames: Interleaved, _ planes: SamplePlanes) {
    switch format.sampleFormat {
    case .u8:
      unsafe fill(frames, 1, planes, as: Int16.self) {
        unsafe Int16(bitPattern: UInt16($0.load(as: UInt8.self) ^ 0x80) << 8)
      }
    case .s8:
      unsafe fill(frames, 1, planes, as: Int16.self) {
        unsafe Int16(bitPattern: UInt16($0.load(as: UInt8.self)) << 8)
      }
    case .s16be:
      unsafe fill(frames, 2, planes, as: Int16.self) {
        unsafe Int16(bigEndian: $0.loadUnaligned(as: Int16.self))
      }
    case .alaw: unsafe expand(frames, planes, G711.alaw)
    case .mulaw: unsafe expand(frames, planes, G711.mulaw)
    default:
      if format.channelCount == 2, unsafe frames.stride == 4 {
        return unsafe splitStereo(frames, planes)
      }
      unsafe fill(frames, 2, planes, as: Int16.self) {
        unsafe Int16(littleEndian: $0.loadUnaligned(as: Int16.self))
      }
    }
  }

  /// The most common form of all: a frame is one word, taken apart by shifts, of which the compiler
  /// makes vectors.
  private func splitStereo(_ frames: Interleaved, _ planes: SamplePlanes) {
    let left = unsafe planes.mutablePlane(0, as: Int16.self)
    let right = unsafe planes.mutablePlane(1, as: Int16.self)
    let start = unsafe frames.start
    for index in 0..<planes.frameCount {
      let frame = unsafe UInt32(
        littleEndian: start.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
      unsafe left[index] = Int16(truncatingIfNeeded: frame)
      unsafe right[index] = Int16(truncatingIfNeeded: frame >> 16)
    }
  }

  /// By a table of all 256 codes.
  private func expand(_ frames: Interleaved, _ planes: SamplePlanes, _ table: [Int16]) {
    precondition(table.count == 256)
    unsafe table.withUnsafeBufferPointer { table in
      unsafe fill(frames, 1, planes, as: Int16.self) {
        unsafe table[Int($0.load(as: UInt8.self))]
      }
    }
  }

  private func decode32(_ frames: Interleaved, _ planes: SamplePlanes) {
    switch format.sampleFormat {
    case .s24le:
      unsafe fill(frames, 3, planes, as: Int32.self) {
        let low = unsafe UInt32(UInt16(littleEndian: $0.loadUnaligned(as: UInt16.self)))
        let high = unsafe UInt32($0.load(fromByteOffset: 2, as: UInt8.self))
        return Int32(bitPattern: high << 24 | low << 8)
      }
    case .s24be:
      unsafe fill(frames, 3, planes, as: Int32.self) {
        let high = unsafe UInt32(UInt16(bigEndian: $0.loadUnaligned(as: UInt16.self)))
        let low = unsafe UInt32($0.load(fromByteOffset: 2, as: UInt8.self))
        return Int32(bitPattern: high << 16 | low << 8)
      }
    case .s24in32le:
      unsafe fill(frames, 4, planes, as: Int32.self) {
        unsafe Int32(littleEndian: $0.loadUnaligned(as: Int32.self)) << 8
      }
    case .s24in32be:
      unsafe fill(frames, 4, planes, as: Int32.self) {
        unsafe Int32(bigEndian: $0.loadUnaligned(as: Int32.self)) << 8
      }
    case .s32be:
      unsafe fill(frames, 4, planes, as: Int32.self) {
        unsafe Int32(bigEndian: $0.loadUnaligned(as: Int32.self))
      }
    default:
      unsafe fill(frames, 4, planes, as: Int32.self) {
        unsafe Int32(littleEndian: $0.loadUnaligned(as: Int32.self))
      }
    }
  }

  private func decodeFloats(_ frames: Interleaved, _ planes: SamplePlanes) {
    if format.sampleFormat == .f32be {
      unsafe fill(frames, 4, planes, as: Float.self) {
        unsafe Float(bitPattern: UInt32(bigEndian: $0.loadUnaligned(as: UInt32.self)))
      }
    } else {
      unsafe fill(frames, 4, planes, as: Float.self) {
        unsafe Float(bitPattern: UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)))
      }
    }
  }

  private func decodeDoubles(_ frames: Interleaved, _ planes: SamplePlanes) {
    if format.sampleFormat == .f64be {
      unsafe fill(frames, 8, planes, as: Double.self) {
        unsafe Double(bitPattern: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)))
      }
    } else {
      unsafe fill(frames, 8, planes, as: Double.self) {
        unsafe Double(bitPattern: UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)))
      }
    }
  }

  /// Fills the exact planes; `load` is given where a sample of `width` bytes begins.
  ///
  /// Mono and stereo without padding have strides that the compiler knows, and so vectors.
  @inline(__always)
  private func fill<Sample>(
    _ frames: Interleaved, _ width: Int, _ planes: SamplePlanes, as type: Sample.Type,
    _ load: (UnsafeRawPointer) -> Sample
  ) {
    let count = planes.frameCount
    let start = unsafe frames.start
    if format.channelCount == 1, unsafe frames.stride == width {
      let plane = unsafe planes.mutablePlane(0, as: Sample.self)
      for index in 0..<count { unsafe plane[index] = load(start + index * width) }
    } else if format.channelCount == 2, unsafe frames.stride == 2 * width {
      let left = unsafe planes.mutablePlane(0, as: Sample.self)
      let right = unsafe planes.mutablePlane(1, as: Sample.self)
      for index in 0..<count {
        unsafe left[index] = load(start + index * (2 * width))
        unsafe right[index] = load(start + (index * (2 * width) + width))
      }
    } else {
      for channel in 0..<format.channelCount {
        let plane = unsafe planes.mutablePlane(channel, as: Sample.self)
        var sample = unsafe start + channel * width
        for index in 0..<count {
          unsafe plane[index] = load(sample)
          unsafe sample += frames.stride
        }
      }
    }
  }
}
