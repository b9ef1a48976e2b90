/// Sums of a chunk by windows of the whole sound, which begin at multiples of their length.
///
/// The first and the last window of a chunk may lie in it only in part.
struct WindowSums: Sendable {
  /// Frames of a window.
  let windowFrames: Int64
  /// The number of the first window.
  let firstWindow: Int64
  /// The sums, all channels of a window after those of the window before.
  private(set) var sums: [CellSums] = []
  /// The products of pairs of channels likewise.
  private(set) var products: [Double] = []

  let channelCount: Int
  let pairCount: Int

  /// Windows of a chunk that begins at a frame.
  init(windowFrames: Int, channelCount: Int, pairCount: Int, start: Int64) {
    self.windowFrames = Int64(windowFrames)
    self.channelCount = channelCount
    self.pairCount = pairCount
    firstWindow = start / Int64(windowFrames)
  }

  /// How many windows there are.
  var count: Int { sums.count / channelCount }

  /// The sums of a window that the chunk has part of.
  func sums(ofWindow number: Int64) -> ArraySlice<CellSums> {
    let start = Int(number - firstWindow) * channelCount
    return sums[start..<start + channelCount]
  }

  /// The products of a window that the chunk has part of.
  func products(ofWindow number: Int64) -> ArraySlice<Double> {
    let start = Int(number - firstWindow) * pairCount
    return products[start..<start + pairCount]
  }

  /// Makes room up to the window with a frame and gives its place.
  mutating func window(at frame: Int64) -> Int {
    let index = Int(frame / windowFrames - firstWindow)
    while count <= index {
      sums.append(contentsOf: repeatElement(CellSums(), count: channelCount))
      products.append(contentsOf: repeatElement(0, count: pairCount))
    }
    return index
  }

  /// Adds sums to a channel of the window at a place.
  mutating func add(_ cell: CellSums, channel: Int, at index: Int) {
    sums[index * channelCount + channel].add(cell)
  }

  /// Adds a product to a pair of the window at a place.
  mutating func add(_ product: Double, pair: Int, at index: Int) {
    products[index * pairCount + pair] += product
  }
}

/// Joins the windows of chunks and gives each when it is whole.
struct WindowJoiner {
  /// A window of all channels.
  struct Window {
    var frames: Range<Int64>
    var sums: [CellSums]
    var products: [Double]
  }

  private let windowFrames: Int64
  private var pending: Window?

  /// Windows of so many frames.
  init(windowFrames: Int) { self.windowFrames = Int64(windowFrames) }

  /// Takes in the windows of a chunk that ends at a frame and gives those that are whole now.
  mutating func append(_ chunk: WindowSums, end: Int64) -> [Window] {
    var whole: [Window] = []
    for index in 0..<chunk.count {
      let number = chunk.firstWindow + Int64(index)
      var window = Window(
        frames: number * windowFrames..<(number + 1) * windowFrames,
        sums: Array(chunk.sums(ofWindow: number)), products: Array(chunk.products(ofWindow: number))
      )
      if let begun = pending, begun.frames.lowerBound == window.frames.lowerBound {
        window.join(begun)
      }
      pending = nil
      if window.frames.upperBound <= end { whole.append(window) } else { pending = window }
    }
    return whole
  }

  /// The last window, cut off where the sound ends; nil where that is the end of a window.
  func last(end: Int64) -> Window? {
    guard var window = pending else { return nil }
    window.frames = window.frames.lowerBound..<end
    return window
  }
}

extension WindowJoiner.Window {
  /// Adds the part of the same window that a chunk before had.
  mutating func join(_ earlier: Self) {
    for index in sums.indices { sums[index].add(earlier.sums[index]) }
    for index in products.indices { products[index] += earlier.products[index] }
  }
}
