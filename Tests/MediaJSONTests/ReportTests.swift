import MediaJSON
import Testing

private func written(
  _ probe: Probe, style: JSONWriter.Style = .compact, selecting selection: EntrySelection? = nil
) -> String {
  var writer = JSONWriter(style: style)
  probeReport.write(probe, into: &writer, selecting: selection)
  return writer.text
}

@Test func reportLayout() {
  #expect(
    written(sampleProbe, style: .pretty) == #"""
      {
        "schema": "mediatool.sample/1",
        "input": "in.mp4",
        "format": {
          "filename": "in.mp4",
          "duration": 20.0,
          "bit_rate": 9007199254740993,
          "tags": {
            "title": "A \"film\"",
            "com.apple.x": "y",
            "track": "5",
            "empty": ""
          }
        },
        "streams": [
          {
            "index": 0,
            "codec_name": "h264",
            "width": 1920,
            "duration": 19.96,
            "default": true,
            "profiles": [
              "High",
              "Main"
            ],
            "tags": {
              "language": "eng"
            },
            "gop": {
              "frames": 50,
              "seconds": 2.0
            }
          },
          {
            "index": 1,
            "codec_name": "aac",
            "duration": null,
            "default": false,
            "profiles": [],
            "tags": {
              "language": "deu"
            },
            "gop": null
          },
          {
            "index": 2,
            "codec_name": null,
            "duration": null,
            "default": false,
            "profiles": [],
            "tags": {},
            "gop": null
          }
        ],
        "extra": {
          "list": [
            1,
            2,
            3
          ],
          "free": {
            "a": [
              1,
              null
            ]
          }
        },
        "totals": {
          "packets": 1200,
          "count": 9
        }
      }
      """#)
}

@Test func theValueIsWhatIsWritten() throws {
  #expect(try JSONValue(parsing: written(sampleProbe)) == probeReport.value(sampleProbe))
  var bare = sampleProbe
  bare.extra = nil
  bare.streams = []
  #expect(try JSONValue(parsing: written(bare)) == probeReport.value(bare))
  #expect(probeReport.value(bare)["extra"] == nil)
}

@Test func aStreamedArrayStandsInItsPlace() throws {
  for style in [JSONWriter.Style.compact, .pretty, .ffprobe] {
    var writer = JSONWriter(style: style)
    writer.beginObject()
    probeReport.writeFields(of: sampleProbe, .before("packets"), into: &writer)
    writer.key("packets")
    writer.beginArray()
    for number in 0..<3 {
      packetReport.write(.init(pts: Int64(number) * 512, size: 9), into: &writer)
    }
    writer.endArray()
    probeReport.writeFields(of: sampleProbe, .after("packets"), into: &writer)
    writer.endObject()
    let document = try JSONValue(parsing: writer.text)
    #expect(
      document.object?.keys
        == ["schema", "input", "format", "streams", "packets", "extra", "totals"])
    #expect(document["packets"]?[2] == ["pts": 1024, "size": 9])
    #expect(probeReport.shape.mismatches(in: document) == [])
  }
}

@Test func nullabilityFollowsTheClosure() throws {
  guard case .object(let fields) = probeReport.shape,
    case .array(.object(let stream)) = fields[3].shape
  else {
    Issue.record("unexpected shape")
    return
  }
  #expect(fields.map(\.isOptional) == [false, false, false, false, true, true, false])
  #expect(fields.map(\.isStreamed) == [false, false, false, false, true, false, false])
  #expect(stream.map(\.isNullable) == [false, true, true, true, false, false, false, true])
  #expect(stream.map(\.isOptional) == [false, false, true, false, false, false, false, false])
}

// MARK: Entries

struct Selected: Sendable {
  let entries: String
  let text: String
  init(_ entries: String, _ text: String) {
    self.entries = entries
    self.text = text
  }
}

@Test(arguments: [
  Selected(
    "streams.codec_name,format.duration",
    #"{"format":{"duration":20.0},"streams":[{"codec_name":"h264"},{"codec_name":"aac"},{"codec_name":null}]}"#
  ),
  Selected("totals", #"{"totals":{"packets":1200,"count":9}}"#),
  Selected("totals.packets , totals", #"{"totals":{"packets":1200,"count":9}}"#),
  Selected("totals,totals.packets", #"{"totals":{"packets":1200,"count":9}}"#),
  Selected(" input , schema ", #"{"schema":"mediatool.sample/1","input":"in.mp4"}"#),
  Selected("format.tags.title", #"{"format":{"tags":{"title":"A \"film\""}}}"#),
  Selected(#"format.tags["com.apple.x"]"#, #"{"format":{"tags":{"com.apple.x":"y"}}}"#),
  Selected(#"format.tags."com.apple.x""#, #"{"format":{"tags":{"com.apple.x":"y"}}}"#),
  Selected("format.tags.nothing", #"{"format":{"tags":{}}}"#),
  Selected("streams.width", #"{"streams":[{"width":1920},{},{}]}"#),
  Selected(
    "streams.gop.seconds", #"{"streams":[{"gop":{"seconds":2.0}},{"gop":null},{"gop":null}]}"#),
  Selected("extra.list", #"{"extra":{"list":[1,2,3]}}"#),
  Selected("extra.free.a", #"{"extra":{"free":{"a":[1,null]}}}"#),
  Selected("extra.free.b", #"{"extra":{"free":{}}}"#),
  Selected("packets.pts", "{}"),
]) func entriesSelect(_ vector: Selected) throws {
  let selection = try EntrySelection(parsing: vector.entries, shape: probeReport.shape)
  #expect(written(sampleProbe, selecting: selection) == vector.text)
  // The other ways to the same: a narrowed report, its value, and filtering the whole.
  let narrowed = probeReport.selecting(selection)
  let value = try JSONValue(parsing: vector.text)
  #expect(narrowed.value(sampleProbe) == value)
  #expect(probeReport.value(sampleProbe, selecting: selection) == value)
  #expect(selection.filter(probeReport.value(sampleProbe)) == value)
  var writer = JSONWriter()
  writer.beginObject()
  probeReport.writeFields(of: sampleProbe, .before("extra"), into: &writer, selecting: selection)
  probeReport.writeFields(of: sampleProbe, .after("packets"), into: &writer, selecting: selection)
  writer.endObject()
  #expect(writer.text == vector.text)
}

@Test func fieldsBetweenTwoNames() {
  var writer = JSONWriter()
  writer.beginObject()
  probeReport.writeFields(of: sampleProbe, .between("streams", "totals"), into: &writer)
  writer.endObject()
  #expect(writer.text == #"{"extra":{"list":[1,2,3],"free":{"a":[1,null]}}}"#)
}

@Test func aSelectionReachesIntoStreamedArrays() throws {
  let selection = try EntrySelection(parsing: "packets.pts", shape: probeReport.shape)
  #expect(selection["streams"] == nil)
  let packets = try #require(selection["packets"])
  let narrowed = packetReport.selecting(packets)
  #expect(narrowed.value(.init(pts: 5, size: 6)) == ["pts": 5])
  #expect(EntrySelection.whole["anything"] == .whole)
  #expect(EntrySelection.whole.isWhole)
  #expect(probeReport.selecting(.whole).shape == probeReport.shape)
}

struct Refused: Sendable {
  let text: String
  let message: String
  init(_ text: String, _ message: String) {
    self.text = text
    self.message = message
  }
}

@Test(arguments: [
  Refused("streems", #"no field "streems" in the document; did you mean "streams"?"#),
  Refused("streams.codecname", #"no field "codecname" in streams; did you mean "codec_name"?"#),
  Refused(
    "format.zzz", #"no field "zzz" in format; it has filename, duration, bit_rate, tags"#),
  Refused("input.x", #"no field "x" in input: it is a string"#),
  Refused("packets.zzz", #"no field "zzz" in packets; it has pts, size"#),
  Refused("", "expected a name at the end"), Refused(",", "expected a name at \",\""),
  Refused("input,", "expected a name at the end"), Refused("input.", "expected a name at the end"),
  Refused(
    "input schema", "expected names with dots and commas between them at \"schema\""),
  Refused(
    "streams[0]", "entries are selected in all elements: no [...] at \"0]\""),
  Refused(
    "extra.free" + String(repeating: ".a", count: 100_000), "a path of more than 64 names"),
  Refused(#"format.tags["a"#, "a string lacks its closing quote"),
  Refused(#"format.tags["a""#, "expected \"]\" at the end"),
]) func badEntriesAreExplained(_ vector: Refused) {
  #expect(throws: ExpressionError.self) {
    try EntrySelection(parsing: vector.text, shape: probeReport.shape)
  }
  do {
    _ = try EntrySelection(parsing: vector.text, shape: probeReport.shape)
  } catch {
    #expect(error.message == vector.message)
  }
}
