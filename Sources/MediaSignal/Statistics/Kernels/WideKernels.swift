internal import MediaRaw

extension Int32: LaneSample {
  static let step = 1.0 / 2_147_483_648

  static func plane(_ channel: Int, of planes: SamplePlanes) -> UnsafeBufferPointer<Int32> {
    unsafe planes.int32s(channel)
  }

  static func sums(_ samples: UnsafeBufferPointer<Int32>) -> CellSums {
    var sum: Int64 = 0
    for index in samples.indices { unsafe sum &+= Int64(samples[index]) }
    let (low, high, squares) = unsafe spread(samples)
    guard low <= high else { return CellSums() }
    return CellSums(
      minimum: low.amplitude, maximum: high.amplitude, sum: Double(sum) * step,
      sumOfSquares: squares)
  }

  static func extremes(_ samples: UnsafeBufferPointer<Int32>) -> SoundEnvelope.Bucket {
    let (low, high, squares) = unsafe spread(samples)
    return SoundEnvelope.Bucket(
      minimum: Float(low.amplitude), maximum: Float(high.amplitude), sumOfSquares: squares)
  }

  static func products(
    _ first: UnsafeBufferPointer<Int32>, _ second: UnsafeBufferPointer<Int32>
  ) -> Double {
    unsafe productsInFour(first, second)
  }

  @inline(__always)
  private static func spread(
    _ samples: UnsafeBufferPointer<Int32>
  ) -> (Int32, Int32, Double) {
    var low = Int32.max
    var high = Int32.min
    for index in samples.indices {
      let sample = unsafe samples[index]
      low = Swift.min(low, sample)
      high = Swift.max(high, sample)
    }
    return unsafe (low, high, productsInFour(samples, samples))
  }
}

extension Float: LaneSample {
  static let step = 1.0

  static func plane(_ channel: Int, of planes: SamplePlanes) -> UnsafeBufferPointer<Float> {
    unsafe planes.floats(channel)
  }

  static func sums(_ samples: UnsafeBufferPointer<Float>) -> CellSums {
    unsafe sumsInFour(samples)
  }

  static func extremes(_ samples: UnsafeBufferPointer<Float>) -> SoundEnvelope.Bucket {
    let sums = unsafe sumsInFour(samples)
    return SoundEnvelope.Bucket(
      minimum: Float(sums.minimum), maximum: Float(sums.maximum), sumOfSquares: sums.sumOfSquares)
  }

  static func products(
    _ first: UnsafeBufferPointer<Float>, _ second: UnsafeBufferPointer<Float>
  ) -> Double {
    unsafe productsInFour(first, second)
  }

  static func band(upTo amplitude: Double) -> ClosedRange<Float> {
    // Down, so that the band holds no sample beyond the amplitude.
    let near = Float(Swift.max(0, amplitude))
    let bound = Double(near) > amplitude ? near.nextDown : near
    return -bound...bound
  }

  static var unclipped: ClosedRange<Float> { (-1 as Float).nextUp...(1 as Float).nextDown }

  var amplitude: Double { Double(self) }
}

extension Double: LaneSample {
  static let step = 1.0

  static func plane(_ channel: Int, of planes: SamplePlanes) -> UnsafeBufferPointer<Double> {
    unsafe planes.doubles(channel)
  }

  static func sums(_ samples: UnsafeBufferPointer<Double>) -> CellSums {
    unsafe sumsInFour(samples)
  }

  static func extremes(_ samples: UnsafeBufferPointer<Double>) -> SoundEnvelope.Bucket {
    let sums = unsafe sumsInFour(samples)
    return SoundEnvelope.Bucket(
      minimum: Float(sums.minimum), maximum: Float(sums.maximum), sumOfSquares: sums.sumOfSquares)
  }

  static func products(
    _ first: UnsafeBufferPointer<Double>, _ second: UnsafeBufferPointer<Double>
  ) -> Double {
    unsafe productsInFour(first, second)
  }

  static func band(upTo amplitude: Double) -> ClosedRange<Double> {
    -max(0, amplitude)...max(0, amplitude)
  }

  static var unclipped: ClosedRange<Double> { (-1 as Double).nextUp...(1 as Double).nextDown }

  var amplitude: Double { self }
}

// Floating point adds in the order it is told to; four sums side by side fill the vectors and keep
// the additions from waiting for each other.
extension LaneSample {
  @inline(__always)
  static func productsInFour(
    _ first: UnsafeBufferPointer<Self>, _ second: UnsafeBufferPointer<Self>
  ) -> Double {
    let count = Swift.min(first.count, second.count)
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    var index = 0
    while index &+ 4 <= count {
      unsafe a += first[index].amplitude * second[index].amplitude
      unsafe b += first[index &+ 1].amplitude * second[index &+ 1].amplitude
      unsafe c += first[index &+ 2].amplitude * second[index &+ 2].amplitude
      unsafe d += first[index &+ 3].amplitude * second[index &+ 3].amplitude
      index &+= 4
    }
    while index < count {
      unsafe a += first[index].amplitude * second[index].amplitude
      index &+= 1
    }
    return (a + b) + (c + d)
  }

  @inline(__always)
  static func sumsInFour(_ samples: UnsafeBufferPointer<Self>) -> CellSums {
    let count = samples.count
    guard count > 0 else { return CellSums() }
    let start = unsafe samples[0].amplitude
    var low = (start, start, start, start)
    var high = (start, start, start, start)
    var sum = (0.0, 0.0, 0.0, 0.0)
    var index = 0
    while index &+ 4 <= count {
      let a = unsafe samples[index].amplitude
      let b = unsafe samples[index &+ 1].amplitude
      let c = unsafe samples[index &+ 2].amplitude
      let d = unsafe samples[index &+ 3].amplitude
      low = (
        a < low.0 ? a : low.0, b < low.1 ? b : low.1, c < low.2 ? c : low.2, d < low.3 ? d : low.3
      )
      high = (
        a > high.0 ? a : high.0, b > high.1 ? b : high.1, c > high.2 ? c : high.2,
        d > high.3 ? d : high.3
      )
      sum = (sum.0 + a, sum.1 + b, sum.2 + c, sum.3 + d)
      index &+= 4
    }
    var sums = CellSums(
      minimum: Swift.min(min(low.0, low.1), Swift.min(low.2, low.3)),
      maximum: Swift.max(max(high.0, high.1), Swift.max(high.2, high.3)),
      sum: (sum.0 + sum.1) + (sum.2 + sum.3), sumOfSquares: unsafe productsInFour(samples, samples))
    while index < count {
      let sample = unsafe samples[index].amplitude
      sums.minimum = Swift.min(sums.minimum, sample)
      sums.maximum = Swift.max(sums.maximum, sample)
      sums.sum += sample
      index &+= 1
    }
    return sums
  }
}
