internal import MediaCLI

/// Which tracks: `v:0`, `a`, `s:1`, `d`, or an index; several with commas.
struct TrackSelection: Equatable, Sendable {
  private enum Part: Equatable {
    case index(Int)
    case kind(String, ordinal: Int?)
  }
  private var parts: [Part] = []
  /// As it was given.
  let text: String

  init(parsing text: String) throws(UsageError) {
    self.text = text
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      if let index = Int(word), index >= 0 {
        parts.append(.index(index))
        continue
      }
      let pieces = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let ordinal = pieces.count == 2 ? Int(pieces[1]) : nil
      guard let letter = pieces.first, let kind = Self.kinds[String(letter)],
        pieces.count == 1 || (ordinal ?? -1) >= 0
      else { throw UsageError("expected an index or v, a, s, d, t with an optional :N") }
      parts.append(.kind(kind, ordinal: ordinal))
    }
  }

  private static let kinds = [
    "v": "video", "a": "audio", "s": "subtitle", "d": "data", "t": "attachment",
  ]

  /// Indices wanted among tracks of these kinds.
  func indices(kinds: [String]) -> Set<Int> {
    var wanted: Set<Int> = []
    for part in parts {
      switch part {
      case .index(let index) where kinds.indices.contains(index): wanted.insert(index)
      case .index: break
      case .kind(let kind, let ordinal):
        let all = kinds.indices.filter { kinds[$0] == kind }
        if let ordinal {
          if ordinal < all.count { wanted.insert(all[ordinal]) }
        } else {
          wanted.formUnion(all)
        }
      }
    }
    return wanted
  }
}
