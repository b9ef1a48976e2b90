import MediaModel
import Testing

@testable import MediaCommands

/// Bytes and what the walk must say of them, as `code at offset`.
struct StructureVector: CustomTestStringConvertible, Sendable {
  var name: String
  var bytes: [UInt8]
  var kind: ContainerStructure.Kind
  var places: [String]

  init(
    _ name: String, _ bytes: [UInt8], _ kind: ContainerStructure.Kind, _ places: String...
  ) {
    self.name = name
    self.bytes = bytes
    self.kind = kind
    self.places = places
  }

  var testDescription: String { name }
}

private let ftyp = box("ftyp", Array("isom".utf8) + zeros(4))  // 16 bytes
private let moov = box("moov", box("mvhd", zeros(20)))  // 36
private let fragmentedMoov = box("moov", box("mvhd", zeros(20)) + box("mvex"))  // 44
private let mdat = box("mdat", zeros(32))  // 40
private let moof = box("moof", zeros(16))  // 24

private let isoVectors: [StructureVector] = [
  StructureVector("index first", ftyp + moov + mdat, .isoMedia),
  StructureVector("index last", ftyp + box("free") + mdat + moov, .isoMedia),
  StructureVector("64-bit size", ftyp + largeBox("mdat", zeros(9)) + moov, .isoMedia),
  StructureVector("open mdat", ftyp + moov + box("mdat", zeros(9), size: 0), .isoMedia),
  StructureVector("no ftyp", box("wide") + mdat + moov, .isoMedia),
  StructureVector("zero terminator", ftyp + moov + mdat + zeros(4), .isoMedia),
  StructureVector("fragments", ftyp + fragmentedMoov + moof + mdat + moof + mdat, .isoMedia),
  StructureVector("initialization segment", ftyp + fragmentedMoov, .isoMedia),
  StructureVector("picture", ftyp + box("meta", zeros(4)) + mdat, .isoMedia),
  StructureVector("unknown box", ftyp + moov + mdat + box("zzzz", zeros(3)), .isoMedia),

  StructureVector("no moov", ftyp + mdat, .isoMedia, "F80001 at 56"),
  StructureVector(
    "no moov, open mdat", ftyp + box("mdat", zeros(9), size: 0), .isoMedia, "F80001 at 33"),
  StructureVector(
    "no moov, mdat cut", ftyp + box("mdat", zeros(9), size: 1000), .isoMedia, "E00010 at 16",
    "F80001 at 33"),
  StructureVector("segment", box("styp", zeros(8)) + moof + mdat, .isoMedia, "F80001 at 80"),
  StructureVector(
    "mdat cut", ftyp + moov + box("mdat", zeros(9), size: 18), .isoMedia, "E00010 at 52"),
  StructureVector(
    "large mdat cut", ftyp + moov + largeBox("mdat", zeros(9), size: 1 << 40), .isoMedia,
    "E00010 at 52"),
  StructureVector("moov cut", ftyp + mdat + moov.dropLast(), .isoMedia, "E00010 at 56"),
  StructureVector("header cut", ftyp + moov + mdat.prefix(7), .isoMedia, "E00010 at 52"),
  StructureVector(
    "large header cut", ftyp + moov + largeBox("mdat").prefix(15), .isoMedia, "E00010 at 52"),
  StructureVector("no mdat", ftyp + moov, .isoMedia, "E00010 at 16"),
  StructureVector(
    "last fragment without mdat", ftyp + fragmentedMoov + moof + mdat + moof, .isoMedia,
    "E00010 at 124"),
  StructureVector(
    "last fragment cut", ftyp + fragmentedMoov + moof + mdat + moof + mdat.dropLast(), .isoMedia,
    "E00010 at 148"),
  StructureVector(
    "padding cut", ftyp + moov + mdat + box("free", [], size: 100), .isoMedia, "W80003 at 92"),
  StructureVector(
    "padding cut before the media", ftyp + moov + box("free", [], size: 100), .isoMedia,
    "E00010 at 52"),
  StructureVector(
    "unknown box past the end", ftyp + moov + box("zzzz", [], size: 9), .isoMedia, "E80002 at 52"),
  StructureVector(
    "text after", ftyp + moov + mdat + Array("hello, world".utf8), .isoMedia, "W00012 at 92"),
  StructureVector("scrap after", ftyp + moov + mdat + [10], .isoMedia, "W00012 at 92"),
  StructureVector("zeros after", ftyp + moov + mdat + zeros(64), .isoMedia, "W00012 at 92"),
  StructureVector(
    "size 7", ftyp + moov + box("mdat", zeros(9), size: 7), .isoMedia, "\(broken) at 52"),
  StructureVector(
    "64-bit size 15", ftyp + moov + largeBox("mdat", zeros(9), size: 15), .isoMedia,
    "\(broken) at 52"),
  StructureVector(
    "64-bit size beyond all", ftyp + moov + largeBox("mdat", zeros(9), size: .max), .isoMedia,
    "\(broken) at 52"),
]

