internal import MediaCLI
internal import MediaModel

/// mediatool-doctor(7): what `--doctor` may say of a server, and what is done about it.
enum DoctorManual {
  typealias Entry = (code: Deviation.Code, text: String)
  typealias Area = (title: String, entries: [Entry])

  static let areas = rtmp + rtsp

  static func page(date: String) -> String {
    let lists = areas.map { area in
      MdocBlock.subsection(
        area.title,
        [
          .list(
            area.entries.map { entry in
              MdocItem(
                [.strong(entry.code.name)],
                [.paragraph([.text("\(entry.text) (\(entry.code.section))")])])
            })
        ])
    }
    return MdocPage(
      name: "mediatool-doctor", section: 7, date: date,
      abstract: "what mediatool says of servers that depart from their specification",
      sections: [
        MdocSection(
          "DESCRIPTION",
          [
            .paragraph([
              .text("With "), .flag("--doctor"),
              .text(
                """
                 commands that speak to servers of RTMP and RTSP list what a server does otherwise than the \
                specification says, each once: a code, what was seen, what was done about it, and \
                the clause. None of it ends a connection. A code never changes its meaning.
                """),
            ])
          ] + lists)
      ]
        + [
          MdocSection(
            seeAlso: [
              "mediatool(1)", "mediatool-rtmp-pull(1)", "mediatool-rtmp-push(1)",
              "mediatool-rtsp-pull(1)",
            ])
        ].compactMap { $0 }
    ).text
  }
}
