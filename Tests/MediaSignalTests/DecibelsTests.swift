import Testing

@testable import MediaSignal

@Suite("Decibels")
struct DecibelsTests {
  @Test("Silence has none")
  func silence() { #expect(Decibels.ofAmplitude(0) == nil) }

  @Test("Half the amplitude is −6.02 dB, half the power −3.01 dB")
  func half() throws {
    #expect(abs(try #require(Decibels.ofAmplitude(0.5)) + 6.0206) < 1e-4)
    #expect(abs(try #require(Decibels.ofPower(0.5)) + 3.0103) < 1e-4)
    #expect(abs(Decibels.amplitude(-6.0206) - 0.5) < 1e-5)
  }
}
