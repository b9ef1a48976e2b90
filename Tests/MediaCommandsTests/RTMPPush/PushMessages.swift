import MediaRTMP

@testable import MediaCommands

/// Messages by letters.
///
/// Metadata is m, configuration of pictures c and of sound a; K is a key picture, k that of a further
/// track, p any other one, s sound, o anything else. Each is 40 ms later than the one before, except
/// behind k, which has the time of the next.
func pushMessages(_ text: String) -> [PushMessage] {
  var time: Int64 = 0
  return text.enumerated().map { index, letter in
    let message = pushMessage(letter, time, UInt8(truncatingIfNeeded: index))
    if letter != "k" { time += 40 }
    return message
  }
}

func pushMessage(_ letter: Character, _ time: Int64, _ number: UInt8) -> PushMessage {
  func configuration(_ type: RTMPMessageType) -> RTMPMessageRole {
    .configuration(.init(type: type, packetType: 0, tracks: [0]))
  }
  let (type, role): (RTMPMessageType, RTMPMessageRole) =
    switch letter {
    case "m": (.data, .metadata)
    case "c": (.video, configuration(.video))
    case "a": (.audio, configuration(.audio))
    case "K": (.video, .picture(.key))
    case "k": (.video, .picture(.furtherKey))
    case "p": (.video, .picture(.inter))
    case "s": (.audio, .sound)
    default: (.data, .other)
    }
  return PushMessage(
    type: type, time: time, position: time, payload: [number, letter.asciiValue ?? 0], role: role)
}
