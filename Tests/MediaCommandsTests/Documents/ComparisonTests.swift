import TestSupport
import Testing

/// What README's table says of other programs.
@Suite(.peers("ffprobe", "flvmeta", "yamdi", "tshark", "sox", "rtmpdump", "bash", "timeout"))
struct ComparisonTests {
  @Test(arguments: [
    "ffprobe -v error broken.flv", "! flvmeta -C broken.flv", "! flvmeta -U broken.flv out.flv",
    "yamdi -i broken.flv -o out.flv; ! mediatool flv-dump --check out.flv",
    "mediatool flv-dump --repair -o out.flv broken.flv && mediatool flv-dump --check out.flv",
    "test -z \"$(ffprobe -v error stutter.ts 2>&1)\"",
    "! mediatool probe --check --max-gap 100ms --fail-on warning stutter.ts",
    "! tshark -n -q -r call.pcap -z rtp,streams 2>/dev/null | grep 0x",
    "mediatool rtp-unpack call.pcap | grep 0x",
    "! sox loud.wav -n stats 2>&1 | grep -iE 'lufs|true peak'",
    "mediatool pcm-info loud.wav | grep LUFS",
    "! rtmpdump --help 2>&1 | grep -i publish",
  ])
  func holds(_ claim: String) throws {
    try expectRun(DocumentSample(script: claim + "\n"), on: try DocumentBench())
  }
}