private let ebml = element(0x1a45_dfa3, zeros(5))  // 17 bytes
private let tracks = element(0x1654_ae6b, zeros(8))  // 20
private let cluster = element(0x1f43_b675, zeros(8))  // 20
private let block = element(0xa3, zeros(4))  // 13
/// A Segment with its data; its header ends at byte 29.
private func segment(_ data: [UInt8], size: UInt64?) -> [UInt8] {
  ebml + element(0x1853_8067, data, size: size)
}
private let openCluster = element(0x1f43_b675, [], size: nil)  // 12

private let matroskaVectors: [StructureVector] = [
  StructureVector("known sizes", segment(tracks + cluster, size: 40), .matroska),
  StructureVector("open Segment", segment(tracks + cluster, size: nil), .matroska),
  StructureVector(
    "open Clusters", segment(tracks + openCluster + block + openCluster + block, size: nil),
    .matroska),
  StructureVector("header alone of a live stream", segment(tracks, size: nil), .matroska),
  StructureVector(
    "two files in one", segment(tracks + cluster, size: 40) + segment(tracks, size: 20), .matroska),
  StructureVector(
    "two open files in one",
    segment(tracks + openCluster + block, size: nil) + segment(tracks, size: nil), .matroska),
  StructureVector(
    "unknown element", segment(tracks + element(0x4fff, zeros(3)), size: nil), .matroska),

  StructureVector(
    "Cluster cut", segment(tracks + cluster.dropLast(), size: 40), .matroska, "E00010 at 49"),
  StructureVector(
    "Cluster cut in an open Segment", segment(tracks + cluster.dropLast(), size: nil), .matroska,
    "E00010 at 49"),
  StructureVector(
    "element header cut", segment(tracks + cluster.prefix(6), size: nil), .matroska, "E00010 at 49"),
  StructureVector("cut between elements", segment(tracks, size: 40), .matroska, "E00010 at 17"),
  StructureVector(
    "block cut in an open Cluster",
    segment(tracks + openCluster + block + block.dropLast(), size: nil), .matroska, "E00010 at 74"),
  StructureVector("no Segment", ebml, .matroska, "F00001 at 17"),
  StructureVector("EBML header cut", ebml.dropLast(), .matroska, "E00010 at 0"),
  StructureVector("no Tracks", segment(cluster, size: 20), .matroska, "F00001 at 17"),
  StructureVector(
    "Segment too short", segment(tracks + cluster, size: 30), .matroska, "W80003 at 17"),
  StructureVector(
    "bytes after", segment(tracks, size: 20) + Array("junk".utf8), .matroska, "W00012 at 49"),
  StructureVector(
    "zeros in the Segment", segment(tracks + zeros(20), size: 40), .matroska, "\(broken) at 49"),
  StructureVector(
    "open Info", segment(tracks + element(0x1549_a966, [], size: nil), size: nil), .matroska,
    "\(broken) at 49"),
  StructureVector(
    "unknown element past the end", segment(tracks + element(0x4fff, [], size: 9), size: nil),
    .matroska, "E80002 at 49"),
]

