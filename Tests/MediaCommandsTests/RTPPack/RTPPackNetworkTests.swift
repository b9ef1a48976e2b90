import MediaIO
import TestSupport
import Testing

/// IPv6 and multicast, from `rtp-pack --send` to receivers of this host and to `rtp-unpack`.
@Suite(.peers("ffmpeg")) struct RTPPackNetworkTests {
  private static let hasIPv6 =
    SocketAddress("::1", port: 0).flatMap { try? UDPSocket(bindingTo: $0) } != nil

  /// Through the loopback alone, whose address is then the sender's.
  private static let group = (
    host: "239.255.77.9", options: ["--interface", "lo", "--ttl", "3"]
  )

  private func expectUnits(_ input: String, _ output: String) throws {
    let expected = try ReceivedContent.units(input, isH265: false)
    #expect(try ReceivedContent.units(output, isH265: false) == expected && expected.count >= 15)
  }

  /// What `rtp-unpack` says of the only stream.
  private func received(_ outcome: Outcome) throws -> JSONText {
    let streams = try JSONText(outcome.stdout)["streams"]?.items ?? []
    let stream = try #require(streams.first, "\(outcome)")
    #expect(streams.count == 1 && stream["bye"] == .bool(true))
    #expect(stream["lost"]?.integer == 0 && stream["duplicated"]?.integer == 0)
    return stream
  }

  @Test(.enabled(if: hasIPv6, "needs IPv6"), arguments: [true, false])
  func unpackReceivesOverIPv6(bySDP: Bool) throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path("rtp-sliced.h264")
    let transfer = try RTPTransfer(input, to: "[::1]", in: folder)
    #expect(try text(of: transfer.sdp).contains("\r\nc=IN IP6 ::1\r\n"))
    let place = bySDP ? [transfer.sdp] : ["--sdp", transfer.sdp, transfer.url]
    let outcome = try transfer.received(
      by: Mediatool.path, ["rtp-unpack", "--json", "-o", folder["out.h264"]] + place)
    let stream = try received(outcome)
    #expect(stream["source"]?.string?.hasPrefix("[::1]:") == true)
    try expectUnits(input, folder["out.h264"])
  }

  @Test(.enabled(if: hasIPv6, "needs IPv6")) func ffmpegReceivesOverIPv6() throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path("rtp-sliced.h264")
    try RTPTransfer(input, ["--rtcp-mux"], to: "[::1]", in: folder)
      .receivedByFFmpeg(["-c", "copy", folder["out.h264"]])
    try expectUnits(input, folder["out.h264"])
  }

  /// Routes would say another way, and another address.
  @Test func theInterfaceGivesTheSendersAddress() throws {
    var group = try #require(SocketAddress(Self.group.host, port: 0))
    let receiver = try UDPSocket(bindingTo: group, shared: true)
    group.port = try receiver.localAddress().port
    try receiver.join(group, on: NetworkInterface("lo"))
    let sent = try Mediatool.run(
      ["rtp-pack", "-q", "--fast", "--send", "rtp://\(group)", "--rtcp-mux"]
        + Self.group.options + [RTPClips.path("rtp-sliced.h264")])
    #expect(sent.ending == .exit(0), "\(sent)")
    let inbox = DatagramInbox()
    #expect(try receiver.receive(into: inbox) > 0)
    #expect(inbox.datagrams.allSatisfy { $0.sender?.host == "127.0.0.1" })
  }

  @Test(arguments: [true, false]) func unpackReceivesAGroup(bySDP: Bool) throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path("rtp-sliced.h264")
    let transfer = try RTPTransfer(
      input, Self.group.options, to: Self.group.host, in: folder)
    #expect(try text(of: transfer.sdp).contains("\r\nc=IN IP4 239.255.77.9/3\r\n"))
    let place = bySDP ? [transfer.sdp] : ["--sdp", transfer.sdp, transfer.url]
    let outcome = try transfer.received(
      by: Mediatool.path,
      ["rtp-unpack", "--json", "--interface", "127.0.0.1", "-o", folder["out.h264"]] + place)
    let stream = try received(outcome)
    #expect(stream["source"]?.string?.hasPrefix("127.0.0.1:") == true, "another way was taken")
    #expect(stream["destination"]?.string?.hasPrefix("239.255.77.9:") == true)
    try expectUnits(input, folder["out.h264"])
  }

  @Test func ffmpegReceivesAGroup() throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path("rtp-sliced.h264")
    try RTPTransfer(input, ["--rtcp-mux"] + Self.group.options, to: Self.group.host, in: folder)
      .receivedByFFmpeg(
        ["-c", "copy", folder["out.h264"]], options: ["-localaddr", "127.0.0.1"])
    try expectUnits(input, folder["out.h264"])
  }

  @Test(.peers("gst-launch-1.0")) func gstreamerReceivesAGroup() throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path("rtp-sliced.h264")
    let received = try RTPTransfer(input, Self.group.options, to: Self.group.host, in: folder)
      .receivedByGStreamer(
        ["rtph264depay ! video/x-h264,stream-format=byte-stream,alignment=nal"],
        source: ["address=\(Self.group.host)", "multicast-iface=lo"])
    try expectUnits(input, folder.write(Array(received[0].joined()), to: "out.h264"))
  }

  @Test func interfacesThatAreNot() throws {
    let input = try Clips.path("raw-h264")
    let sent = try rtpPack(
      "--send", "rtp://\(Self.group.host):5004", "--interface", "nosuchif", "--fast", input)
    #expect(sent.ending == .exit(71) && sent.errors.contains("nosuchif"), "\(sent)")
    let received = try Mediatool.run(
      ["rtp-unpack", "--interface", "nosuchif", "rtp://\(Self.group.host):\(freePorts())"])
    #expect(received.ending == .exit(71) && received.errors.contains("nosuchif"), "\(received)")
    let capture = try Mediatool.run(["rtp-unpack", "--interface", "lo", input])
    #expect(capture.ending == .exit(64) && capture.errors.contains("--interface"), "\(capture)")
  }
  @Test func aTakenPortIsNamed() throws {
    let taken = try UDPSocket(bindingTo: .any(isIPv4: true))
    let port = try taken.localAddress().port
    for place in ["", "127.0.0.1"] {
      let outcome = try Mediatool.run(["rtp-unpack", "rtp://\(place):\(port)"])
      #expect(outcome.ending == .exit(71) && outcome.errorLines.count == 1, "\(outcome)")
      #expect(outcome.errors.contains(":\(port): Address already in use"), "\(outcome)")
    }
  }
  // MARK: Groups of IPv6

  /// The loopback carries none of these: two ends of a cable in a network of our own do.
  private static let hasCables =
    (try? ProcessRunner.run("unshare", ["-Urn", "ip", "link", "add", "type", "veth"]))?.ending
    == .exit(0)

  private static let script = """
    for end in v0 v1; do
      [ $end = v1 ] || ip link add v0 type veth peer name v1
      ip link set $end addrgenmode none && ip link set $end up
      ip addr add fe80::${end#v}1/64 dev $end nodad && ip addr add fd09::${end#v}1/64 dev $end nodad
    done
    "$1" rtp-unpack --json --interface v1 --map 96=H264/90000 "rtp://[$2]:5004" &
    until grep -q :138C /proc/net/udp6; do sleep 0.01; done
    "$1" rtp-pack -q --fast --interface v0 --ttl 2 --send "rtp://[$2]:5004" "$3"
    wait $!
    """

  /// Of a site, with a route; and of a link, where only the interface tells the way.
  @Test(
    .enabled(if: hasCables, "needs unshare, ip and the right to make networks"),
    arguments: [("ff15::77", "[fd09::"), ("ff12::77", "[fe80::")])
  func unpackReceivesAGroupOfIPv6(group: String, source: String) throws {
    let outcome = try ProcessRunner.run(
      "unshare",
      ["-Urn", "sh", "-c", Self.script, "sh", Mediatool.path, group]
        + [RTPClips.path("rtp-sliced.h264")])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let stream = try received(outcome)
    #expect(stream["source"]?.string?.hasPrefix(source) == true)
    #expect(stream["frames"]?.integer == 15)
  }
}
