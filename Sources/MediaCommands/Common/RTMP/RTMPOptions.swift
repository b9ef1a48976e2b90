internal import MediaCLI

/// Options of every command that speaks RTMP, besides those of any connection.
enum RTMPOptions {
  static let keyFile = Key<String>(
    "key-file", value: "FILE", help: "Read the stream key from FILE; the URL's path has the rest",
    completion: .file())
  static let keyEnvironment = Key<String>(
    "key-env", value: "NAME", help: "Take the stream key from an environment variable",
    parse: ValueParsers.nonEmpty)
  static let app = Key<String>(
    "app", value: "NAME", help: "Application, where the URL's path should be split otherwise",
    parse: ValueParsers.nonEmpty)
  static let tcURL = Key<String>(
    "tcurl", value: "URL", help: "tcUrl of connect, where it should not be the URL's",
    parse: ValueParsers.nonEmpty)
  static let flashVersion = Key<String>(
    "flashver", value: "TEXT", help: "flashVer of connect", parse: ValueParsers.nonEmpty)
  static let connectValues = RepeatedKey<String>(
    "conn", value: "TYPE:VALUE", help: "Add a value to connect, as in rtmpdump: B:1, S:text, N:2.5")
}
