extension SamplePlanes {
  /// Puts 0 in place of a channel's samples that are not a number, infinite, or beyond a magnitude
  /// of 2^64 (385 dBFS), which no sound has and whose squares would soon be infinite.
  ///
  /// Does nothing where the lane is of integers.
  ///
  /// - Returns: How many there were.
  public func silenceInvalidSamples(_ channel: Int) -> Int {
    // Whoever holds planes may write them; the decoder's own views are for reading.
    switch lane {
    case .int16, .int32: return 0
    case .float: return unsafe Self.silence(UnsafeMutableBufferPointer(mutating: floats(channel)))
    case .double:
      let exact = unsafe UnsafeMutableBufferPointer(mutating: doubles(channel))
      let rounded = unsafe UnsafeMutableBufferPointer(mutating: floats(channel))
      return unsafe Self.silence(exact, with: rounded)
    }
  }

  private static func silence(_ samples: UnsafeMutableBufferPointer<Float>) -> Int {
    // As integers, magnitudes order as the numbers do, and NaN is above all.
    let limit = Float(sign: .plus, exponent: 64, significand: 1).bitPattern
    var count: Int32 = 0
    for index in samples.indices {
      let magnitude = unsafe Int32(bitPattern: samples[index].bitPattern & 0x7fff_ffff)
      count &+= magnitude > Int32(bitPattern: limit) ? 1 : 0
    }
    guard count > 0 else { return 0 }
    for index in samples.indices
    where unsafe samples[index].bitPattern & 0x7fff_ffff > limit {
      unsafe samples[index] = 0
    }
    return Int(count)
  }

  private static func silence(
    _ samples: UnsafeMutableBufferPointer<Double>, with rounded: UnsafeMutableBufferPointer<Float>
  ) -> Int {
    let limit = Double(sign: .plus, exponent: 64, significand: 1)
    // Not a number is not smaller either. Counted without a branch, for that is the common case.
    var valid = 0
    for index in samples.indices {
      valid &+= unsafe samples[index].magnitude <= limit ? 1 : 0
    }
    guard valid < samples.count else { return 0 }
    for index in samples.indices where unsafe !(samples[index].magnitude <= limit) {
      unsafe samples[index] = 0
      unsafe rounded[index] = 0
    }
    return samples.count - valid
  }
}
