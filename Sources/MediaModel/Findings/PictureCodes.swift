/// Area 60: raw video.
extension FindingCode {
  static let pictures: [FindingCode] = [
    pictureCut, outsideRange, overshoot, manyClipped, fewClipped, lowBitsSet, highBitsSet,
    pictureSizeInName, perhapsLimited, emptyPictures, matrixOfUnusualHeight, noColour,
  ]

  /// E60001.
  public static let pictureCut = FindingCode(
    .error, "60001", "the input ends inside a picture",
    "The last picture is lost, or width, height or format are not what was said.")
  /// W60002.
  public static let outsideRange = FindingCode(
    .warning, "60002", "many samples outside the limited range",
    "Limited range was said or assumed, but the codes go far beyond black and white: the pictures "
      + "are perhaps full range.", clause: "ITU-T H.273 §8.3")
  /// I60003.
  public static let overshoot = FindingCode(
    .info, "60003", "samples outside the limited range",
    "Filters and cameras overshoot a little; what shows all codes clips that.",
    clause: "ITU-T H.273 §8.3")
  /// W60004.
  public static let manyClipped = FindingCode(
    .warning, "60004", "many samples clipped by the conversion",
    "The output has no codes for so many of the colours that detail is lost; matrix or range may be "
      + "wrong.", clause: "ITU-T H.273 §8.3")
  /// I60005.
  public static let fewClipped = FindingCode(
    .info, "60005", "samples clipped by the conversion",
    "Some colours of the input have no code in the output and take the nearest.",
    clause: "ITU-T H.273 §8.3")
  /// W60006.
  public static let lowBitsSet = FindingCode(
    .warning, "60006", "bits set below the samples",
    "The low bits of each word should be 0: the writer copied high bits there, or the samples are "
      + "deeper than the format says.",
    clause: "10-bit and 16-bit YUV Video Formats (Microsoft)")
  /// W60007.
  public static let highBitsSet = FindingCode(
    .warning, "60007", "bits set above the samples",
    "The words hold more than the depth allows: they are perhaps in the other order of bytes, or "
      + "their samples stand in the high bits as in P010.")
  /// W60008.
  public static let pictureSizeInName = FindingCode(
    .warning, "60008", "the name of the file says something else",
    "Size or format in the name are not those the pictures were read with; one of both is wrong.")
  /// I60009.
  public static let perhapsLimited = FindingCode(
    .info, "60009", "full range that stays inside the limited one",
    "Full range was said, but black and white of the limited range are never passed: pictures will "
      + "look washed out if it is that.", clause: "ITU-T H.273 §8.3")
  /// W60010.
  public static let emptyPictures = FindingCode(
    .warning, "60010", "every sample is 0",
    "Of YCbCr that is green, which no camera sees: the bytes were never written.")
  /// I60011.
  public static let matrixOfUnusualHeight = FindingCode(
    .info, "60011", "matrix assumed at an unusual height",
    "Heights between 576 and 720 lines belong to neither standard definition nor high definition, "
      + "so the matrix is a guess.")
  /// I60012.
  public static let noColour = FindingCode(
    .info, "60012", "chroma without colour",
    "Every sample of Cb and Cr is neutral: gray pictures in a format for colours.")
}
