/// The path of a URL, taken apart into application and key.
struct RTMPPath: Equatable {
  var app: String
  var streamKey: String

  /// Splits a path with its query, both as they stand behind the authority.
  init(_ text: Substring, overrides: RTMPURLOverrides = RTMPURLOverrides()) {
    self.init(splitting: text)
    switch (overrides.app, overrides.streamKey) {
    case (let app?, let key?): (self.app, streamKey) = (app, key)
    case (nil, let key?): (app, streamKey) = (Self.trimmed(text), key)
    case (let app?, nil): (self.app, streamKey) = (app, Self.trimmed(text, behind: app))
    case (nil, nil): break
    }
  }

  private init(splitting text: Substring) {
    let question = text.utf8.firstIndex(of: UInt8(ascii: "?")) ?? text.endIndex
    let query = text[question...]
    let path = Self.trimmed(text[..<question])
    let parts = path.split(atByte: UInt8(ascii: "/"))
    guard parts.count > 1 else {
      (app, streamKey) = (path + query, "")
      // rtmp://host/app?token/key: so it is written where the application has a query.
      if !path.isEmpty, let slash = query.utf8.lastIndex(of: UInt8(ascii: "/")) {
        app = path + query[..<slash]
        streamKey = String(query[query.utf8.index(after: slash)...])
      }
      return
    }
    let hasInstance =
      parts.count > 2 && parts[0] != "ondemand"
      && !parts[1].utf8.contains(UInt8(ascii: ":"))
    var (appEnd, keyStart) = hasInstance ? (2, 2) : (1, 1)
    if let empty = parts.firstIndex(of: "") {
      appEnd = empty
      keyStart = parts[empty...].firstIndex { !$0.isEmpty } ?? parts.endIndex
    }
    app = parts[..<appEnd].joined(separator: "/")
    streamKey = parts[keyStart...].joined(separator: "/") + query
  }

  /// The path without slashes at its ends; those within a query stay.
  private static func trimmed(_ text: Substring) -> String {
    var text = text.utf8.drop { $0 == UInt8(ascii: "/") }
    if !text.contains(UInt8(ascii: "?")) {
      while text.last == UInt8(ascii: "/") { text = text.dropLast() }
    }
    return String(Substring(text))
  }

  /// What the path has behind an application, or all of it where that is not in it.
  private static func trimmed(_ text: Substring, behind app: String) -> String {
    let path = trimmed(text)
    guard path.utf8.starts(with: app.utf8) else { return path }
    let rest = path.utf8.dropFirst(app.utf8.count)
    guard !app.isEmpty, rest.isEmpty || rest.first == UInt8(ascii: "/") else { return path }
    return String(Substring(rest.drop { $0 == UInt8(ascii: "/") }))
  }
}

extension StringProtocol {
  /// The parts between the bytes, empty ones too; an accent upon a separator does not hide it.
  func split(atByte separator: UInt8, maxSplits: Int = .max) -> [SubSequence]
  where SubSequence == Substring {
    utf8.split(separator: separator, maxSplits: maxSplits, omittingEmptySubsequences: false).map {
      self[$0.startIndex..<$0.endIndex]
    }
  }
}
