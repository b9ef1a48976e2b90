import Foundation
import MediaModel
import MediaRTSP
import TestSupport
import Testing

@testable import MediaCommands

@Suite struct RTSPDoctorManualTests {
  /// The manual has every code that the library declares, each once.
  @Test func theManualHasEveryCode() throws {
    let file = "\(Mediatool.packageFolder)/Sources/MediaRTSP/Client/Deviation+RTSP.swift"
    let source = try String(contentsOfFile: file, encoding: .utf8)
    let declared = Set(source.matches(of: /= code\("([a-z0-9-]+)", "RFC/).map { "rtsp-\($0.1)" })
    let listed = DoctorManual.rtsp.flatMap(\.entries).map(\.code.name)
    #expect(Set(listed) == declared && listed.count == declared.count)
    #expect(declared.count > 15)
  }
}
