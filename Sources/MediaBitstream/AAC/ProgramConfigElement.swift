public import MediaBytes

/// `program_config_element()` (ISO/IEC 14496-3 4.4.1.1): a channel layout element by element.
public struct ProgramConfigElement: Hashable, Sendable {
  /// A single channel element or a channel pair element.
  public struct ChannelElement: Hashable, Sendable {
    /// `element_is_cpe`: two channels.
    public var isPair: Bool
    /// `element_tag_select`, 4 bits.
    public var tag: UInt8
    /// Makes it of both.
    public init(isPair: Bool, tag: UInt8) {
      self.isPair = isPair
      self.tag = tag
    }
  }

  /// A coupling channel element.
  public struct CouplingElement: Hashable, Sendable {
    /// `cc_element_is_ind_sw`.
    public var isIndependentlySwitched: Bool
    /// `valid_cc_element_tag_select`, 4 bits.
    public var tag: UInt8
  }

  /// `matrix_mixdown_idx` and `pseudo_surround_enable`.
  public struct MatrixMixdown: Hashable, Sendable {
    /// `matrix_mixdown_idx`, 2 bits.
    public var index: UInt8
    /// `pseudo_surround_enable`.
    public var isPseudoSurround: Bool
  }

  /// `element_instance_tag`, 4 bits.
  public var instanceTag: UInt8 = 0
  /// `object_type`, 2 bits: the audio object type less 1.
  public var objectType: UInt8 = 1
  /// `sampling_frequency_index`, 4 bits.
  public var samplingFrequencyIndex: UInt8 = 0
  /// The elements in front of the listener, from the centre outwards; at most 15.
  public var front: [ChannelElement] = []
  /// The elements at the sides, front to back; at most 15.
  public var side: [ChannelElement] = []
  /// The elements behind, from outside to the centre; at most 15.
  public var back: [ChannelElement] = []
  /// The tags of the low frequency elements; at most 3.
  public var lfe: [UInt8] = []
  /// The tags of associated data elements; at most 7.
  public var associatedData: [UInt8] = []
  /// The coupling channel elements; at most 15.
  public var coupling: [CouplingElement] = []
  /// `mono_mixdown_element_number`, 4 bits.
  public var monoMixdown: UInt8?
  /// `stereo_mixdown_element_number`, 4 bits.
  public var stereoMixdown: UInt8?
  /// How to mix to stereo by matrix.
  public var matrixMixdown: MatrixMixdown?
  /// `comment_field_data`, at most 255 bytes.
  public var comment: [UInt8] = []

  /// Makes an element without channels.
  public init() {}

  /// How many channels it describes, coupling left out.
  public var channels: Int {
    Self.count(front) + Self.count(side) + Self.count(back) + lfe.count
  }

  /// FFmpeg's name of the layout; nil where it has none.
  public var channelLayout: String? {
    switch (Self.count(front), Self.count(side), Self.count(back), lfe.count) {
    case (1, 0, 0, 0): "mono"
    case (2, 0, 0, 0): "stereo"
    case (2, 0, 0, 1): "2.1"
    case (3, 0, 0, 0): "3.0"
    case (3, 0, 0, 1): "3.1"
    case (3, 0, 1, 0): "4.0"
    case (3, 0, 1, 1): "4.1"
    case (2, 0, 2, 0): "quad"
    case (2, 2, 0, 0): "quad(side)"
    case (3, 0, 2, 0): "5.0"
    case (3, 2, 0, 0): "5.0(side)"
    case (3, 0, 2, 1): "5.1"
    case (3, 2, 0, 1): "5.1(side)"
    case (3, 2, 1, 0): "6.0"
    case (3, 2, 1, 1): "6.1"
    case (3, 2, 2, 0): "7.0"
    case (3, 2, 2, 1): "7.1"
    case (5, 0, 2, 1): "7.1(wide)"
    case (3, 2, 3, 0): "octagonal"
    default: nil
    }
  }

  private static func count(_ elements: [ChannelElement]) -> Int {
    elements.reduce(0) { $0 + ($1.isPair ? 2 : 1) }
  }
}

// MARK: - Parsing

extension ProgramConfigElement {
  /// Reads the element at the head of a `raw_data_block()`; nil when another stands there.
  public init?(rawDataBlock bytes: RawSpan, baseOffset: Int = 0) throws(ParseError) {
    var reader = BitReader(bytes, baseOffset: baseOffset)
    let origin = reader.bitsRemaining
    guard origin >= 3, try reader.bits(3, "id_syn_ele") == Self.syntaxElement else { return nil }
    try self.init(parsing: &reader, origin: origin)
  }

