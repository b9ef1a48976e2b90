import MediaBytes
internal import MediaModel
import MediaRaw
import MediaSignal

/// Reads bytes as a Y4M file, writes what the first line said and reads it again; takes them for the
/// name of a file too, and for raw pictures of unknown layout.
public func fuzzY4M(_ bytes: RawSpan) {
  let all = (0..<bytes.byteCount).map { bytes.byte(at: $0) }
  walk(all)
  let name = PictureFileName(String(decoding: all.prefix(200), as: UTF8.self))
  if let rate = name.frameRate { precondition(rate.numerator > 0 && rate.denominator > 0) }
  // Guessing takes its time: some files only, and not much of them.
  guard let last = all.last, last <= 1 else { return }
  guess(Array(all.prefix(2048)), byteCount: last == 0 ? Int64(all.count) : nil, name)
}

/// The lines and pictures, within the input and with offsets within it.
private func walk(_ bytes: [UInt8]) {
  var parser = Y4MParser()
  var position = 0
  do throws(Y4MError) {
    while parser.next != .end {
      let left = bytes.count - position
      switch parser.next {
      case .picture(let count):
        precondition(count > 0 && count <= PictureLayout.maxByteCount, "a picture's bytes")
        parser.pass(min(count, left))
        position += min(count, left)
      case .line where left == 0: try parser.end()
      case .line:
        let line = bytes[position...].prefix(Y4MHeader.maxLineLength).prefix { $0 != 0x0a }
        try parser.receive(line: Array(line))
        position = min(position + line.count + 1, bytes.count)
      case .end: break
      }
    }
  } catch {
    precondition(error.offset >= 0 && error.offset <= Int64(bytes.count), "an offset outside")
    precondition(!error.message.isEmpty)
  }
  if let header = parser.header { roundTrip(header) }
}

private func roundTrip(_ header: Y4MHeader) {
  let line = header.line
  precondition(line.count <= Y4MHeader.maxLineLength && line.last == 0x0a)
  do throws(Y4MError) {
    let back = try Y4MHeader(parsing: Array(line.dropLast()))
    var expected = header
    // Comments may have been too long; a format's usual place of chroma is said where none was.
    expected.comments = back.comments
    expected.siting = back.siting
    precondition(back == expected, "a header reads otherwise than it was written")
    precondition(header.siting == nil || header.siting == back.siting)
  } catch { preconditionFailure("our own header is refused: \(error.message)") }
}

private func guess(_ bytes: [UInt8], byteCount: Int64?, _ name: PictureFileName) {
  bytes.withUnsafeBytes { sample in
    let guesses = LayoutGuess.guesses(
      sample: sample, byteCount: byteCount, name: name, known: (nil, nil, nil), limit: 5)
    precondition(guesses.count <= 5)
    for guess in guesses {
      precondition(guess.frames >= 0 && guess.remainder >= 0)
      precondition((0...1).contains(guess.score) && (0...1).contains(guess.rowCorrelation))
    }
  }
}
