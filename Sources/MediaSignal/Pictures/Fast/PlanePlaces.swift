internal import MediaRaw

/// Where rows of up to three planes begin, without a reference that threads would count.
struct PlanePlaces: Sendable {
  private let offsets: (Int, Int, Int)
  private let strides: (Int, Int, Int)

  init(_ layout: PictureLayout) {
    func plane(_ number: Int) -> PictureLayout.Plane? {
      number < layout.planes.count ? layout.planes[number] : layout.planes.last
    }
    offsets = (plane(0)?.offset ?? 0, plane(1)?.offset ?? 0, plane(2)?.offset ?? 0)
    strides = (plane(0)?.stride ?? 0, plane(1)?.stride ?? 0, plane(2)?.stride ?? 0)
  }

  /// Bytes from the picture's beginning.
  func place(_ plane: Int, _ row: Int) -> Int {
    switch plane {
    case 0: offsets.0 &+ row &* strides.0
    case 1: offsets.1 &+ row &* strides.1
    default: offsets.2 &+ row &* strides.2
    }
  }
}
