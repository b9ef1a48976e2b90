/// The first of what there may be millions of in one tag, and how many more there are.
struct FirstOf<Element> {
  private(set) var elements: [Element] = []
  private(set) var more = 0
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  init(limit: Int, _ elements: some Sequence<Element>) {
    self.init(limit: limit)
    for element in elements { append(element) }
  }

  mutating func append(_ element: @autoclosure () -> Element) {
    if elements.count < limit { elements.append(element()) } else { more += 1 }
  }
}

extension FirstOf where Element == String {
  /// The elements and, where there are more, how many.
  var words: [String] { more > 0 ? elements + ["\(more) more"] : elements }
}
