import MediaBytes
import MediaFLV

extension RTMPSession {
  /// The command in a message; nil, and a deviation, where there is none to be read.
  mutating func command(in message: RTMPMessage) -> RTMPCommand? {
    let isAMF3 = message.typeID == .commandAMF3
    let read = Result { () throws(ParseError) in
      try RTMPCommand(parsing: message.payload, isAMF3: isAMF3)
    }
    switch read {
    case .failure(let error):
      deviate(
        .damagedCommand, seen: "a command that cannot be read: \(error)",
        action: "passed over it")
      return nil
    case .success(let command):
      for oddity in command.oddities { deviate(oddity) }
      return command
    }
  }

  private mutating func deviate(_ oddity: RTMPCommand.Oddity) {
    switch oddity {
    case .noTransactionID:
      deviate(
        .noTransactionID, seen: "a command without its transaction id",
        action: "took 0 for it")
    case .damage(let error):
      deviate(
        .damagedCommand, seen: "a damaged command: \(error)",
        action: "went by the values before the damage")
    case .anomaly(let anomaly):
      deviate(
        .oddCommand, seen: "a command whose AMF is odd: \(anomaly.kind)",
        action: "read on")
    case .noFormatByte:
      deviate(
        .oddCommand, seen: "a command of type 17 without the byte 0 in front",
        action: "read it as AMF0")
    }
  }
}
