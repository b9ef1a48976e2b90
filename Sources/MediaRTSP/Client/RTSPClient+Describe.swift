import MediaBytes
import MediaModel
import MediaRTP

// What there is.

extension RTSPClient {
  mutating func receiveOptions(_ response: RTSPResponse, at now: Nanoseconds) {
    guard phase == .options else { return }
    if response.status.isSuccess {
      let words = response.headers.values("Public").flatMap { $0.parts(",") }
      methods = Set(words.map { RTSPMethod($0.trimmed.uppercased()) })
    } else {
      // Those that refuse it play all the same.
      deviate(
        .rtspOptionsRefused, seen: "OPTIONS refused: \(response.status)",
        action: "went on with DESCRIBE")
    }
    var headers = RTSPHeaders()
    headers.append("Accept", "application/sdp")
    ask(RTSPRequest(.describe, options.url.requestURI, headers: headers))
    enter(.describe, at: now)
  }

  mutating func receiveDescription(
    _ response: RTSPResponse, _ question: Question, at now: Nanoseconds
  ) throws(Failure) {
    guard phase == .describe else { return }
    guard response.status.isSuccess else {
      throw Failure(.refused(.describe, response.status), in: phase)
    }
    guard !response.body.isEmpty else { throw broken("the answer to DESCRIBE has no description") }
    noteType(response)
    let base = options.url.base(
      contentBase: response.headers["Content-Base"],
      contentLocation: response.headers["Content-Location"])
    noteBase(response)
    let (url, limits) = (options.url, options.descriptionLimits)
    let result = Result { () throws(ParseError) in
      try RTSPPresentation(response.body, url: url, base: base, limits: limits)
    }
    switch result {
    case .success(let presentation):
      self.presentation = presentation
      noteControls(presentation)
      enter(.described, at: now)
      events.append(.described(presentation))
    case .failure(let error): throw broken("the description cannot be read: \(error)")
    }
  }

  private mutating func noteType(_ response: RTSPResponse) {
    let type = response.headers["Content-Type"]
    guard type?.parts(";")[0].trimmed.isSameToken(as: "application/sdp") != true else { return }
    deviate(
      .rtspContentType,
      seen: type.map { "a description of type '\($0.printable)'" } ?? "a description without type",
      action: "read it as SDP")
  }

  private mutating func noteBase(_ response: RTSPResponse) {
    guard let said = response.headers["Content-Base"] ?? response.headers["Content-Location"],
      !said.isEmpty, !isHere(said)
    else { return }
    deviate(
      .rtspBase, seen: "a base that is not an address of the host we are connected to",
      action: "kept the host")
  }

  private mutating func noteControls(_ presentation: RTSPPresentation) {
    for track in presentation.tracks {
      guard let control = track.media.value("control"), control.contains("://"), !isHere(control)
      else { continue }
      deviate(
        .rtspControlElsewhere,
        seen: "track \(track.index) is controlled at another host or scheme",
        action: "kept those we are connected to")
    }
  }

  private func isHere(_ text: String) -> Bool {
    guard let url = try? RTSPURL(text.trimmed) else { return false }
    let ours = options.url
    return url.scheme == ours.scheme && url.host.isSameToken(as: ours.host)
  }
}
