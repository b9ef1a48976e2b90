import MediaModel

extension FLVChecker {
  /// The keyframe index of the metadata against the tags, as they come.
  ///
  /// An entry is right when it points at a video tag that is marked as key, sequence headers and
  /// ends among them, as injectors have it. In a file without video any tag will do.
  struct KeyframeIndexChecks: Sendable {
    private struct Entry: Sendable {
      var position: Int
      /// Seconds; nil where the index has no time for it.
      var time: Double?
    }

    private var entries: [Entry] = []
    private var next = 0
    private var offset = 0
    private var problems: [String] = []
    /// How entries point: at tags, behind their headers, at tags of no video, elsewhere.
    private var (atTags, atBodies, atOthers, elsewhere) = (0, 0, 0, 0)
    private var (firstElsewhere, firstOther): (Int?, Int?) = (nil, nil)
    private var wrongTimes = 0
    private var firstWrongTime: (told: Double, measured: Double)?
    /// By how much the entries miss the keyframes of the same rank, where that is one number.
    private var keyframes = 0
    private var shift: Int?
    /// The first frame's timestamp, which times may count from.
    private var start: Int64?

    mutating func begin(_ index: FLVMetadata.Keyframes, of record: FLVTagRecord) {
      offset = record.tag.offset
      let (positions, times) = (index.filePositions, index.times)
      if positions.count != times.count {
        problems.append(
          "\(counted(positions.count, "position")) and \(counted(times.count, "time"))")
      }
      entries.reserveCapacity(positions.count)
      for (number, value) in positions.enumerated() {
        guard let position = Int(exactly: value), position >= 0 else { continue }
        entries.append(Entry(position: position, time: number < times.count ? times[number] : nil))
      }
      if entries.count < positions.count {
        problems.append(
          "\(counted(positions.count - entries.count, "position")) of no whole number")
      }
      // Two pairs in the wrong order are one problem.
      if zip(entries, entries.dropFirst()).contains(where: { $0.position > $1.position }) {
        problems.append("the positions are not in order")
        entries.sort { $0.position < $1.position }
      }
      // Nothing was kept of what lies in front of this tag.
      if record.tag.index > 0 {
        next = entries.firstIndex { $0.position >= record.tag.offset } ?? entries.count
      }
    }

    /// Whether `check` has nothing to do any more.
    var isDone: Bool { start != nil && keyframes >= entries.count && next >= entries.count }

    mutating func check(_ record: FLVTagRecord) {
      if start == nil, record.kind == .codedFrames { start = record.dts }
      guard keyframes < entries.count || next < entries.count else { return }
      var isKey = false
      if case .video(let video) = record.body { isKey = video.isKeyframe }
      if isKey, record.kind == .codedFrames { compare(record.tag.offset) }
      let end = record.tag.body.upperBound + 4
      while next < entries.count, entries[next].position < end {
        judge(entries[next], record, isKey: isKey)
        next += 1
      }
    }

    private mutating func compare(_ position: Int) {
      guard keyframes < entries.count else { return }
      let distance = entries[keyframes].position - position
      if keyframes == 0 { shift = distance } else if shift != distance { shift = nil }
      keyframes += 1
    }

    private mutating func judge(_ entry: Entry, _ record: FLVTagRecord, isKey: Bool) {
      let behind = entry.position - record.tag.offset
      let isInPlace = behind == 0 || behind == FLVTagHeader.byteCount
      guard isInPlace, isKey || record.mediaKind != .video else {
        elsewhere += 1
        firstElsewhere = firstElsewhere ?? entry.position
        return
      }
      if !isKey {
        atOthers += 1
        firstOther = firstOther ?? entry.position
      }
      if behind == 0 { atTags += 1 } else { atBodies += 1 }
      guard isKey, let told = entry.time else { return }
      let base = Double(start ?? record.dts) / 1000
      let times = [Double(record.dts) / 1000, Double(record.pts) / 1000]
      // Some writers count from the first frame, and some round.
      let isRight = times.contains { abs(told - $0) < 0.05 || abs(told - $0 + base) < 0.05 }
      if !isRight {
        wrongTimes += 1
        firstWrongTime = firstWrongTime ?? (told, times[0])
      }
    }

    // MARK: The end

    mutating func finish(isWhole: Bool, hasVideo: Bool, _ found: inout [Finding]) {
      // In a file that was cut they point at what is no longer there.
      if isWhole, next < entries.count {
        elsewhere += entries.count - next
        firstElsewhere = firstElsewhere ?? entries[next].position
      }
      if hasVideo, let firstOther {
        elsewhere += atOthers
        firstElsewhere = min(firstElsewhere ?? firstOther, firstOther)
      }
      var told = problems
      if elsewhere > 0, let firstElsewhere { told.append(wrongPositions(firstElsewhere)) }
      if wrongTimes > 0, let time = firstWrongTime {
        told.append(
          "\(counted(wrongTimes, "time")) \(wrongTimes == 1 ? "is" : "are") wrong, the first is "
            + "\(AMFValue.number(time.told)) s for a keyframe at \(AMFValue.number(time.measured)) s"
        )
      }
      if !told.isEmpty {
        found.append(
          Finding(
            .keyframeIndex, "keyframes: " + told.prefix(4).joined(separator: "; "), offset: offset))
      } else if atBodies > 0 {
        found.append(
          Finding(
            .keyframeIndexDialect,
            "\(atBodies) of \(counted(entries.count, "position")) are those of the bodies, 11 bytes "
              + "behind the tags", offset: offset))
      }
    }

    private func wrongPositions(_ first: Int) -> String {
      let count = "\(elsewhere) of \(counted(entries.count, "position"))"
      if let shift, keyframes == entries.count, shift != 0 {
        return "all \(counted(entries.count, "position")) are \(counted(abs(shift), "byte")) too "
          + (shift < 0 ? "low" : "high")
      }
      return count + " point at no keyframe, the first is \(first)"
    }
  }
}
