internal import CKernels

/// The K-weighting of BS.1770-5 Annex 1 for any sampling rate: a shelf for the head, then a high-pass.
struct KWeighting: Sendable {
  /// The shelf, at 48 kHz table 1 of Annex 1.
  let shelf: Biquad
  /// The high-pass, at 48 kHz table 2 of Annex 1.
  let highPass: Biquad

  /// The weighting at `sampleRate` frames per second, at least 1.
  ///
  /// The tables hold for 48 kHz only. These are the analogue filters whose bilinear transforms they
  /// are, transformed for the rate asked for.
  init(sampleRate: Int) {
    let shelf = Prototype(
      frequency: 1681.974450955533, quality: 0.7071752369554196, sampleRate: sampleRate)
    let gain = ckernels_pow(10, 3.999843853973347 / 20)
    let slope = ckernels_pow(gain, 0.4996667741545416)
    self.shelf = shelf.filter(
      b0: gain + slope * shelf.k / shelf.quality + shelf.k * shelf.k,
      b1: 2 * (shelf.k * shelf.k - gain),
      b2: gain - slope * shelf.k / shelf.quality + shelf.k * shelf.k)
    let highPass = Prototype(
      frequency: 38.13547087602444, quality: 0.5003270373238773, sampleRate: sampleRate)
    // The table leaves the numerator at 1, −2, 1, which is less than 0.05 dB more than unity; so it
    // is kept at every rate.
    let a0 = highPass.a0
    self.highPass = highPass.filter(b0: a0, b1: -2 * a0, b2: a0)
  }
}

/// A second-order section with a0 = 1: y = b0 x + b1 x′ + b2 x″ − a1 y′ − a2 y″.
struct Biquad: Equatable, Sendable {
  var b0: Double
  var b1: Double
  var b2: Double
  var a1: Double
  var a2: Double
}

/// An analogue section of second order under the bilinear transform.
private struct Prototype {
  /// The transformed frequency: tan(π f / rate) where the rate is high enough for it.
  let k: Double
  let quality: Double

  init(frequency: Double, quality: Double, sampleRate: Int) {
    // The transform keeps the response exactly at one frequency, and the tables choose that of the
    // filter. Where it nears or is beyond half the rate, a quarter of the rate is kept instead: the
    // section stays stable and like the analogue one down to 1 Hz.
    let rate = Double(sampleRate)
    let kept = min(frequency, rate / 4)
    k = ckernels_tan(Double.pi * kept / rate) * frequency / kept
    self.quality = quality
  }

  var a0: Double { 1 + k / quality + k * k }

  func filter(b0: Double, b1: Double, b2: Double) -> Biquad {
    Biquad(
      b0: b0 / a0, b1: b1 / a0, b2: b2 / a0,
      a1: 2 * (k * k - 1) / a0, a2: (1 - k / quality + k * k) / a0)
  }
}