private let fmt = chunk("fmt ", zeros(16))  // 24 bytes
private let data = chunk("data", zeros(8))  // 16
private let movi = chunk("LIST", Array("movi".utf8) + chunk("00dc", zeros(6)))  // 26
private let hdrl = chunk("LIST", Array("hdrl".utf8))  // 12
private func ds64(riff: UInt64, data: UInt64, table: [UInt8] = []) -> [UInt8] {
  chunk(
    "ds64",
    little(riff, 8) + little(data, 8) + zeros(8) + little(UInt64(table.count / 12), 4) + table)
}

private let chunkVectors: [StructureVector] = [
  StructureVector("WAVE", riff("WAVE", fmt + data), .riff),
  StructureVector(
    "odd chunks", riff("WAVE", fmt + chunk("note", [1]) + chunk("data", zeros(7))), .riff),
  StructureVector(
    "pad byte not counted", riff("WAVE", fmt + chunk("data", zeros(7)), size: 43), .riff),
  StructureVector("AVI", riff("AVI ", hdrl + movi + chunk("idx1", zeros(16))), .riff),
  StructureVector("OpenDML", riff("AVI ", hdrl + movi) + riff("AVIX", movi), .riff),
  StructureVector("AIFF", aiff(bigChunk("COMM", zeros(18)) + bigChunk("SSND", zeros(8))), .aiff),
  StructureVector(
    "RF64",
    riff(
      "WAVE", ds64(riff: 80, data: 8) + fmt + chunk("data", zeros(8), size: 0xffff_ffff),
      magic: "RF64", size: 0xffff_ffff), .rf64),
  StructureVector(
    "BW64 with a table",
    riff(
      "WAVE",
      ds64(riff: 104, data: 8, table: Array("axml".utf8) + little(4, 8)) + fmt
        + chunk("axml", zeros(4), size: 0xffff_ffff) + chunk("data", zeros(8), size: 0xffff_ffff),
      magic: "BW64", size: 0xffff_ffff), .rf64),
  StructureVector("a form without media", riff("ACON", chunk("anih", zeros(4))), .riff),

  StructureVector("data cut", riff("WAVE", fmt + data.dropLast(), size: 44), .riff, "E00010 at 36"),
  StructureVector("header cut", riff("WAVE", fmt).prefix(11) + [], .riff, "E00010 at 0"),
  StructureVector(
    "chunk header cut", riff("WAVE", fmt + data.prefix(5), size: 44), .riff, "E00010 at 36",
    "F00001 at 41"),
  StructureVector(
    "cut before the data", riff("WAVE", fmt, size: 44), .riff, "E00010 at 0", "F00001 at 36"),
  StructureVector("no data", riff("WAVE", fmt), .riff, "F00001 at 36"),
  StructureVector("RIFF size too large", riff("WAVE", fmt + data, size: 99), .riff, "W80003 at 0"),
  StructureVector(
    "RIFF size too small", riff("WAVE", fmt + data + chunk("note", [1, 2]), size: 36), .riff,
    "W80003 at 0"),
  StructureVector(
    "RIFF size 0", riff("WAVE", fmt + chunk("data", zeros(8), size: 0), size: 0), .riff,
    "W80003 at 0"),
  StructureVector(
    "RIFF size all ones",
    riff("WAVE", fmt + chunk("data", zeros(8), size: 0xffff_ffff), size: 0xffff_ffff), .riff,
    "W80003 at 0"),
  StructureVector(
    "only the data unfinished", riff("WAVE", fmt + chunk("data", zeros(8), size: 0x7fff_f000)),
    .riff, "W80003 at 36"),
  StructureVector(
    "missing pad byte", riff("WAVE", fmt + chunk("data", zeros(7)).dropLast(), size: 44), .riff,
    "W80003 at 51"),
  StructureVector(
    "text after", riff("WAVE", fmt + data) + Array("TAG, you're it".utf8), .riff, "W00012 at 52"),
  StructureVector("scrap after", riff("WAVE", fmt + data) + [0], .riff, "W00012 at 52"),
  StructureVector(
    "padding cut", riff("WAVE", fmt + data + chunk("JUNK", [], size: 9), size: 52), .riff,
    "W80003 at 52"),
  StructureVector(
    "unknown chunk past the end", riff("WAVE", fmt + chunk("zzzz", [], size: 9), size: 99), .riff,
    "E80002 at 36", "F00001 at 44"),
  StructureVector(
    "no chunk", riff("WAVE", fmt + zeros(16)), .riff, "\(broken) at 36", "F00001 at 52"),
  StructureVector(
    "zeros after the data", riff("WAVE", fmt + data + zeros(16)), .riff, "W00012 at 52"),
  StructureVector("no movi", riff("AVI ", hdrl), .riff, "F00001 at 24"),
  StructureVector(
    "movi cut", riff("AVI ", hdrl + movi.dropLast(), size: 42), .riff, "E00010 at 24"),
  StructureVector(
    "unfinished AVI",
    riff(
      "AVI ", hdrl + chunk("LIST", Array("movi".utf8), size: 0) + chunk("00dc", zeros(6)), size: 0),
    .riff, "W80003 at 0"),
  StructureVector(
    "unfinished AVI cut",
    riff(
      "AVI ",
      hdrl + chunk("LIST", Array("movi".utf8), size: 0) + chunk("00dc", zeros(6)).dropLast(),
      size: 0), .riff, "W80003 at 0", "E00010 at 36"),
  StructureVector(
    "second RIFF cut", riff("AVI ", hdrl + movi) + riff("AVIX", movi).dropLast(), .riff,
    "E00010 at 62"),
  StructureVector(
    "AIFF cut", aiff(bigChunk("COMM", zeros(18)) + bigChunk("SSND", zeros(8))).dropLast(), .aiff,
    "E00010 at 38"),
  StructureVector(
    "RF64 without ds64", riff("WAVE", fmt + data, magic: "RF64", size: 0xffff_ffff), .rf64,
    "W80003 at 0"),
  StructureVector(
    "RF64 cut",
    riff(
      "WAVE", ds64(riff: 80, data: 9) + fmt + chunk("data", zeros(8), size: 0xffff_ffff),
      magic: "RF64", size: 0xffff_ffff), .rf64, "E00010 at 72"),
]

