/// That many bytes which nobody can guess, eight for each call of the kernel.
@Sendable func unguessableBytes(_ count: Int) -> [UInt8] {
  var bytes: [UInt8] = []
  while bytes.count < count {
    withUnsafeBytes(of: UInt64.random(in: 0...UInt64.max)) { bytes += $0 }
  }
  return Array(bytes.prefix(count))
}
