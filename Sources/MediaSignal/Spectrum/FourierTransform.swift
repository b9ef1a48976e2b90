internal import CKernels

/// The discrete Fourier transform of real samples, as the power of each of its bins.
///
/// `size` real samples are taken as half as many complex ones, which are transformed by radix 4 in
/// Stockham's order (no step that sorts) and then told apart.
struct FourierTransform: Sendable {
  /// Samples of one transform, a power of two from 64 to 32768.
  let size: Int
  /// exp(−2πi k/size), k < size: cosines, then sines.
  private let twiddles: [Float]

  static let sizes = 64...32768

  init(size: Int) {
    precondition(Self.sizes.contains(size) && size & (size - 1) == 0, "size of a transform")
    self.size = size
    let step = -2 * Double.pi / Double(size)
    twiddles =
      (0..<size).map { Float(ckernels_cos(step * Double($0))) }
      + (0..<size).map { Float(ckernels_sin(step * Double($0))) }
  }

  /// Bins from 0 Hz to half the sampling rate.
  var binCount: Int { size / 2 + 1 }

  /// Floats of the memory that `powers` works in.
  var scratchCount: Int { 2 * size }

  /// The squared magnitude of each bin.
  ///
  /// - Parameters:
  ///   - samples: `size` of them.
  ///   - result: room for `binCount`.
  ///   - scratch: `scratchCount` floats.
  func powers(
    of samples: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    unsafe twiddles.withUnsafeBufferPointer { table in
      let cosines = unsafe table.baseAddress.unsafelyUnwrapped
      let half = size / 2
      var source = unsafe Complex(real: scratch, imaginary: scratch + half)
      var target = unsafe Complex(real: scratch + size, imaginary: scratch + size + half)
      for index in 0..<half {
        unsafe source.real[index] = samples[2 * index]
        unsafe source.imaginary[index] = samples[2 * index + 1]
      }
      var length = half
      var stride = 1
      while length > 1 {
        let radix = length > 2 ? 4 : 2
        if radix == 4 {
          unsafe passOfFour(source, target, length: length, stride: stride, cosines)
        } else {
          unsafe passOfTwo(source, target, stride: stride)
        }
        unsafe swap(&source, &target)
        length /= radix
        stride *= radix
      }
      unsafe separate(source, into: result, cosines)
    }
  }

  /// Real and imaginary parts, apart; half as many of each as samples.
  @unsafe private struct Complex {
    var real: UnsafeMutablePointer<Float>
    var imaginary: UnsafeMutablePointer<Float>
  }

  /// `stride` transforms of `length` points become four times as many of a quarter.
  private func passOfFour(
    _ x: Complex, _ y: Complex, length: Int, stride: Int, _ cosines: UnsafePointer<Float>
  ) {
    let sines = unsafe cosines + size
    let quarter = length / 4
    let apart = quarter * stride
    for p in 0..<quarter {
      // The table turns once in `size` steps, this pass once in `length`.
      let step = 2 * p * stride
      let (c1, s1) = unsafe (cosines[step], sines[step])
      let (c2, s2) = unsafe (cosines[2 * step], sines[2 * step])
      let (c3, s3) = unsafe (cosines[3 * step], sines[3 * step])
      let (xr, xi) = unsafe (x.real + p * stride, x.imaginary + p * stride)
      let (yr, yi) = unsafe (y.real + 4 * p * stride, y.imaginary + 4 * p * stride)
      for q in 0..<stride {
        let (ar, ai) = unsafe (xr[q], xi[q])
        let (br, bi) = unsafe (xr[q + apart], xi[q + apart])
        let (cr, ci) = unsafe (xr[q + 2 * apart], xi[q + 2 * apart])
        let (dr, di) = unsafe (xr[q + 3 * apart], xi[q + 3 * apart])
        let (evenR, evenI, turnR, turnI) = (ar + cr, ai + ci, ar - cr, ai - ci)
        let (oddR, oddI, sideR, sideI) = (br + dr, bi + di, br - dr, bi - di)
        unsafe yr[q] = evenR + oddR
        unsafe yi[q] = evenI + oddI
        // A quarter turn: −i times the difference of the odd ones.
        let (r1, i1) = (turnR + sideI, turnI - sideR)
        unsafe yr[q + stride] = r1 * c1 - i1 * s1
        unsafe yi[q + stride] = r1 * s1 + i1 * c1
        let (r2, i2) = (evenR - oddR, evenI - oddI)
        unsafe yr[q + 2 * stride] = r2 * c2 - i2 * s2
        unsafe yi[q + 2 * stride] = r2 * s2 + i2 * c2
        let (r3, i3) = (turnR - sideI, turnI + sideR)
        unsafe yr[q + 3 * stride] = r3 * c3 - i3 * s3
        unsafe yi[q + 3 * stride] = r3 * s3 + i3 * c3
      }
    }
  }

  private func passOfTwo(_ x: Complex, _ y: Complex, stride: Int) {
    for q in 0..<stride {
      let (ar, ai) = unsafe (x.real[q], x.imaginary[q])
      let (br, bi) = unsafe (x.real[q + stride], x.imaginary[q + stride])
      unsafe y.real[q] = ar + br
      unsafe y.imaginary[q] = ai + bi
      unsafe y.real[q + stride] = ar - br
      unsafe y.imaginary[q + stride] = ai - bi
    }
  }

  /// Tells the spectra of the even and the odd samples apart and joins them to that of all.
  private func separate(
    _ z: Complex, into result: UnsafeMutablePointer<Float>, _ cosines: UnsafePointer<Float>
  ) {
    let half = size / 2
    let sines = unsafe cosines + size
    let (r0, i0) = unsafe (z.real[0], z.imaginary[0])
    unsafe result[0] = (r0 + i0) * (r0 + i0)
    unsafe result[half] = (r0 - i0) * (r0 - i0)
    for k in 1..<half {
      let (ar, ai) = unsafe (z.real[k], z.imaginary[k])
      let (br, bi) = unsafe (z.real[half - k], -z.imaginary[half - k])
      let (evenR, evenI) = (ar + br, ai + bi)
      // The odd ones, times −i.
      let (oddR, oddI) = (ai - bi, br - ar)
      let (c, s) = unsafe (cosines[k], sines[k])
      let real = 0.5 * (evenR + oddR * c - oddI * s)
      let imaginary = 0.5 * (evenI + oddR * s + oddI * c)
      unsafe result[k] = real * real + imaginary * imaginary
    }
  }
}
