import MediaJSON

/// The candidate a user most probably meant by `word`, nil when none is close.
///
/// Dashes in front do not count, and single letters tell too little.
func nearestWord(to word: String, among candidates: [String]) -> String? {
  let candidates = candidates.filter { withoutDashes($0).utf8.count >= 2 }
  let bare = candidates.map(withoutDashes)
  let typed = withoutDashes(word)
  guard typed.utf8.count >= 2, let found = nearest(to: typed, among: bare),
    let index = bare.firstIndex(of: found)
  else { return nil }
  return candidates[index]
}

private func withoutDashes(_ word: String) -> String { String(word.drop { $0 == "-" }) }
