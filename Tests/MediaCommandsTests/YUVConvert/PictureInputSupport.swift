import MediaCLI
import MediaIO
import MediaRaw
import Testing

@testable import MediaCommands

/// A request to read an input, all else as usual.
func pictureRequest(
  _ input: String, _ configure: (inout YUVConvertRequest) -> Void = { _ in }
) -> YUVConvertRequest {
  var request = YUVConvertRequest(
    input: input, output: nil, timeout: 5_000_000_000, arguments: ParsedArguments())
  configure(&request)
  return request
}

extension YUVConvertRequest {
  /// -s and -p.
  mutating func setForm(_ width: Int, _ height: Int, _ format: String) {
    (raw.width, raw.height, raw.format) = (width, height, PixelFormat(named: format))
  }
}

/// Everything that an input gave.
struct ReadPictures: Equatable {
  var numbers: [Int64] = []
  var pictures: [[UInt8]] = []
  var leftOver: Int64 = 0
  var bytesRead: Int64 = 0
}

/// Opens a file, or a pipe that carries some bytes.
func opened(_ request: YUVConvertRequest, pipe: [UInt8]? = nil) throws -> any PictureSource {
  try PictureOpening.open(request) { (timeout) throws(IOFailure) in
    guard let pipe else { return try ReadableFile.open("/dev/null") }
    return try pipeCarrying(pipe, false, timeout)
  }
}

func read(_ source: any PictureSource) throws -> ReadPictures {
  let pool = BufferPool(byteCount: source.description.layout.byteCount)
  var result = ReadPictures()
  while let picture = try source.next() {
    result.numbers.append(picture.number)
    result.pictures.append(Array(try picture.bytes(pool).bytes))
  }
  result.leftOver = source.leftOver
  result.bytesRead = source.bytesRead
  return result
}

/// The failure of opening or reading.
func pictureFailure(_ request: YUVConvertRequest, pipe: [UInt8]? = nil) -> Failure? {
  do {
    _ = try read(try opened(request, pipe: pipe))
    return nil
  } catch {
    return error as? Failure
  }
}

/// Pictures of some bytes, each different.
func patterned(_ count: Int, byteCount: Int) -> [[UInt8]] {
  (0..<count).map { number in
    (0..<byteCount).map { UInt8(truncatingIfNeeded: 31 * number + 7 * $0) }
  }
}
