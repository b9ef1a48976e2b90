internal import Glibc
internal import MediaIO
internal import MediaRaw
internal import MediaSignal

/// Pictures of a file converted in bands that go out one by one.
struct PictureBands: Sendable {
  private let converter: BandedConverter
  private let inputs: BufferPool
  private let outputs: BufferPool

  /// nil where pictures are needed whole.
  ///
  /// - Parameters:
  ///   - plan: of one step.
  ///   - jobs: alone, a thread keeps a band in its own cache; several would hand over too often.
  init?(_ plan: ConversionPlan, jobs: Int) {
    guard plan.steps.count == 1, let step = plan.steps[0] as? PictureConverter,
      let converter = BandedConverter(step, bandByteCount: jobs == 1 ? 384 << 10 : 1 << 20)
    else { return nil }
    self.converter = converter
    inputs = BufferPool(byteCount: converter.inputByteCount)
    outputs = BufferPool(byteCount: converter.outputByteCount)
  }

  /// What is to be done for a picture; nil where it is held already, whole.
  func items(_ picture: SourcePicture) -> [PictureWorker.Item]? {
    guard case .stored = picture.content else { return nil }
    return (0..<converter.bandCount).map { PictureWorker.Item(picture: picture, band: $0) }
  }

  /// - Throws: `IOFailure`; a file that has become shorter meanwhile is one of `EIO`.
  func convert(_ picture: SourcePicture, band: Int) throws(IOFailure) -> PictureWorker.Done {
    guard case .stored(let file, let offset) = picture.content else {
      preconditionFailure("a band of a picture that is held")
    }
    let input = inputs.take()
    for piece in converter.pieces(ofBand: band) {
      let room = UnsafeMutableRawBufferPointer(rebasing: input.bytes[piece.bandRange])
      guard try file.read(at: offset + Int64(piece.pictureOffset), into: room) == room.count else {
        throw IOFailure(call: "read", code: EIO, subject: file.subject)
      }
    }
    let output = outputs.take()
    converter.convert(band: band, UnsafeRawBufferPointer(input.bytes), into: output.bytes)
    return PictureWorker.Done(
      number: picture.number,
      bytes: .band(output, byteCount: converter.outputByteCount(ofBand: band)),
      isUnfinished: band < converter.bandCount - 1)
  }
}
