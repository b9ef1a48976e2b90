internal import Glibc
internal import MediaCLI
internal import MediaIO
internal import MediaJSON
internal import MediaModel

/// `mediatool __generate all ROOT`: writes what is derived from descriptions into the source tree.
enum Generate {
  static let spec = CommandSpec(
    name: "__generate", abstract: "Write manuals, completions and schemas",
    operands: [
      OperandSpec("WHAT", help: "man, completions, schemas or all"),
      OperandSpec("ROOT", help: "Folder of the source tree", completion: .directory),
    ],
    hidden: true)

  /// The date manuals carry; changed with their content, so that generating is reproducible.
  private static let manualDate = "2026-11-20"

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let (what, root) = (arguments.operands[0], arguments.operands[1])
    let parts: [String: () -> [(String, String)]] = [
      "man": manuals, "completions": completions, "schemas": schemas,
    ]
    guard what == "all" || parts[what] != nil else {
      throw UsageError("WHAT is man, completions, schemas or all, not '\(what)'")
    }
    for name in parts.keys.sorted() where what == "all" || what == name {
      for (path, text) in parts[name]?() ?? [] {
        do {
          _ = path.split(separator: "/").first.map { mkdir("\(root)/\($0)", 0o777) }
          var file = try OutputFile(path: "\(root)/\(path)", force: true)
          try file.write(text)
          try file.finish()
        } catch {
          throw Failure.output(error)
        }
      }
    }
    return .success
  }

  private static func manuals() -> [(String, String)] {
    let tool = Tool.spec
    let commands = tool.commands.filter { !$0.hidden }.map { command in
      ("man/\(tool.name)-\(command.name).1", tool.mdocPage(for: command, date: manualDate))
    }
    return [
      ("man/\(tool.name).1", tool.mdocPage(date: manualDate)),
      ("man/\(tool.name)-doctor.7", DoctorManual.page(date: manualDate)),
      ("man/\(tool.name)-findings.7", findingsManual()),
    ] + commands
  }

  private static func completions() -> [(String, String)] {
    let tool = Tool.spec
    return [
      ("completions/\(tool.name).bash", tool.bashCompletion()),
      ("completions/_\(tool.name)", tool.zshCompletion()),
      ("completions/\(tool.name).fish", tool.fishCompletion()),
    ]
  }

  private static func schemas() -> [(String, String)] {
    [
      ("schemas/flv-dump-1.json", FLVDumpReport.jsonSchema().text(style: .pretty) + "\n"),
      ("schemas/flv-repair-1.json", FLVRepairReport.jsonSchema().text(style: .pretty) + "\n"),
      ("schemas/pcm-info-1.json", PCMInfoReport.jsonSchema().text(style: .pretty) + "\n"),
      ("schemas/probe-1.json", ProbeReport.jsonSchema().text(style: .pretty) + "\n"),
      ("schemas/rtmp-pull-1.json", RTMPPullReport.jsonSchema().text(style: .pretty) + "\n"),
      ("schemas/rtsp-pull-1.json", RTSPPullReport.jsonSchema().text(style: .pretty) + "\n"),
      ("schemas/rtmp-push-1.json", RTMPPushReport.jsonSchema().text(style: .pretty) + "\n"),
      ("schemas/rtp-pack-1.json", RTPPackReport.jsonSchema().text(style: .pretty) + "\n"),
      ("schemas/rtp-unpack-1.json", RTPUnpackReport.jsonSchema().text(style: .pretty) + "\n"),
      ("schemas/yuv-convert-1.json", YUVConvertReport.jsonSchema().text(style: .pretty) + "\n"),
    ]
  }
}

extension Generate {
  /// mediatool-findings(7): the one table of findings, by area.
  private static func findingsManual() -> String {
    let areas = [
      "00": "Any input", "10": "FLV files and tags", "11": "Bodies of FLV tags",
      "12": "AMF and metadata", "20": "H.264, H.265 and H.266", "21": "Other codecs",
      "30": "RTP", "31": "RTP payload formats", "32": "RTCP", "33": "Session descriptions",
      "34": "Captures", "45": "RTSP", "50": "Containers of PCM", "51": "Sound", "60": "Raw video",
      "70": "Timing of tracks", "80": "Other containers",
    ]
    let byArea = Dictionary(grouping: FindingCode.all) { String($0.code.dropFirst().prefix(2)) }
    let lists = byArea.keys.sorted().map { area in
      MdocBlock.subsection(
        areas[area] ?? "Area \(area)",
        [
          .list(
            (byArea[area] ?? []).map { code in
              MdocItem(
                [.strong(code.code), .text(" \(code.title)")],
                [
                  .paragraph([
                    .text(code.explanation + (code.clause.map { " (\($0))" } ?? ""))
                  ])
                ])
            })
        ])
    }
    return MdocPage(
      name: "mediatool-findings", section: 7, date: manualDate,
      abstract: "what mediatool's checks report",
      sections: [
        MdocSection(
          "DESCRIPTION",
          [
            .paragraph([
              .text("Commands that check their input with "), .flag("--check"),
              .text(
                """
                 report findings. Each has a stable code of a letter and five digits: F fatal, \
                E error, W warning, I info; the first two digits are the area. A number is never \
                used again for something else.
                """),
            ]),
            .paragraph([
              .text("Only what loses or misplaces media is an error. With "), .flag("--fail-on"),
              .text(" a level other than error decides over the exit code."),
            ]),
          ] + lists)
      ]
        + [
          MdocSection(
            seeAlso: ["mediatool(1)"]
              + Tool.spec.commands.filter { command in
                command.options.contains { $0.name == CommonOptions.check.spec.name }
              }.map { "mediatool-\($0.name)(1)" })
        ].compactMap { $0 }
    ).text
  }
}
