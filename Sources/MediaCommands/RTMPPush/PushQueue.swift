internal import MediaRTMP

/// What one URL is still to be sent, and what it needs after a lost connection.
///
/// The current group of pictures is always held: metadata and configuration, and everything from
/// the latest key picture on. Streams without pictures can begin with any sound. Live queues drop
/// up to the next key picture what a receiver is too slow for; lossless ones say that they are full.
struct PushQueue {
  /// Milliseconds of media that may wait.
  let limit: Int64
  /// Whether the reader waits for the receiver, instead of dropping.
  let isLossless: Bool
  /// Bytes beyond which a group is no longer held for a connection to come, nor is more than a group
  /// by a lossless queue.
  let groupByteLimit: Int

  /// Frames that were never handed out and never will be.
  private(set) var dropped = 0
  /// Whether there is somebody to hand out to.
  private(set) var isConnected = false

  private var messages = Window()
  /// The position of the next message to hand out.
  private var cursor = 0
  /// Behind the last that was ever handed out; a new connection goes back behind it.
  private var reached = 0
  /// Where decoding can begin, with what must be known there.
  private var starts: [Start] = []
  /// The earliest key picture of the latest time that any track has one at.
  private var candidate: (start: Start, time: Int64)?
  private var opening = Opening()
  /// What goes out before the message at `cursor`.
  private var front: ArraySlice<PushMessage> = []
  /// Which state of `opening` the receiver knows.
  private var sentVersion = 0
  private var hasPictures = false
  /// Whether all is passed over until decoding can begin.
  private var isWaiting = false
  /// `limit`, or more while a new connection catches up.
  private var allowance: Int64

  /// What must be known before any frame.
  private struct Opening {
    var metadata: PushMessage?
    var configurations: [PushMessage] = []
    var version = 0

    mutating func take(_ message: PushMessage) {
      switch message.role {
      case .metadata: metadata = message
      case .configuration:
        if let index = configurations.firstIndex(where: { $0.role == message.role }) {
          configurations[index] = message
        } else {
          configurations.append(message)
        }
      case .picture, .sound, .other: return
      }
      version += 1
    }

    func messages(before next: PushMessage) -> ArraySlice<PushMessage> {
      let all = [metadata].compactMap(\.self) + configurations
      return all.map { message in
        var message = message
        (message.time, message.position) = (next.time, next.position)
        return message
      }[...]
    }
  }

  private struct Start {
    var position: Int
    var opening: Opening
  }

  /// Makes an empty one.
  init(limit: Int64, isLossless: Bool = false, groupByteLimit: Int = 64 << 20) {
    (self.limit, self.isLossless, self.groupByteLimit) = (limit, isLossless, groupByteLimit)
    allowance = limit
  }

  // MARK: What waits

  /// Whether there is nothing to hand out.
  var isEmpty: Bool { front.isEmpty && cursor == messages.end }

  /// Milliseconds of media that wait.
  var waitingTime: Int64 {
    guard cursor < messages.end else { return 0 }
    return messages.due(messages.end - 1) - messages.due(cursor)
  }

  /// Whether a lossless queue has enough.
  var isFull: Bool { isLossless && waitingTime >= limit }

  /// Bytes held, those included that only a new connection would need.
  var byteCount: Int { messages.byteCount }

  // MARK: In

  /// Takes the next message of the stream.
  mutating func append(_ message: PushMessage) {
    opening.take(message)
    let isStart = noteStart(message)
    if isWaiting {
      guard isStart else {
        if message.isFrame { dropped += 1 }
        return
      }
      isWaiting = false
      bringOpening(opening, before: message)
    }
    messages.append(message)
    forget()
    dropIfNeeded()
  }

  /// Whether decoding can begin with a message that stands at the end of the window, or soon will.
  private mutating func noteStart(_ message: PushMessage) -> Bool {
    let here = messages.end
    switch message.role {
    case .metadata, .other: return false
    case .configuration(let configuration):
      if configuration.type == .video { notePictures() }
      return false
    case .sound:
      guard !hasPictures else { return false }
      starts.append(Start(position: here, opening: opening))
      return true
    case .picture(let picture):
      notePictures()
      guard picture != .inter else { return false }
      if candidate?.time != message.time {
        candidate = (Start(position: here, opening: opening), message.time)
      }
      guard picture == .key, let candidate else {
        return candidate?.start.position == here
      }
      if starts.last?.position != candidate.start.position { starts.append(candidate.start) }
      return true
    }
  }

  private mutating func notePictures() {
    if !hasPictures { (starts, hasPictures) = ([], true) }
  }

  // MARK: Out

  /// The next message to send; nil where there is none, or nobody to send it to.
  mutating func next() -> PushMessage? {
    guard isConnected else { return nil }
    if let message = front.popFirst() {
      if front.isEmpty { front = [] }
      return message
    }
    guard cursor < messages.end else { return nil }
    let message = messages[cursor]
    cursor += 1
    reached = max(reached, cursor)
    // What the window has at its end is known by whoever has received all of it.
    if cursor == messages.end { sentVersion = opening.version }
    if waitingTime < limit { allowance = limit }
    forget()
    return message
  }