private let streamVectors: [StructureVector] = [
  StructureVector("FLV", flvHeader + flvTag(18, 20) + flvTag(9, 5) + flvTag(8, 0), .flv),
  StructureVector("FLV without tags", flvHeader, .flv),
  StructureVector(
    "FLV with an unknown tag that holds together", flvHeader + flvTag(15, 20) + flvTag(9, 5), .flv),
  StructureVector("FLV encrypted tag", flvHeader + flvTag(0x29, 5), .flv),
  StructureVector(
    "FLV tag cut", flvHeader + flvTag(9, 5) + flvTag(8, 9).prefix(19), .flv, "E00010 at 33"),
  StructureVector("FLV tag header cut", flvHeader + flvTag(9, 5).prefix(10), .flv, "E00010 at 13"),
  StructureVector(
    "FLV PreviousTagSize cut", flvHeader + flvTag(9, 5).dropLast(2), .flv, "E00010 at 29"),
  StructureVector("FLV header cut", flvHeader.prefix(8) + [], .flv, "E00010 at 0"),
  StructureVector(
    "FLV first tag beyond the file", Array("FLV".utf8) + [1, 5] + big(0xffff_ffff, 4) + zeros(9),
    .flv, "E00010 at 0"),
  StructureVector("FLV zeros after", flvHeader + flvTag(9, 5) + zeros(40), .flv, "W00012 at 33"),
  StructureVector("FLV scrap after", flvHeader + flvTag(9, 5) + [10], .flv, "W00012 at 33"),
  StructureVector(
    "FLV lost", flvHeader + flvTag(9, 5) + [UInt8](repeating: 0x41, count: 40), .flv,
    "\(broken) at 33"),

  StructureVector("TS", packets(9), .mpegTS),
  StructureVector("TS of two packets", packets(2), .mpegTS),
  StructureVector("TS from the middle of a packet", zeros(100) + packets(9), .mpegTS),
  StructureVector("TS with time stamps", packets(9, size: 192), .mpegTS),
  StructureVector("TS with parity", packets(9, size: 204), .mpegTS),
  StructureVector("TS cut", packets(9).dropLast(), .mpegTS, "E00010 at 1504"),
  StructureVector(
    "TS with time stamps cut", packets(9, size: 192).dropLast(), .mpegTS, "E00010 at 1540"),
  StructureVector("TS scrap after", packets(9) + [1, 2, 3], .mpegTS, "W00012 at 1692"),
  StructureVector(
    "TS lost once", packets(9) + zeros(50) + packets(9), .mpegTS, "\(broken) at 1692"),
  StructureVector(
    "TS lost twice", packets(9) + zeros(50) + packets(9) + zeros(300) + packets(9), .mpegTS,
    "\(broken) at 1692"),
  StructureVector("TS not found again", packets(9) + zeros(400), .mpegTS, "\(broken) at 1692"),
  StructureVector("TS last sync byte wrong", packets(9) + zeros(188), .mpegTS, "\(broken) at 1692"),

  StructureVector("Ogg", oggPage(0, 30) + oggPage(1, 600) + oggPage(2, 0, isLast: true), .ogg),
  StructureVector(
    "Ogg of two streams",
    oggPage(0, 30) + oggPage(0, 9, serial: 8) + oggPage(1, 9, isLast: true)
      + oggPage(1, 9, serial: 8, isLast: true), .ogg),
  StructureVector(
    "Ogg page cut", oggPage(0, 30) + oggPage(1, 600).dropLast(), .ogg, "E00010 at 58"),
  StructureVector(
    "Ogg lacing cut", oggPage(0, 30) + oggPage(1, 600).prefix(28), .ogg, "E00010 at 58"),
  StructureVector(
    "Ogg page header cut", oggPage(0, 30) + oggPage(1, 600).prefix(3), .ogg, "E00010 at 58"),
  StructureVector(
    "Ogg pages missing", oggPage(0, 30) + oggPage(4, 30, isLast: true), .ogg, "\(broken) at 58"),
  StructureVector(
    "Ogg sync lost", oggPage(0, 30) + zeros(99) + oggPage(1, 30, isLast: true), .ogg,
    "\(broken) at 58"),
  StructureVector(
    "Ogg bytes after", oggPage(0, 30, isLast: true) + Array("OO? Oggs".utf8), .ogg, "W00012 at 58"),
  StructureVector("Ogg not found again", oggPage(0, 30) + zeros(99), .ogg, "\(broken) at 58"),

  StructureVector("FLAC", Array("fLaC".utf8) + zeros(40), .flac),
  StructureVector(
    "FLAC after ID3", Array("ID3".utf8) + [4, 0, 0, 0, 0, 0, 5] + zeros(5) + Array("fLaC".utf8),
    .flac),
  StructureVector(
    "ID3 tag cut", Array("ID3".utf8) + [4, 0, 0, 0, 0, 1, 0] + zeros(5), .mp3, "E00010 at 0"),
  StructureVector("ADTS", adts + adts, .adts),
  StructureVector("MP3", mp3 + mp3, .mp3),
]
private let adts: [UInt8] = [0xff, 0xf1, 0x50, 0x80, 0x01, 0x3f, 0xfc] + zeros(2)  // 9 bytes
private let mp3: [UInt8] = [0xff, 0xfb, 0x10, 0x00] + zeros(100)  // 32 kbit/s, 44100 Hz: 104

/// One table for several tests.
let structureVectors = isoVectors + matroskaVectors + chunkVectors + streamVectors
