/// Joins what chunks know of dropouts in a channel.
struct DropoutJoiner {
  /// The first `SoundMeasurement.maxListed`.
  private(set) var listed: [Range<Int64>] = []
  private(set) var count = 0
  private let rule: DropoutRule
  /// Zeros that reach up to the end of the last chunk.
  private var open: ZeroRun?
  /// Runs with sound before them whose vicinity reaches beyond the last chunk.
  private var waiting: [ZeroRun] = []
  private var lastLoud: Int64?

  /// Of a whole sound.
  init(_ rule: DropoutRule) { self.rule = rule }

  /// Takes in what a chunk of these frames has.
  mutating func append(_ chunk: DropoutsOfChunk, of frames: Range<Int64>) {
    var head = open
    open = nil
    let goesOn = chunk.runs.first?.frames.lowerBound == frames.lowerBound
    if let run = head, !goesOn {
      waiting.append(run)
      head = nil
    }
    let waited = waiting
    waiting = []
    for run in waited {
      let vicinity = run.frames.upperBound + rule.vicinity
      settle(run, after: chunk.firstLoud.map { $0 < vicinity } ?? false, known: frames.upperBound)
    }
    for run in chunk.runs {
      var whole = run
      if let before = head, run.frames.lowerBound == frames.lowerBound {
        whole.frames = before.frames.lowerBound..<run.frames.upperBound
        whole.hasSoundBefore = before.hasSoundBefore
      } else if let lastLoud, lastLoud >= run.frames.lowerBound - rule.vicinity {
        whole.hasSoundBefore = true
      }
      if run.frames.upperBound == frames.upperBound {
        open = whole
      } else {
        settle(whole, after: run.hasSoundAfter, known: frames.upperBound)
      }
    }
    lastLoud = chunk.lastLoud ?? lastLoud
  }

  /// Decides on a run that is over, as far as can be said by a frame.
  private mutating func settle(_ run: ZeroRun, after hasSoundAfter: Bool, known end: Int64) {
    guard run.hasSoundBefore,
      (rule.minimum..<max(rule.minimum, rule.silence)).contains(Int64(run.frames.count))
    else { return }
    if hasSoundAfter {
      count += 1
      if listed.count < SoundMeasurement.maxListed { listed.append(run.frames) }
    } else if run.frames.upperBound + rule.vicinity > end {
      waiting.append(run)
    }
  }
}
