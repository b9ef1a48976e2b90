/// The name that `word` most likely stands for, or nil where none comes close.
///
/// Close is a spelling with about one mistake in three letters (an exchange of neighbours is one
/// mistake, case does not count), or else a name that `word` begins. Of equals the first wins.
public func nearest(to word: String, among names: some Sequence<String>) -> String? {
  let wanted = Array(word.lowercased().unicodeScalars)
  var best: (name: String, distance: Int)?
  var completion: String?
  for name in names {
    let candidate = Array(name.lowercased().unicodeScalars)
    let limit = max(1, min(wanted.count, candidate.count) / 3)
    if abs(wanted.count - candidate.count) <= limit {
      let distance = editDistance(wanted, candidate)
      if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
    }
    if completion == nil, wanted.count >= 2, candidate.starts(with: wanted) { completion = name }
  }
  return best?.name ?? completion
}

/// Insertions, deletions, substitutions and exchanges of neighbours from `a` to `b`
/// (Damerau-Levenshtein, no letter edited twice).
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        cost = min(cost, beforeLast[j - 1] + 1)
      }
      row.append(cost)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
