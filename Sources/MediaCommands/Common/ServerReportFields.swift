internal import MediaJSON
internal import MediaModel

/// Something that happened to the connection with a server, for a line of JSON.
protocol ServerEvent: SendableMetatype {
  var message: String? { get }
  var exit: ExitCode? { get }
  var retry: Nanoseconds? { get }
  var deviation: Deviation? { get }
}

/// Fields of documents about servers.
enum ServerReportFields {
  /// How a connection ended, where an event is about that.
  static func ending<Event: ServerEvent>() -> [ReportField<Event>] {
    [
      .string("message", "What happened, in a sentence", when: { $0.message != nil }) {
        $0.message ?? ""
      },
      .integer("exit", "The exit code that it alone leads to", when: { $0.exit != nil }) {
        $0.exit?.rawValue ?? 0
      },
      .real("retry_ms", "Milliseconds until the next try", when: { $0.retry != nil }) {
        Double($0.retry ?? 0) / 1e6
      },
    ]
  }

  /// What a server does, where an event is about that.
  static func deviation<Event: ServerEvent>() -> [ReportField<Event>] {
    [
      .string("section", "The clause that says otherwise", when: { $0.deviation != nil }) {
        $0.deviation?.section ?? ""
      },
      .string("seen", "What the server did", when: { $0.deviation != nil }) {
        $0.deviation?.seen ?? ""
      },
      .string("action", "What we did about it", when: { $0.deviation != nil }) {
        $0.deviation?.action ?? ""
      },
    ]
  }

  /// A member of `doctor`.
  static func doctor<Subject: SendableMetatype>(
    _ deviation: @escaping @Sendable (Subject) -> Deviation
  ) -> [ReportField<Subject>] {
    [
      .string("code", "The kind of deviation") { deviation($0).code.name },
      .string("section", "The clause that says otherwise") { deviation($0).section },
      .string("seen", "What the server did") { deviation($0).seen },
      .string("action", "What we did about it") { deviation($0).action },
    ]
  }
}
