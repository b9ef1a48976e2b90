/// Area 00: what can be wrong with any input.
extension FindingCode {
  static let anyInput: [FindingCode] = [
    unreadable, truncated, readError, trailingBytes, decodingError,
  ]

  /// F00001.
  public static let unreadable = FindingCode(
    .fatal, "00001", "unreadable or missing header",
    "The input is empty, of no known format, or its header is too damaged to say what follows.")
  /// E00010.
  public static let truncated = FindingCode(
    .error, "00010", "input truncated",
    "The input ends inside a structure, so whatever came after is lost.")
  /// E00011.
  public static let readError = FindingCode(
    .error, "00011", "read error part-way",
    "Reading failed before the end, so the report covers only what came before.")
  /// W00012.
  public static let trailingBytes = FindingCode(
    .warning, "00012", "trailing bytes after the end of the container",
    "Bytes that belong to no structure follow the last one, as after a bad copy or concatenation.")
  /// E00020.
  public static let decodingError = FindingCode(
    .error, "00020", "decoding error",
    "The decoder rejected or had to conceal a part of the stream, so viewers see or hear damage.")
}
