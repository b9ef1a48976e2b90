/// Reads a file in blocks on a thread of its own, some ahead of whoever works on them.
public final class ReadAhead {
  /// Bytes of a file, with room in front for what is left of those before.
  public final class Block: @unchecked Sendable {
    private var memory: UnsafeMutableRawBufferPointer
    private var start: Int
    fileprivate(set) var count = 0

    fileprivate init(headroom: Int, byteCount: Int) {
      start = headroom
      memory = .allocate(byteCount: headroom + byteCount, alignment: 16)
    }

    deinit { memory.deallocate() }

    fileprivate var room: UnsafeMutableRawBufferPointer {
      UnsafeMutableRawBufferPointer(rebasing: memory[start...])
    }

    /// The bytes with others in front, which are copied there.
    public func bytes(behind others: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
      if others.count > start { grow(others.count) }
      let whole = UnsafeMutableRawBufferPointer(
        rebasing: memory[start - others.count..<start + count])
      whole.copyMemory(from: others)
      return UnsafeRawBufferPointer(whole)
    }

    private func grow(_ headroom: Int) {
      let larger = UnsafeMutableRawBufferPointer.allocate(
        byteCount: headroom + memory.count - start, alignment: 16)
      UnsafeMutableRawBufferPointer(rebasing: larger[headroom...]).copyMemory(
        from: UnsafeRawBufferPointer(room))
      memory.deallocate()
      (memory, start) = (larger, headroom)
    }
  }

  private struct State {
    var ready: [Block] = []
    var free: [Block]
    var ending: Result<Void, IOFailure>?
    var isClosed = false
  }

  private static let blockCount = 8
  /// Blocks that go back together, as a thread woken for each would be woken 4,000 times a GB.
  private static let batchCount = 3

  private let state: Monitor<State>
  private let thread: WorkerThread
  /// Those handed out last; of the first of them something may still be wanted.
  private var given: [Block] = []
  private var done: [Block] = []

  /// Begins to read a file that is seekable from its first byte on.
  ///
  /// - Throws: `IOFailure` with `EAGAIN` where the system has no more threads.
  public init(_ file: ReadableFile, blockByteCount: Int, headroom: Int) throws(IOFailure) {
    let blocks = (0..<Self.blockCount).map { _ in
      Block(headroom: headroom, byteCount: blockByteCount)
    }
    let state = Monitor(State(free: blocks))
    self.state = state
    thread = try WorkerThread { Self.run(state, file) }
  }

  deinit {
    state.change { $0.isClosed = true }
    thread.join()
  }

  /// The next block; nil where the file ends.
  ///
  /// It and the one before stay as they are until the next call.
  public func next() throws(IOFailure) -> Block? {
    if given.count == 2 {
      done.append(given.removeFirst())
      if done.count == Self.batchCount {
        state.change { $0.free += done }
        done = []
      }
    }
    let found = state.wait { state -> Result<Block?, IOFailure>? in
      if !state.ready.isEmpty { return .success(state.ready.removeFirst()) }
      return state.ending.map { $0.map { nil } }
    }
    guard let block = try found.get() else { return nil }
    given.append(block)
    return block
  }

  private static func run(_ state: Monitor<State>, _ file: ReadableFile) {
    var offset: Int64 = 0
    while true {
      let free = state.wait { state -> [Block]? in
        if state.isClosed { return [] }
        defer { state.free = [] }
        return state.free.isEmpty ? nil : state.free
      }
      if free.isEmpty { return }
      for block in free {
        let read = Result { () throws(IOFailure) in try file.read(at: offset, into: block.room) }
        switch read {
        case .success(0), .failure:
          state.change { $0.ending = read.map { _ in } }
          return
        case .success(let count):
          block.count = count
          offset += Int64(count)
          state.change { $0.ready.append(block) }
        }
      }
    }
  }
}
