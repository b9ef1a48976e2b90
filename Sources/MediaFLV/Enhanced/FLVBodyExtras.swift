/// What few bodies have, behind a pointer, so that the others are small and cost nothing to copy.
struct FLVBodyExtras: Hashable, Sendable {
  private indirect enum Content: Hashable, Sendable {
    case none
    case some(FLVEncryption?, [FLVBodyAnomaly])
  }

  private var content = Content.none

  init(_ encryption: FLVEncryption? = nil, _ anomalies: [FLVBodyAnomaly] = []) {
    if encryption != nil || !anomalies.isEmpty { content = .some(encryption, anomalies) }
  }

  var encryption: FLVEncryption? {
    get { if case .some(let encryption, _) = content { encryption } else { nil } }
    set { self = Self(newValue, anomalies) }
  }

  var anomalies: [FLVBodyAnomaly] {
    get { if case .some(_, let anomalies) = content { anomalies } else { [] } }
    set { self = Self(encryption, newValue) }
  }
}
