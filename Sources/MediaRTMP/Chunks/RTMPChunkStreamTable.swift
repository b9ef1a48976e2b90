/// What is known of each chunk stream of one direction, found by its ID.
///
/// IDs of one byte, which is to say all that are in common use, are found without hashing.
struct RTMPChunkStreamTable<State: Sendable>: Sendable {
  private var states: [State] = []
  private var near = [Int](repeating: -1, count: 64)
  private var far: [UInt32: Int] = [:]

  /// How many chunk streams there are.
  var count: Int { states.count }

  /// Where the state of a chunk stream is kept; nil before `add`.
  func index(of id: UInt32) -> Int? {
    guard id < 64 else { return far[id] }
    let index = near[Int(id)]
    return index < 0 ? nil : index
  }

  /// Keeps the state of a chunk stream that has none.
  mutating func add(_ state: State, for id: UInt32) -> Int {
    let index = states.count
    states.append(state)
    if id < 64 { near[Int(id)] = index } else { far[id] = index }
    return index
  }

  subscript(_ index: Int) -> State {
    _read { yield states[index] }
    _modify { yield &states[index] }
  }
}
