internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// Finds out what is told of a tag beyond its record, from the bytes of its body.
final class FLVTagDetailer {
  private let request: FLVDumpRequest
  private let walksNALUnits: Bool

  init(_ request: FLVDumpRequest) {
    self.request = request
    // A line of text says what a picture is made of.
    walksNALUnits =
      request.listsNALUnits
      || request.format == .text && !request.isSummary && !request.onlyChanges
  }

  var bodyPrefix: Int { walksNALUnits ? Int.max : request.hexByteCount ?? 0 }

  func detail(
    _ record: inout FLVTagRecord, body: RawSpan, _ inspector: FLVInspector
  ) -> FLVTagDetail {
    var detail = FLVTagDetail()
    if let count = request.hexByteCount {
      detail.hex = [UInt8](copying: body.extracting(0..<min(count, body.byteCount)))
    }
    return detail
  }
}
