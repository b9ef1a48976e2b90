internal import CKernels

/// The C loops over rows of samples of one or two bytes, for one set of instructions.
@safe struct PixelKernels: @unchecked Sendable {
  /// What the loops rely on.
  enum Level: CaseIterable {
    case portable, sse2, avx2, avx512
  }

  /// Constant, of the program's lifetime.
  let table: UnsafePointer<ckernels_pixels>

  /// The loops of one level; nil where this processor lacks it.
  init?(_ level: Level) {
    let number =
      switch level {
      case .portable: ckernels_portable
      case .sse2: ckernels_sse2
      case .avx2: ckernels_avx2
      case .avx512: ckernels_avx512
      }
    guard let table = unsafe ckernels_pixels_for(CInt(number)) else {
      return nil
    }
    unsafe self.table = table
  }

  /// The quickest loops this processor has; nil is never the answer.
  static let best =
    PixelKernels(.avx512) ?? PixelKernels(.avx2) ?? PixelKernels(.sse2) ?? PixelKernels(.portable)

  // MARK: Samples of `bytes` bytes

  func split2(
    _ bytes: Int, _ source: UnsafeRawPointer, _ count: Int, _ a: UnsafeMutableRawPointer,
    _ b: UnsafeMutableRawPointer
  ) {
    if bytes == 1 {
      unsafe table.pointee.split2(source.bytes, count, a.bytes, b.bytes)
    } else {
      unsafe table.pointee.split2_words(source.words, count, a.words, b.words)
    }
  }

  func merge2(
    _ bytes: Int, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int,
    _ target: UnsafeMutableRawPointer
  ) {
    if bytes == 1 {
      unsafe table.pointee.merge2(a.bytes, b.bytes, count, target.bytes)
    } else {
      unsafe table.pointee.merge2_words(a.words, b.words, count, target.words)
    }
  }

  /// Means of two by two samples; without `b`, of two by one.
  func mean2(
    _ bytes: Int, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer?, _ count: Int,
    _ target: UnsafeMutableRawPointer
  ) {
    switch unsafe (bytes, b) {
    case (1, let b?): unsafe table.pointee.mean2x2(a.bytes, b.bytes, count, target.bytes)
    case (1, nil): unsafe table.pointee.mean2x1(a.bytes, count, target.bytes)
    case (_, let b?): unsafe table.pointee.mean2x2_words(a.words, b.words, count, target.words)
    case (_, nil): unsafe table.pointee.mean2x1_words(a.words, count, target.words)
    }
  }

  func mean1x2(
    _ bytes: Int, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int,
    _ target: UnsafeMutableRawPointer
  ) {
    if bytes == 1 {
      unsafe table.pointee.mean1x2(a.bytes, b.bytes, count, target.bytes)
    } else {
      unsafe table.pointee.mean1x2_words(a.words, b.words, count, target.words)
    }
  }

  /// Each sample twice, `count` in all.
  func repeat2(
    _ bytes: Int, _ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer
  ) {
    if bytes == 1 {
      unsafe table.pointee.repeat2(source.bytes, count, target.bytes)
    } else {
      unsafe table.pointee.repeat2_words(source.words, count, target.words)
    }
  }
}

extension UnsafeRawPointer {
  var bytes: UnsafePointer<UInt8> { unsafe assumingMemoryBound(to: UInt8.self) }
  var words: UnsafePointer<UInt16> { unsafe assumingMemoryBound(to: UInt16.self) }
}

extension UnsafeMutableRawPointer {
  var bytes: UnsafeMutablePointer<UInt8> { unsafe assumingMemoryBound(to: UInt8.self) }
  var words: UnsafeMutablePointer<UInt16> { unsafe assumingMemoryBound(to: UInt16.self) }
}
