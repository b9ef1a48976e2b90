internal import MediaModel
internal import MediaRTSP

// What servers of RTSP may do.

extension DoctorManual {
  static let rtsp: [Area] = [
    (
      "Messages of RTSP",
      [
        (
          .rtspWrongSequenceNumber,
          """
          An answer has no CSeq, or another one than its request. It is taken for the answer to the \
          oldest request.
          """
        ),
        (.rtspUnexpectedAnswer, "An answer belongs to no request. No notice is taken."),
        (
          .rtspJunk,
          """
          Bytes stand between messages and packets that are neither. Up to 4096 of them are passed \
          over.
          """
        ),
        (.rtspOptionsRefused, "OPTIONS is refused. DESCRIBE follows all the same."),
      ]
    ),
    (
      "Descriptions of RTSP",
      [
        (
          .rtspContentType,
          "The answer to DESCRIBE has no type, or another than SDP. It is read as SDP."
        ),
        (
          .rtspBase,
          """
          The base of control URLs has no scheme or host, or leads to another host. That of the \
          connection takes its place.
          """
        ),
        (
          .rtspControlElsewhere,
          "A track is controlled at another host or scheme. Those of the connection are kept."
        ),
      ]
    ),
    (
      "Sessions of RTSP",
      [
        (.rtspNoSession, "SETUP is answered without a session. Requests go on without one."),
        (.rtspSessionChanged, "The session is another than before. The new one is used."),
        (
          .rtspNoTransport,
          "SETUP is answered without a transport. The one that was asked for is used."
        ),
        (.rtspOtherTransport, "The transport is another than was asked for. It is used."),
        (
          .rtspOtherChannels,
          """
          Channels are other than those asked for, or none are named. Those named are used, else \
          those asked for.
          """
        ),
        (
          .rtspSharedChannels,
          "Two tracks have the same channels. The second one has those asked for."
        ),
        (
          .rtspKeepAliveRefused,
          "A sign of life is refused. Another method is used from then on, and at last OPTIONS."
        ),
      ]
    ),
    (
      "Playing with RTSP",
      [
        (.rtspAggregateRefused, "PLAY of all tracks is refused. They are played one by one."),
        (
          .rtspRangeRefused,
          "A Range from the beginning is refused. PLAY is asked for again without it."
        ),
        (
          .rtspNoStreamInfo,
          "RTP-Info lacks tracks, or is missing. Packets tell where they begin."
        ),
        (.rtspEarlyPackets, "Packets come before the answer to PLAY. They are taken."),
        (
          .rtspUnknownChannel,
          "Packets come on a channel that nobody set up. They are passed over."
        ),
      ]
    ),
  ]
}