  /// `ID_PCE`, the `id_syn_ele` of the element in a `raw_data_block()`.
  static let syntaxElement = 5

  /// Reads it; its comment is aligned to where `origin` bits were left.
  init(parsing reader: inout BitReader, origin: Int) throws(ParseError) {
    instanceTag = try reader.nibble("element_instance_tag")
    objectType = UInt8(try reader.bits(2, "object_type"))
    samplingFrequencyIndex = try reader.nibble("sampling_frequency_index")
    let frontCount = try reader.nibble("num_front_channel_elements")
    let sideCount = try reader.nibble("num_side_channel_elements")
    let backCount = try reader.nibble("num_back_channel_elements")
    let lfeCount = try reader.bits(2, "num_lfe_channel_elements")
    let dataCount = try reader.bits(3, "num_assoc_data_elements")
    let couplingCount = try reader.nibble("num_valid_cc_elements")
    if try reader.flag("mono_mixdown_present") {
      monoMixdown = try reader.nibble("mono_mixdown_element_number")
    }
    if try reader.flag("stereo_mixdown_present") {
      stereoMixdown = try reader.nibble("stereo_mixdown_element_number")
    }
    if try reader.flag("matrix_mixdown_idx_present") {
      matrixMixdown = MatrixMixdown(
        index: UInt8(try reader.bits(2, "matrix_mixdown_idx")),
        isPseudoSurround: try reader.flag("pseudo_surround_enable"))
    }
    front = try reader.channelElements(frontCount, "front_element")
    side = try reader.channelElements(sideCount, "side_element")
    back = try reader.channelElements(backCount, "back_element")
    for _ in 0..<lfeCount { lfe.append(try reader.nibble("lfe_element_tag_select")) }
    for _ in 0..<dataCount { associatedData.append(try reader.nibble("assoc_data_element")) }
    for _ in 0..<couplingCount {
      coupling.append(
        CouplingElement(
          isIndependentlySwitched: try reader.flag("cc_element_is_ind_sw"),
          tag: try reader.nibble("valid_cc_element_tag_select")))
    }
    let used = (origin - reader.bitsRemaining) % 8
    if used > 0 { try reader.skip(8 - used, "byte_alignment") }
    for _ in 0..<(try reader.bits(8, "comment_field_bytes")) {
      comment.append(UInt8(try reader.bits(8, "comment_field_data")))
    }
  }
}

extension BitReader {
  fileprivate mutating func nibble(_ field: StaticString) throws(ParseError) -> UInt8 {
    UInt8(try bits(4, field))
  }

  fileprivate mutating func channelElements(
    _ count: UInt8, _ field: StaticString
  ) throws(ParseError) -> [ProgramConfigElement.ChannelElement] {
    var elements: [ProgramConfigElement.ChannelElement] = []
    for _ in 0..<count {
      let isPair = try flag(field)
      elements.append(.init(isPair: isPair, tag: try nibble(field)))
    }
    return elements
  }
}

// MARK: - Writing

extension ProgramConfigElement {
  /// Writes it; its comment is aligned to the writer's first bit.
  func write(to writer: inout BitWriter) {
    writer.bits(4, Int(instanceTag))
    writer.bits(2, Int(objectType))
    writer.bits(4, Int(samplingFrequencyIndex))
    for elements in [front, side, back] { writer.bits(4, elements.count) }
    writer.bits(2, lfe.count)
    writer.bits(3, associatedData.count)
    writer.bits(4, coupling.count)
    for mixdown in [monoMixdown, stereoMixdown] {
      writer.flag(mixdown != nil)
      if let mixdown { writer.bits(4, Int(mixdown)) }
    }
    writer.flag(matrixMixdown != nil)
    if let matrixMixdown {
      writer.bits(2, Int(matrixMixdown.index))
      writer.flag(matrixMixdown.isPseudoSurround)
    }
    for element in front + side + back {
      writer.flag(element.isPair)
      writer.bits(4, Int(element.tag))
    }
    for tag in lfe + associatedData { writer.bits(4, Int(tag)) }
    for element in coupling {
      writer.flag(element.isIndependentlySwitched)
      writer.bits(4, Int(element.tag))
    }
    writer.alignToByte()
    writer.bits(8, comment.count)
    for byte in comment { writer.bits(8, Int(byte)) }
  }
}
