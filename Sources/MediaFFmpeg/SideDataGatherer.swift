internal import CLibAV
internal import MediaModel

/// What C tells of a block, gathered into nested lists.
private final class SideDataGatherer {
  private struct OpenList {
    var name: String
    var groups: [[SideDataDescription.Field]] = []
  }
  private var lists: [OpenList] = []
  private(set) var fields: [SideDataDescription.Field] = []

  func take(_ event: clibav_event, _ name: String, _ a: Int64, _ b: Int64, _ text: String) {
    switch event {
    case CLIBAV_INTEGER: add(.init(name, .integer(a)))
    case CLIBAV_RATIONAL: add(.init(name, .rational(Rational(Int(a), Int(b)))))
    case CLIBAV_STRING: add(.init(name, .string(text)))
    case CLIBAV_BEGIN_LIST: lists.append(OpenList(name: name))
    case CLIBAV_BEGIN_GROUP where !lists.isEmpty: lists[lists.count - 1].groups.append([])
    case CLIBAV_END_LIST:
      guard let list = lists.popLast() else { return }
      add(.init(list.name, .list(list.groups)))
    default: break
    }
  }

  private func add(_ field: SideDataDescription.Field) {
    guard let list = lists.indices.last, let group = lists[list].groups.indices.last else {
      fields.append(field)
      return
    }
    lists[list].groups[group].append(field)
  }
}

extension SideDataBuilder {
  /// Adds what a walker in C tells its visitor.
  mutating func gather(
    _ walk: (clibav_visitor, UnsafeMutableRawPointer) -> Void
  ) {
    let gatherer = SideDataGatherer()
    walk(
      { opaque, event, name, a, b, text in
        Unmanaged<SideDataGatherer>.fromOpaque(opaque).takeUnretainedValue()
          .take(event, String(cString: name), a, b, String(cString: text))
      }, Unmanaged.passUnretained(gatherer).toOpaque())
    withExtendedLifetime(gatherer) { fields += gatherer.fields }
  }
}
