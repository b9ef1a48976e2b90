internal import MediaBitstream
internal import MediaBytes
internal import MediaFLV
internal import MediaJSON
internal import MediaModel

/// The fields of a decoder configuration under their specification's names, in its order.
struct ConfigurationFields {
  private(set) var list: [ConfigurationField] = []

  /// Reads a configuration; no fields where it cannot be read, or has no form that is known.
  init(_ codec: Codec?, _ configuration: [UInt8]) {
    var reader = ByteReader(configuration.span)
    do throws(ParseError) {
      switch codec {
      case .h264: add(try AVCDecoderConfigurationRecord(parsing: &reader))
      case .hevc: add(try HEVCDecoderConfigurationRecord(parsing: &reader))
      case .vvc: add(try VvcDecoderConfigurationRecord(parsing: &reader))
      case .av1: add(try AV1CodecConfigurationRecord(parsing: &reader))
      case .vp8, .vp9: add(try VPCodecConfigurationRecord(parsing: &reader))
      case .aac: add(try AudioSpecificConfig(parsing: &reader))
      case .opus: add(try OpusHead(parsing: &reader))
      case .flac: add(try FLACConfiguration(parsing: &reader))
      default: break
      }
    } catch {
      list = []  // --check says why
    }
  }

  /// Adds a number and what it stands for, unless it has no value.
  mutating func add(_ name: String, _ value: (some BinaryInteger)?, _ meaning: String? = nil) {
    guard let value else { return }
    list.append((name, FieldValue(json: .integer(Int64(clamping: value)), meaning: meaning)))
  }

  /// Adds a flag and what it stands for, unless it has no value.
  mutating func add(_ name: String, flag: Bool?, _ meaning: String? = nil) {
    if let flag { list.append((name, FieldValue(json: .bool(flag), meaning: meaning))) }
  }

  /// Adds words, unless there are none.
  mutating func add(_ name: String, _ words: String?) {
    if let words { list.append((name, FieldValue(words))) }
  }
}

// MARK: - Differences

/// A configuration that is, or was, in effect.
struct KnownConfiguration {
  var codec: Codec?
  var bytes: [UInt8]
  var fields: [ConfigurationField]

  init(_ codec: Codec?, _ bytes: [UInt8]) {
    self.codec = codec
    self.bytes = bytes
    fields = ConfigurationFields(codec, bytes).list
  }

  /// The fields that differ from `old`, in the order of this configuration, then those gone.
  ///
  /// Where the bytes differ but no field that is known does, one entry shows where they do.
  func changes(from old: Self) -> [FieldChange] {
    var changes: [FieldChange] = []
    if old.codec != codec {
      changes.append(
        FieldChange(
          field: "codec", from: old.codec.map { FieldValue($0.rawValue) },
          to: codec.map { FieldValue($0.rawValue) }))
    }
    for field in fields {
      let was = old.fields.first { $0.name == field.name }?.value
      guard was != field.value else { continue }
      changes.append(FieldChange(field: field.name, from: was, to: field.value))
    }
    for field in old.fields where !fields.contains(where: { $0.name == field.name }) {
      changes.append(FieldChange(field: field.name, from: field.value, to: nil))
    }
    guard changes.isEmpty, old.bytes != bytes else { return changes }
    let before = old.bytes
    let isShort = max(bytes.count, before.count) <= Self.bytesShown
    let different = zip(bytes, before).enumerated().first { $0.element.0 != $0.element.1 }
    let start = isShort ? 0 : different?.offset ?? min(bytes.count, before.count)
    return [
      FieldChange(
        field: "configuration", from: Self.digits(before, from: start),
        to: Self.digits(bytes, from: start))
    ]
  }

  /// The most bytes that are shown of a configuration, which may have 16 MB.
  private static let bytesShown = 64

  private static func digits(_ bytes: [UInt8], from start: Int) -> FieldValue {
    let shown = bytes[start...].prefix(bytesShown)
    if shown.count == bytes.count {
      return FieldValue(bytes.isEmpty ? "empty" : HexDump.digits(bytes))
    }
    return FieldValue(
      (shown.isEmpty ? "nothing" : HexDump.digits(Array(shown)))
        + " from byte \(start) of \(bytes.count)")
  }
}

// MARK: - Sound

extension ConfigurationFields {
  private mutating func add(_ config: AudioSpecificConfig) {
    add("audioObjectType", config.objectType.rawValue, config.objectType.name)
    add("samplingFrequency", config.samplingFrequency)
    add(
      "channelConfiguration", config.channelConfiguration,
      AACChannels.layout(config.channelConfiguration))
    if let element = config.programConfigElement {
      add("program_config_element", element.channels, element.channelLayout ?? "channels")
    }
    switch config.signalling {
    case .none where config.isImplicitSBRPossible:
      list.append(("sbrPresentFlag", FieldValue(json: .null, meaning: "implicit or none")))
    case .none: add("sbrPresentFlag", flag: false)
    case .hierarchical: add("sbrPresentFlag", flag: true, "hierarchical")
    case .backwardCompatible:
      add("sbrPresentFlag", flag: config.hasSBR, config.hasSBR ? "backward-compatible" : nil)
    }
    add("psPresentFlag", flag: config.psPresentFlag)
    add("extensionSamplingFrequency", config.extensionSamplingFrequency)
    add("frameLength", config.samplesPerFrame)
    if case .ga(let ga) = config.specificConfig {
      add("dependsOnCoreCoder", flag: ga.coreCoderDelay != nil)
      add("extensionFlag", flag: ga.extensionFlag)
    }
    add("epConfig", config.epConfig)
  }

  private mutating func add(_ head: OpusHead) {
    add("Version", head.version)
    add("OutputChannelCount", head.channels, head.channelLayout)
    add("PreSkip", head.preSkip)
    add("InputSampleRate", head.inputSampleRate)
    add("OutputGain", head.outputGain)
    add("ChannelMappingFamily", head.mappingFamily)
    guard let mapping = head.mapping else { return }
    add("StreamCount", mapping.streamCount)
    add("CoupledCount", mapping.coupledCount)
    add("ChannelMapping", HexDump.digits(mapping.table))
  }

  private mutating func add(_ configuration: FLACConfiguration) {
    let info = configuration.streamInfo
    add("minimum block size", info.minimumBlockSize)
    add("maximum block size", info.maximumBlockSize)
    add("minimum frame size", info.minimumFrameSize)
    add("maximum frame size", info.maximumFrameSize)
    add("sample rate", info.sampleRate)
    add("channels", info.channels, info.channelLayout)
    add("bits per sample", info.bitsPerSample)
    add("total samples", info.totalSamples)
    add("MD5", HexDump.digits(info.md5))
    if configuration.blocks.count > 1 {
      let names = FirstOf(limit: 32, configuration.blocks.lazy.map(\.name))
      add("metadata blocks", names.words.joined(separator: ", "))
    }
  }
}
