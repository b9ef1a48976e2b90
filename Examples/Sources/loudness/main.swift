// Measures the loudness of stereo samples on standard input: 16 bits, little-endian, 48000 Hz.
import MediaIO
import MediaRaw
import MediaSignal

guard let format = PCMFormat(sampleFormat: .s16le, sampleRate: 48_000, channelCount: 2) else {
  fatalError("this is a format")
}
var meter = SoundStreamMeter(SoundPlan(format: format))
let input = try ReadableFile.standardInput()
while true {
  let bytes = try input.read(upTo: 1 << 16)
  if bytes.isEmpty { break }
  try meter.append(bytes)
}
let sound = try meter.finish()

func tell(_ name: String, _ value: Double?) { print(name, value.map { "\($0)" } ?? "none") }
tell("integrated loudness, LUFS:", sound.loudness?.integrated.number)
tell("loudness range, LU:", sound.loudness?.range.number)
tell("true peak, dBTP:", sound.overall.truePeak.flatMap { Decibels.ofAmplitude($0) })
