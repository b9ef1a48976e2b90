import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

/// Pictures whose size RTP cannot say.
@Suite struct JPEGSizeTests {
  @Test(arguments: ["framesize:26 2056-24", "x-dimensions:2056,24"]) func attributesSayTheSize(
    _ text: String
  ) throws {
    let picture = JPEGTests.Picture(width: 2056, height: 24, scan: [1, 2, 3]).bytes
    var packetizer = JPEGPacketizer(maxPayload: 1388, sizeInSDP: true)
    let packets = try send(picture, &packetizer)
    let format = try #require(SDPPayloadFormat(staticType: RTPPayloadType(rawValue: 26)))
    var unpacker = try #require(
      RTPUnpacker(format, attributes: [SDPAttribute(parsing: text)]))
    var output = RTPOutput()
    for (index, packet) in packets.enumerated() {
      unpacker.receive(
        packet.payload.span.bytes,
        RTPPacketInfo(packet: index, number: Int64(index), timestamp: 0, marker: packet.marker),
        into: &output)
    }
    #expect(output.remarks == [] && output.frames.count == 1)
    let size = hex("ffc0 0011 08 0018 0808 03")
    let data = try #require(output.frames.first?.data)
    #expect(data.indices.contains { data[$0...].starts(with: size) })
  }
}
