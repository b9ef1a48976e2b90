import MediaBitstream
import MediaBytes

/// Walks the same bytes in every framing; units found by start code must survive lengths.
public func fuzzNALUnits(_ bytes: RawSpan) {
  for size in NALUnitLengthSize.allCases { _ = units(in: bytes, .lengthPrefixed(size)) }
  let found = units(in: bytes, .annexB)
  var writer = ByteWriter()
  for unit in found {
    precondition(unit.last != 0, "a trailing zero belongs to no unit")
    let field = writer.reserve(UInt32.self)
    writer.append(unit)
    writer.patchLength(field)
  }
  let prefixed = writer.bytes
  precondition(units(in: prefixed.span.bytes, .lengthPrefixed(.four)) == found, "units differ")
}

/// Copies of the units up to the end or the first error.
private func units(in bytes: RawSpan, _ framing: NALUnitFraming) -> [[UInt8]] {
  var cursor = NALUnitCursor(framing)
  var found: [[UInt8]] = []
  var end = 0
  do throws(ParseError) {
    while let range = try cursor.next(in: bytes) {
      precondition(range.lowerBound >= end && !range.isEmpty, "units overlap")
      precondition(range.upperBound <= bytes.byteCount, "a unit past the end")
      end = range.upperBound
      found.append([UInt8](copying: bytes.extracting(range)))
    }
  } catch {
    precondition((end...bytes.byteCount).contains(error.offset), "error outside the input")
  }
  return found
}

/// Asks what kind of picture the bytes are, as each codec and in each framing.
public func fuzzPictureKinds(_ bytes: RawSpan) {
  let framings =
    [NALUnitFraming.annexB] + NALUnitLengthSize.allCases.map { .lengthPrefixed($0) }
  for framing in framings {
    do throws(ParseError) {
      _ = try H264PictureKind(accessUnit: bytes, framing: framing)
    } catch {
      precondition((0...bytes.byteCount).contains(error.offset), "error outside the input")
    }
    do throws(ParseError) {
      _ = try H265PictureKind(accessUnit: bytes, framing: framing)
    } catch {
      precondition((0...bytes.byteCount).contains(error.offset), "error outside the input")
    }
  }
}
