import Foundation
import Testing

/// Asks real shells what they would complete.
///
/// It knows nothing of a particular tool, so that any
/// description's scripts can be tried.
struct CompletionDriver {
  /// The program's name, for which the scripts complete.
  let tool: String
  let bash: String
  let zsh: String
  let fish: String
  /// Files to find, as paths; a path that ends with `/` is a folder.
  var files: [String] = []

  /// What came of typing a line and pressing TAB once.
  struct Outcome: Equatable {
    /// The line afterwards.
    var line: String
    /// What was offered, sorted; only known for zsh.
    var offers: [String]
  }

  /// Calls the body with a home folder and with the folder the shells start in.
  private func withFolders<Result>(
    _ body: (_ home: ScratchFolder, _ work: URL) throws -> Result
  ) throws -> Result {
    try ScratchFolder.with { home in
      try ScratchFolder.with { work in
        for path in files { try work.file(path.hasSuffix("/") ? path + ".keep" : path, "") }
        return try body(home, work.url)
      }
    }
  }

  private func environment(_ home: ScratchFolder) -> [String: String] {
    [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": home.url.path,
      "XDG_CONFIG_HOME": home.url.path, "XDG_DATA_HOME": home.url.path, "ZDOTDIR": home.url.path,
      "TERM": "dumb", "LC_ALL": "C.UTF-8",
    ]
  }

  // MARK: Functions called directly

  /// What the bash function puts in COMPREPLY for words cut as bash cuts them; the last is completed.
  func bashReply(_ words: [String], line: String? = nil) throws -> [String] {
    try withFolders { home, work in
      let script = try home.file("script", bash)
      let driver = """
        source \(script.path)
        COMP_LINE=$1; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_POINT=${#COMP_LINE}
        complete -p \(tool) > /dev/null || exit
        read -r _ _ function _ < <(complete -p \(tool))
        $function
        ((${#COMPREPLY[@]})) && printf '%s\\n' "${COMPREPLY[@]}"
        exit 0
        """
      let result = try PeerTool.run(
        "bash", ["--norc", "--noprofile", "-u", "-c", driver, "bash", line ?? ""] + words,
        in: work, environment: environment(home))
      #expect(result.errors == "")
      #expect(result.code == 0)
      return result.output.split(separator: "\n").map(String.init)
    }
  }

  /// What `complete -C` of fish prints: offers without their descriptions, sorted.
  func fishOffers(_ line: String) throws -> [String] {
    try withFolders { home, work in
      let script = try home.file("script", fish)
      let result = try PeerTool.run(
        "fish", ["--no-config", "-c", "source \(script.path); complete -C \"$argv[1]\"", line],
        in: work, environment: environment(home))
      #expect(result.errors == "")
      return result.output.split(separator: "\n")
        .map { String($0.split(separator: "\t")[0]) }.sorted()
    }
  }

  // MARK: Interactive shells

  /// Types a line and TAB in an interactive bash.
  func typeInBash(_ line: String) throws -> Outcome {
    try withFolders { home, work in
      let script = try home.file("script", bash)
      let answer = try home.file("answer", "")
      let start = try home.file(
        "start",
        """
        source \(script.path)
        answer() { printf '%s' "$READLINE_LINE" > \(answer.path); printf '<answered>\\n'; }
        bind 'set bell-style none' 'set completion-query-items 0' 'set page-completions off'
        bind -x '"\\C-x\\C-a": answer'
        PS1='<ready>'
        """)
      let shell = try PseudoTerminal(
        "bash", ["--noprofile", "--rcfile", start.path, "-i"], in: work,
        environment: environment(home))
      try shell.wait(for: "<ready>")
      try shell.type(line + "\t\u{18}\u{1}")
      try shell.wait(for: "<answered>")
      return Outcome(line: try answer.text(), offers: [])
    }
  }

  /// Types a line and TAB in an interactive zsh.
  func typeInZsh(_ line: String) throws -> Outcome {
    try withFolders { home, work in
      try home.file("functions/_\(tool)", zsh)
      let answer = try home.file("answer", "")
      let offers = try home.file("offers", "")
      // Completion functions add their matches with `compadd`; with -O, -A or -D it only filters.
      try home.file(
        ".zshrc",
        """
        fpath=(\(home.url.path)/functions $fpath)
        autoload -Uz compinit && compinit -u -d \(home.url.path)/dump
        zstyle ':completion:*' completer _complete
        unsetopt beep
        LISTMAX=-1000
        compadd() {
          local -a found
          if [[ " ${argv[1,(i)-]} " != *" -"[OAD]" "* ]]; then
            builtin compadd -A found "$@"
            (( $#found )) && print -rl -- $found >> \(offers.path)
          fi
          builtin compadd "$@"
        }
        answer() { print -rn -- "$BUFFER" > \(answer.path); print '<answered>'; }
        zle -N answer
        bindkey '^X^A' answer
        PS1='<ready>'
        """)
      let shell = try PseudoTerminal(
        "zsh", ["-d", "-i"], in: work, environment: environment(home))
      try shell.wait(for: "<ready>")
      try shell.type(line + "\t\u{18}\u{1}")
      try shell.wait(for: "<answered>")
      let found = Set(try offers.text().split(separator: "\n").map(String.init))
      return Outcome(line: try answer.text(), offers: found.sorted())
    }
  }
}
