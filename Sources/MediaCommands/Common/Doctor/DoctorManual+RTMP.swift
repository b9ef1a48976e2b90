internal import MediaModel
internal import MediaRTMP

// What servers of RTMP may do.

extension DoctorManual {
  static let rtmp: [Area] = [
    (
      "Handshake of RTMP",
      [
        (.s0Version, "S0 is another version than 3. It is taken for 3."),
        (
          .s1NotZero,
          """
          Bytes 4 to 7 of S1 are a version where they should be zero, and there is no digest that \
          is known. It is answered with an echo, as a simple handshake is.
          """
        ),
        (.s2NotEcho, "S2 does not repeat the random bytes of C1. The handshake goes on."),
        (.s2Time, "S2 does not begin with the time of C1. The handshake goes on."),
      ]
    ),
    (
      "Chunks of RTMP",
      [
        (
          .firstChunkTypeOne,
          "A chunk stream begins with a type 1 header. Its timestamp is a delta to 0 on stream 0."
        ),
        (
          .headerInsideMessage,
          """
          A header of type 0, 1 or 2 stands amid a message. One that repeats the first is passed \
          over; any other begins a new message, and what there was of the old one is dropped.
          """
        ),
        (
          .extendedTimestampOmitted,
          """
          Type 3 headers lack the extended timestamp of the header before them. The bytes there are \
          payload.
          """
        ),
        (
          .extendedTimestampAbsolute,
          """
          Type 3 headers repeat the timestamp where the header before them has a delta. It is passed \
          over.
          """
        ),
        (.chunkSizeTopBit, "The first bit of Set Chunk Size is set. The other bits are the size."),
      ]
    ),
    (
      "Control messages of RTMP",
      [
        (
          .controlElsewhere,
          "A control message is not on chunk stream 2 and message stream 0. It is obeyed."
        ),
        (.controlShort, "A control message lacks some of its fields. It is passed over."),
        (.windowZero, "Window Acknowledgement Size is 0. Nothing is acknowledged."),
        (
          .acknowledgementIncrements,
          """
          Acknowledgements say how much arrived since the one before, not in all. They are added up.
          """
        ),
        (
          .acknowledgementWrapsEarly,
          "Acknowledgements begin anew before 2^32. They are counted on from there."
        ),
        (
          .acknowledgementTooMuch,
          "More is acknowledged than was sent. The acknowledgement is passed over."
        ),
      ]
    ),
    (
      "Commands of RTMP",
      [
        (
          .damagedCommand,
          """
          A command cannot be read, or not whole. It counts as far as its name and values can be \
          read.
          """
        ),
        (
          .oddCommand,
          "A command is written otherwise than its message type or AMF has it. It is read all the same."
        ),
        (.noTransactionID, "A command has no transaction id. It is taken as 0."),
        (.unknownCommand, "A command has no meaning here. No notice is taken."),
        (.unknownMessageType, "A message has a type that is not known. It is passed over."),
        (
          .answerByContent,
          "An answer has another transaction id than its call. It is matched by what it says."
        ),
        (
          .answerToNothing,
          "An answer belongs to no call, or comes a second time. No notice is taken."
        ),
        (
          .connectAnsweredByStatus,
          "connect is answered by onStatus where _result should be. That is taken for the answer."
        ),
        (
          .noStreamID,
          "createStream is answered without the number of a stream. Stream 1 is used."
        ),
        (
          .publishAnsweredByResult,
          """
          publish or play is answered by _result without a status. One is waited for, for half of \
          the time that a leave may take; then media is sent.
          """
        ),
        (
          .oddPublishStatus,
          """
          publish is answered by a status of its own invention that is no error. It is taken for \
          NetStream.Publish.Start.
          """
        ),
        (.earlyStatus, "A status comes before the call that it answers. No notice is taken."),
        (
          .statusOnOtherStream,
          "A status of the stream comes on another message stream. It is taken for ours."
        ),
        (.statusWithoutInformation, "onStatus has no information object. It is passed over."),
        (
          .badReconnectURL,
          "A request to reconnect names a place that is none. The connection goes on."
        ),
      ]
    ),
    (
      "Media of RTMP",
      [
        (.mediaToPublisher, "Media comes to a publisher. It is passed over."),
        (.mediaBeforeStart, "Media comes before NetStream.Play.Start; playing begins with it."),
        (
          .mediaOnOtherStream,
          "Media comes on another message stream than the one that plays. It is taken for ours."
        ),
        (
          .aggregateDamaged,
          "An aggregate message is cut off or damaged. The messages before the damage count."
        ),
        (
          .aggregateBackPointer,
          "A back pointer within an aggregate message is wrong. It is passed over."
        ),
      ]
    ),
  ]
}
