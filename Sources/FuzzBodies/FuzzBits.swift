import MediaBytes

/// Reads bits as the first bytes say, in both forms, and checks that reading only moves forward.
public func fuzzBits(_ bytes: RawSpan) {
  guard bytes.byteCount > 0 else { return }
  let plan = Int(bytes.byte(at: 0) & 15) + 1
  guard bytes.byteCount > plan else { return }
  let data = bytes.extracting(plan..<bytes.byteCount)
  for isRBSP in [false, true] {
    var reader =
      isRBSP ? BitReader(rbsp: data, baseOffset: plan) : BitReader(data, baseOffset: plan)
    var step = 0
    do throws(ParseError) {
      while reader.hasMoreRBSPData {
        let before = reader.bitsRemaining
        let offset = reader.offset
        let choice = bytes.byte(at: step % plan)
        try readOnce(&reader, choice)
        let isProgress = reader.bitsRemaining < before
        precondition(isProgress || choice % 70 == 0, "read nothing")
        precondition(reader.offset >= offset && reader.offset <= bytes.byteCount)
        // A field of no bits is lawful, but this loop would never end on it alone.
        step += 1
        if step % plan == 0, !isProgress { return }
      }
    } catch {
      precondition((plan...bytes.byteCount).contains(error.offset), "error outside the input")
    }
  }
}

private func readOnce(_ reader: inout BitReader, _ choice: UInt8) throws(ParseError) {
  switch choice % 70 {
  case let count where count <= 64:
    let value = try reader.bits(Int(count), "bits")
    precondition(count == 64 || value >> UInt64(count) == 0, "more bits than asked for")
  case 65: _ = try reader.flag("flag")
  case 66:
    let code = try reader.ue("ue")
    precondition(code < UInt32.max, "beyond the widest code")
  case 67:
    let code = try reader.se("se")
    precondition(code > Int32.min, "beyond the widest code")
  case 68: try reader.skip(9, "skip")
  default:
    _ = try reader.flag("flag")
    reader.alignToByte()
  }
}
