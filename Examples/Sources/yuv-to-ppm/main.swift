// Converts a raw picture, 4:2:0 of 8 bits in BT.709, to RGB by the exact formula, as a PPM file.
import MediaIO
import MediaRaw
import MediaSignal

let arguments = CommandLine.arguments
guard arguments.count == 5, let width = Int(arguments[3]), let height = Int(arguments[4]),
  let yuv420p = PixelFormat(named: "yuv420p"), let rgb24 = PixelFormat(named: "rgb24")
else { fatalError("usage: yuv-to-ppm IN.yuv OUT.ppm WIDTH HEIGHT") }

let converter = PictureConverter(
  PictureConversion(
    from: PictureForm(
      try PictureLayout(yuv420p, width: width, height: height),
      PictureColor(matrix: .bt709, range: .limited)),
    to: PictureForm(
      try PictureLayout(rgb24, width: width, height: height),
      PictureColor(matrix: .bt709, range: .full))))

let picture = try ReadableFile.open(arguments[1]).read(upTo: converter.input.layout.byteCount)
guard picture.count == converter.input.layout.byteCount else { fatalError("too few bytes") }
var output = try OutputFile(path: arguments[2], force: true)
try output.write("P6 \(width) \(height) 255\n")
try output.write(converter.apply(picture))
try output.finish()
