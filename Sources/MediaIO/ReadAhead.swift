/// Reads a file in blocks on a thread of its own, two ahead of whoever works on them.
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

  private let state: Monitor<State>
  private let thread: WorkerThread
  /// Those handed out last; of the first of them something may still be wanted.
  private var given: [Block] = []

  /// Begins to read a file that is seekable from its first byte on.
  ///
  /// - Throws: `IOFailure` with `EAGAIN` where the system has no more threads.
  public init(_ file: ReadableFile, blockByteCount: Int, headroom: Int) throws(IOFailure) {
    let blocks = (0..<4).map { _ in Block(headroom: headroom, byteCount: blockByteCount) }
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
      let done = given.removeFirst()
      state.change { $0.free.append(done) }
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
      let block = state.wait { state -> Block?? in
        if state.isClosed { return .some(nil) }
        // An optional of an optional: nil alone means to wait.
        return state.free.popLast().map { .some($0) }
      }
      guard let block else { return }
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
