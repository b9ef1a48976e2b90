import MediaRaw
import TestSupport
import Testing

@testable import MediaCommands

/// The program between two others.
@Suite(.peers("ffmpeg")) struct YUVConvertPipeTests {
  @Test func aPipelineGivesWhatFilesGive() throws {
    let folder = try ScratchFolder()
    let source = "ffmpeg -v error -f lavfi -i testsrc2=s=320x180:r=25:d=2 -pix_fmt yuv420p"
    let raw = "-s 320x180 -p yuv420p --matrix bt709 --range limited --to raw,nv12"
    let script = """
      set -e
      \(source) -f rawvideo - | "$0" yuv-convert \(raw) - - \
        | ffmpeg -v error -f rawvideo -pix_fmt nv12 -s 320x180 -i - -f rawvideo piped
      \(source) -f rawvideo in
      "$0" yuv-convert \(raw) in direct
      \(source) -f yuv4mpegpipe - | "$0" yuv-convert -q --to y4m,yuv444p - - \
        | ffmpeg -v error -f yuv4mpegpipe -i - -f framemd5 - | grep -v ^# > piped.md5
      "$0" yuv-convert -q -s 320x180 -p yuv420p -r 25 --to y4m,yuv444p in direct.y4m
      ffmpeg -v error -i direct.y4m -f framemd5 - | grep -v ^# > direct.md5
      cmp piped direct
      cmp piped.md5 direct.md5
      wc -c < piped
      """
    let outcome = try ProcessRunner.run(
      "bash", ["-o", "pipefail", "-c", script, Mediatool.path], directory: folder.path)
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(outcome.output == "\(50 * 320 * 180 * 3 / 2)\n")
  }

  @Test func aReaderThatHasEnoughEndsThePipelineQuietly() throws {
    let outcome = try ProcessRunner.run(
      "bash",
      [
        "-c",
        "head -c 8294400 /dev/zero | \"$0\" yuv-convert -s 320x180 -p gray --to raw,rgb24 "
          + "--matrix bt709 --range full - - | head -c 1000 | wc -c; echo ${PIPESTATUS[1]} >&2",
        Mediatool.path,
      ])
    #expect(outcome.output == "1000\n", "\(outcome)")
    // SIGPIPE, and nothing said.
    #expect(outcome.errorLines == ["141"], "\(outcome)")
  }
}
