internal import CKernels

/// Runs the K-weighting over channels and sums the squares of what comes out.
struct KWeightingFilter: Sendable {
  /// What one channel's filter remembers.
  struct State: Equatable, Sendable {
    var shelf1 = 0.0
    var shelf2 = 0.0
    var highPass1 = 0.0
    var highPass2 = 0.0
  }

  private let b0: Double
  private let shelfInput1: Double
  private let shelfInput2: Double
  private let shelfA1: Double
  private let shelfA2: Double
  private let highPassInput1: Double
  private let highPassInput2: Double
  private let highPassA1: Double
  private let highPassA2: Double

  // The sections run in transposed form II with the output put into the states:
  //   y = b0 x + s1;  s1 = (b1 − a1 b0) x + s2 − a1 s1;  s2 = (b2 − a2 b0) x − a2 s1.
  // That is as many products, but a state depends on the last one by one product and one
  // difference only, and how long that takes is what bounds the speed.
  init(_ weighting: KWeighting) {
    let shelf = weighting.shelf
    let highPass = weighting.highPass
    b0 = shelf.b0
    shelfInput1 = shelf.b1 - shelf.a1 * shelf.b0
    shelfInput2 = shelf.b2 - shelf.a2 * shelf.b0
    shelfA1 = shelf.a1
    shelfA2 = shelf.a2
    highPassInput1 = highPass.b1 - highPass.a1 * highPass.b0
    highPassInput2 = highPass.b2 - highPass.a2 * highPass.b0
    highPassA1 = highPass.a1
    highPassA2 = highPass.a2
  }

  /// Filters a channel.
  ///
  /// - Returns: The sum of the squares of the weighted sound.
  func sumOfSquares(_ samples: UnsafeBufferPointer<Float>, _ state: inout State) -> Double {
    var filter = state
    var sum = 0.0
    for index in samples.indices {
      let weighted = step(Double(unsafe samples[index]), &filter)
      sum += weighted * weighted
    }
    filter.flush()
    state = filter
    return sum
  }

  /// Filters two channels of the same length at once; each gives what it gives alone.
  ///
  /// - Returns: The sums of the squares of the weighted sound.
  func sumsOfSquares(
    _ first: UnsafeBufferPointer<Float>, _ second: UnsafeBufferPointer<Float>,
    _ firstState: inout State, _ secondState: inout State
  ) -> (Double, Double) {
    var coefficients = ckernels_k_weighting(
      b0: b0, shelf_input1: shelfInput1, shelf_input2: shelfInput2, shelf_a1: shelfA1,
      shelf_a2: shelfA2, high_pass_input1: highPassInput1, high_pass_input2: highPassInput2,
      high_pass_a1: highPassA1, high_pass_a2: highPassA2)
    var pair = ckernels_k_weighting_pair(
      shelf1: (firstState.shelf1, secondState.shelf1),
      shelf2: (firstState.shelf2, secondState.shelf2),
      high_pass1: (firstState.highPass1, secondState.highPass1),
      high_pass2: (firstState.highPass2, secondState.highPass2), sum: (0, 0))
    let count = min(first.count, second.count)
    if let first = first.baseAddress, let second = second.baseAddress {
      unsafe ckernels_weight_pair(first, second, count, &coefficients, &pair)
    }
    firstState = State(
      shelf1: pair.shelf1.0, shelf2: pair.shelf2.0, highPass1: pair.high_pass1.0,
      highPass2: pair.high_pass2.0)
    secondState = State(
      shelf1: pair.shelf1.1, shelf2: pair.shelf2.1, highPass1: pair.high_pass1.1,
      highPass2: pair.high_pass2.1)
    firstState.flush()
    secondState.flush()
    return pair.sum
  }

  @inline(__always)
  private func step(_ sample: Double, _ state: inout State) -> Double {
    let shelved = b0 * sample + state.shelf1
    let shelf1 = state.shelf1
    state.shelf1 = (shelfInput1 * sample + state.shelf2) - shelfA1 * shelf1
    state.shelf2 = shelfInput2 * sample - shelfA2 * shelf1
    let weighted = shelved + state.highPass1
    let highPass1 = state.highPass1
    state.highPass1 = (highPassInput1 * shelved + state.highPass2) - highPassA1 * highPass1
    state.highPass2 = highPassInput2 * shelved - highPassA2 * highPass1
    return weighted
  }
}

extension KWeightingFilter.State {
  /// Forgets what is far below any sample, which in long silence would come down to numbers that
  /// processors are slow with.
  fileprivate mutating func flush() {
    let tiny = 1e-60
    guard abs(shelf1) < tiny, abs(shelf2) < tiny, abs(highPass1) < tiny, abs(highPass2) < tiny
    else { return }
    self = Self()
  }
}