  /// Begins anew for a receiver that knows nothing: with what it must know, and the latest key
  /// picture.
  mutating func join() {
    isConnected = true
    guard messages.end > 0 || opening.version > 0 else { return }
    sentVersion = 0
    if let start = restart.map({ starts[$0] }) {
      pass(to: start)
      bringOpening(start.opening, before: messages[start.position])
      allowance = limit + waitingTime
    } else if messages.begin > 0 || isWaiting {
      dropAll()
    }
  }

  /// Whether a new receiver could take over here without missing or repeating anything.
  var isAtStart: Bool {
    front.isEmpty && cursor < messages.end && starts.contains { $0.position == cursor }
  }

  /// Goes on where it is, for a receiver that knows nothing; only where `isAtStart`.
  mutating func handOver() {
    guard let start = starts.first(where: { $0.position == cursor }) else { return join() }
    sentVersion = 0
    bringOpening(start.opening, before: messages[cursor])
  }

  /// The receiver is gone; what it still needs is decided when there is another.
  mutating func leave() {
    isConnected = false
    front = []
    dropIfNeeded()
  }

  /// There will be no receiver any more: what waits is dropped.
  mutating func close() {
    isConnected = false
    dropAll()
  }

  /// Which of `starts` a new receiver begins at.
  private var restart: Int? {
    guard isLossless else { return starts.indices.last }
    return starts.lastIndex { $0.position <= cursor } ?? starts.indices.first
  }

  // MARK: Dropping

  private mutating func dropIfNeeded() {
    guard isConnected else {
      // Others may go on meanwhile: what one that drops nothing can hold has its limit, too.
      if isLossless, messages.byteCount <= groupByteLimit { return }
      if let start = starts.last, start.position > cursor { pass(to: start) }
      if messages.byteCount > groupByteLimit { dropAll() }
      return
    }
    guard !isLossless, waitingTime > allowance else { return }
    if let start = starts.last, start.position > cursor {
      pass(to: start)
      if start.opening.version != sentVersion {
        bringOpening(start.opening, before: messages[start.position])
      }
      guard waitingTime > allowance else { return }
    }
    dropAll()
  }

  /// Goes on with a key picture, forth or back.
  private mutating func pass(to start: Start) {
    countDropped(until: start.position)
    cursor = start.position
    forget()
  }

  /// Passes over everything until decoding can begin again.
  private mutating func dropAll() {
    countDropped(until: messages.end)
    cursor = messages.end
    messages.removeAll()
    (starts, candidate, front, isWaiting) = ([], nil, [], true)
  }

  private mutating func countDropped(until end: Int) {
    var position = max(cursor, reached)
    while position < end {
      if messages[position].isFrame { dropped += 1 }
      position += 1
    }
  }

  private mutating func bringOpening(_ opening: Opening, before message: PushMessage) {
    guard opening.version != sentVersion else { return }
    front = opening.messages(before: message)
    sentVersion = opening.version
  }

  /// Lets go of what no receiver will be sent any more.
  private mutating func forget() {
    let floor = restart.map { starts[$0].position } ?? cursor
    if let kept = starts.firstIndex(where: { $0.position >= min(floor, cursor) }), kept > 0 {
      starts.removeFirst(kept)
    }
    messages.removeFirst(upTo: min(floor, cursor, candidate?.start.position ?? cursor))
    if isConnected, messages.byteCount > groupByteLimit, cursor == messages.end {
      messages.removeFirst(upTo: cursor)
      (starts, candidate) = ([], nil)
    }
  }
}

/// Messages by their positions, which go on as the first are let go.
private struct Window {
  private var storage: [PushMessage?] = []
  private var head = 0
  /// The position of the first that is held.
  private(set) var begin = 0
  private(set) var byteCount = 0

  /// The position behind the last.
  var end: Int { begin + storage.count - head }

  subscript(position: Int) -> PushMessage {
    guard let message = storage[head + position - begin] else {
      preconditionFailure("a message that was let go")
    }
    return message
  }

  /// When the message at a position is to be sent, without a copy of it.
  func due(_ position: Int) -> Int64 { storage[head + position - begin]?.position ?? 0 }

  mutating func append(_ message: PushMessage) {
    storage.append(message)
    byteCount += message.payload.count
  }

  mutating func removeFirst(upTo position: Int) {
    while begin < position, head < storage.count {
      byteCount -= storage[head]?.payload.count ?? 0
      storage[head] = nil
      head += 1
      begin += 1
    }
    guard head == storage.count || head >= 1024 else { return }
    storage.removeFirst(head)
    head = 0
  }

  mutating func removeAll() { removeFirst(upTo: end) }
}
