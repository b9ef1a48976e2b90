import MediaFLV

/// The wrapping by which a publisher asks a server to keep metadata for later viewers.
///
/// `@setDataFrame` stands in front of `onMetaData` on the wire and nowhere else: in a file it would
/// hide the name.
public enum RTMPDataFrame {
  private static let setDataFrame = AMFEncoder.amf0(.string(FLVScriptData.setDataFrame))
  private static let metadata = AMFEncoder.amf0(.string("onMetaData"))

  /// The payload of a data message for the body of a script tag; other data than metadata stays.
  public static func wrap(_ body: [UInt8]) -> [UInt8] {
    body.starts(with: metadata) ? setDataFrame + body : body
  }

  /// The body of a script tag for the payload of a data message.
  public static func unwrap(_ payload: [UInt8]) -> [UInt8] {
    payload.starts(with: setDataFrame) ? Array(payload.dropFirst(setDataFrame.count)) : payload
  }
}
