/// The mean structural similarity (SSIM) of two pictures of one component, fed row by row.
///
/// Wang, Bovik, Sheikh, Simoncelli: Image Quality Assessment, IEEE Transactions on Image Processing
/// 13 (4), 2004; over windows of 8 by 8 samples without weights, four samples apart, as FFmpeg's
/// filter `ssim` has it, its constants included.
///
/// Sums are kept of blocks of 4 by 4, four of which are a window. Columns and rows behind the last
/// whole block count in no window, as there. A side under 8 has one window as long as itself: what
/// FFmpeg has no number for has one here.
struct StructuralSimilarity {
  /// Sums over some samples of both pictures.
  struct Sums {
    var first: Int64 = 0
    var second: Int64 = 0
    /// Of the squares of both.
    var squares: Int64 = 0
    var products: Int64 = 0

    static func + (left: Sums, right: Sums) -> Sums {
      Sums(
        first: left.first + right.first, second: left.second + right.second,
        squares: left.squares + right.squares, products: left.products + right.products)
    }
  }

  /// Whether one block is as wide, or as high, as the window and the picture.
  private let isNarrow: Bool
  private let isLow: Bool
  private let blockWidth: Int
  private let blockHeight: Int
  private let samplesInWindow: Double
  private let peak: Double
  /// Of the block row being filled and the one before.
  private var current: [Sums]
  private var previous: [Sums]
  private var row = 0
  private var total = 0.0
  private var windowCount = 0

  init(width: Int, height: Int, depth: Int) {
    isNarrow = width < 8
    isLow = height < 8
    blockWidth = isNarrow ? width : 4
    blockHeight = isLow ? height : 4
    samplesInWindow = Double(min(width, 8) * min(height, 8))
    peak = Double(1 << depth - 1)
    current = [Sums](repeating: Sums(), count: width / blockWidth)
    previous = current
  }

  /// The mean of all windows.
  var mean: Double { windowCount > 0 ? total / Double(windowCount) : 1 }

  /// Takes a row of each picture.
  mutating func add(
    row first: UnsafeBufferPointer<UInt16>, _ second: UnsafeBufferPointer<UInt16>
  ) {
    let width = blockWidth
    unsafe current.withUnsafeMutableBufferPointer { blocks in
      for block in blocks.indices {
        var sums = Sums()
        for index in block &* width..<block &* width &+ width {
          let a = unsafe Int64(first[index])
          let b = unsafe Int64(second[index])
          sums.first &+= a
          sums.second &+= b
          sums.squares &+= a &* a &+ b &* b
          sums.products &+= a &* b
        }
        unsafe blocks[block] = blocks[block] + sums
      }
    }
    row += 1
    if row % blockHeight == 0 { endBlocks() }
  }

  private mutating func endBlocks() {
    if isLow || row > blockHeight { addWindows(isLow ? nil : previous) }
    swap(&current, &previous)
    for index in current.indices { current[index] = Sums() }
  }

  /// The windows whose lower half is `current`.
  private mutating func addWindows(_ upper: [Sums]?) {
    var columns = current
    if let upper { for index in columns.indices { columns[index] = columns[index] + upper[index] } }
    if isNarrow {
      for column in columns { add(window: column) }
    } else {
      for (left, right) in zip(columns, columns.dropFirst()) { add(window: left + right) }
    }
  }

  private mutating func add(window sums: Sums) {
    let count = samplesInWindow
    let first = Double(sums.first)
    let second = Double(sums.second)
    let c1 = 0.01 * 0.01 * peak * peak * count
    let c2 = 0.03 * 0.03 * peak * peak * count * max(count - 1, 1)
    let product = first * second
    let squares = first * first + second * second
    let variances = Double(sums.squares) * count - squares
    let covariance = Double(sums.products) * count - product
    total += (2 * product + c1) * (2 * covariance + c2) / ((squares + c1) * (variances + c2))
    windowCount += 1
  }
}
