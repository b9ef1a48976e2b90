import Foundation
import MediaRaw
import TestSupport
import Testing

/// A file of others and what is known of it (INDEX.md there).
private struct Known: Sendable, CustomStringConvertible {
  var path: String
  var format: SampleFormat?
  var channels = 1
  var frames = 0
  var codes: [String] = []
  var description: String { path }
}

private let known = [
  Known(path: "androidx-media/sample.wav", format: .s16le, frames: 44_100),
  Known(path: "androidx-media/sample_8bit.wav", format: .u8, frames: 44_100),
  Known(path: "androidx-media/sample_float32.wav", format: .f32le, frames: 45_056),
  Known(path: "androidx-media/sample_rf64.wav", format: .s16le, channels: 2, frames: 16_734),
  Known(
    path: "androidx-media/sample_wav_format_extensible.wav", format: .f32le, channels: 6,
    frames: 24_576),
  Known(path: "androidx-media/sine_24le.wav", format: .s24le, frames: 44_100),
  Known(path: "pyloudnorm/sine_1000.wav", format: .s16le, frames: 44_100, codes: ["W50009"]),
  Known(path: "scipy-wav/test-1234Hz-le-1ch-10S-20bit-extra.wav", format: .s24le, frames: 10),
  Known(
    path: "scipy-wav/test-44100Hz-2ch-32bit-float-be.wav", format: .f32be, channels: 2, frames: 441),
  Known(
    path: "scipy-wav/test-44100Hz-2ch-32bit-float-le.wav", format: .f32le, channels: 2, frames: 441),
  Known(path: "scipy-wav/test-44100Hz-be-1ch-4bytes.wav", format: .s32be, frames: 4410),
  // The size of RIFF leaves the chunk fact out.
  Known(
    path: "scipy-wav/test-44100Hz-le-1ch-4bytes.wav", format: .s32le, frames: 4410,
    codes: ["W50003"]),
  // sampleCount of ds64 is 41745.
  Known(
    path: "scipy-wav/test-44100Hz-le-1ch-4bytes-rf64.wav", format: .s32le, frames: 4410,
    codes: ["W50009"]),
  Known(path: "scipy-wav/test-44100Hz-le-1ch-4bytes-early-eof-no-data.wav"),
  Known(path: "scipy-wav/test-44100Hz-le-1ch-4bytes-incomplete-chunk.wav"),
  Known(
    path: "scipy-wav/test-44100Hz-le-1ch-4bytes-early-eof.wav", format: .s32le, frames: 236,
    codes: ["E50002"]),
  Known(
    path: "scipy-wav/test-48000Hz-2ch-64bit-float-le-wavex.wav", format: .f64le, channels: 2,
    frames: 480),
  Known(path: "scipy-wav/test-8000Hz-be-3ch-5S-24bit.wav", format: .s24be, channels: 3, frames: 5),
  Known(path: "scipy-wav/test-8000Hz-le-1ch-1byte-ulaw.wav", format: .mulaw, frames: 9),
  Known(path: "scipy-wav/test-8000Hz-le-2ch-1byteu.wav", format: .u8, channels: 2, frames: 800),
  Known(
    path: "scipy-wav/test-8000Hz-le-3ch-5S-24bit-inconsistent.wav", format: .s24le, channels: 3,
    frames: 5, codes: ["W50006"]),
  Known(path: "scipy-wav/test-8000Hz-le-3ch-5S-24bit.wav", format: .s24le, channels: 3, frames: 5),
  Known(
    path: "scipy-wav/test-8000Hz-le-3ch-5S-24bit-rf64.wav", format: .s24le, channels: 3, frames: 5),
  Known(path: "scipy-wav/test-8000Hz-le-3ch-5S-36bit.wav"),
  Known(path: "scipy-wav/test-8000Hz-le-3ch-5S-45bit.wav"),
  Known(path: "scipy-wav/test-8000Hz-le-3ch-5S-53bit.wav"),
  Known(path: "scipy-wav/test-8000Hz-le-3ch-5S-64bit.wav"),
  Known(path: "scipy-wav/test-8000Hz-le-4ch-9S-12bit.wav", format: .s16le, channels: 4, frames: 9),
  Known(
    path: "scipy-wav/test-8000Hz-le-5ch-9S-5bit.wav", format: .u8, channels: 5, frames: 9,
    codes: ["W50004"]),
]

@Suite(
  "Sound of other projects",
  .enabled(if: corpus != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct CorpusTests {
  @Test("Every file is read as is known of it", arguments: known)
  private func reads(_ known: Known) throws {
    let folder = try #require(corpus)
    let bytes = try contents(of: folder.appendingPathComponent(known.path).path)
    let file = read(bytes)
    #expect((file.error == nil) == (known.format != nil), "\(String(describing: file.error))")
    guard let expected = known.format else { return }
    let format = try #require(file.format)
    #expect(format.sampleFormat == expected && format.channelCount == known.channels)
    #expect(file.frames == known.frames)
    #expect(file.codes == known.codes, "\(file.findings)")
    #expect(read(bytes, isStream: true) == file)
  }

  @Test("The big-endian file of scipy has the samples of the little-endian one")
  func orders() throws {
    let folder = try #require(corpus)
    let planes = try ["be", "le"].map { order in
      let name = "scipy-wav/test-44100Hz-\(order)-1ch-4bytes.wav"
      let bytes = try contents(of: folder.appendingPathComponent(name).path)
      let file = read(bytes)
      return decode(Array(bytes[try #require(file.samples)]), try #require(file.format))
    }
    #expect(planes[0] == planes[1])
  }
}
