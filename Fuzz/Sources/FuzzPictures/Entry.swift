import CFuzz
import FuzzBodies

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  fuzzPictures(UnsafeRawBufferPointer(start: bytes, count: count).bytes)
  return 0
}
