import TestSupport
import Testing

/// The reader of documents can tell what fits from what does not.
@Suite struct DocumentSampleTests {
  private static let text = """
    # One

    ```sh exit=1
    false
    ```

    ```text varies
    at 12:03, 7 packets
    ```

    ## Two

    ```console
    $ echo a \\
      b
    a b
    $ true
    ```

    ```sh interrupt=2
    sleep 9
    ```

    Words.

    ```text
    of no command
    ```
    """

  @Test func blocksAreFound() throws {
    let document = Document(text: Self.text)
    #expect(document.sections.map(\.heading) == ["One", "Two"])
    let (one, two) = (document.sections[0].samples, document.sections[1].samples)
    #expect(one.map(\.script) == ["false\n"] && one[0].exit == 1 && one[0].varies)
    #expect(one[0].output == "at 12:03, 7 packets\n")
    #expect(two.map(\.script) == ["echo a \\\n  b\n", "true\n", "sleep 9\n"])
    #expect(two.map(\.output) == ["a b\n", "", nil])
    #expect(two[2].interruptedAfter == 2)
  }

  struct Match: Sendable {
    var shown: String
    var varies = false
    var printed: String
    var fits: Bool
  }

  @Test(arguments: [
    Match(shown: "a\n", printed: "a\n", fits: true),
    Match(shown: "a\n", printed: "a\nb\n", fits: false),
    Match(shown: "a\n...\nd\n", printed: "a\nb\nc\nd\n", fits: true),
    Match(shown: "a\n...\nd\n", printed: "a\nd\n", fits: true),
    Match(shown: "a\n...\n", printed: "a\n", fits: true),
    Match(shown: "a\n...\n", printed: "b\na\n", fits: false),
    Match(shown: "a\n...\nd\n", printed: "a\nb\n", fits: false),
    Match(shown: "a ... c\n", printed: "a b c\n", fits: true),
    Match(shown: "a ... b ... a\n", printed: "a a\n", fits: false),
    Match(shown: "...\n", printed: "anything\n", fits: true),
    Match(shown: "7 of 9\n", printed: "8 of 9\n", fits: false),
    Match(shown: "7 of  9.5\n", varies: true, printed: "12 of 9\n", fits: true),
    Match(shown: "7 of 9\n", varies: true, printed: "7 from 9\n", fits: false),
  ])
  func outputIsCompared(_ match: Match) {
    let sample = DocumentSample(script: "", output: match.shown, varies: match.varies)
    #expect(sample.shows(match.printed) == match.fits)
  }
}
