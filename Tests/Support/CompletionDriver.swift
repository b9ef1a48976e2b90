// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation
import Testing

/// Asks real shells what they would complete.
///
/// It knows nothing of a particular tool, so that any
/// description's scripts can be tried.
package struct CompletionDriver: Sendable {
  /// The program's name, for which the scripts complete.
  package let tool: String
  package let bash: String
  package let zsh: String
  package let fish: String
  /// Files to find, as paths; a path that ends with `/` is a folder.
  package var files: [String]

  package init(tool: String, bash: String, zsh: String, fish: String, files: [String] = []) {
    (self.tool, self.bash, self.zsh, self.fish) = (tool, bash, zsh, fish)
    self.files = files
  }

  /// What came of typing a line and pressing TAB once.
  package struct Offer: Equatable, Sendable {
    /// The line afterwards.
    package var line: String
    /// What was offered, sorted; only known for zsh.
    package var offers: [String]
  }

  /// Calls the body with a home folder and with the folder the shells start in.
  private func withFolders<Result>(
    _ body: (_ home: ScratchFolder, _ work: String) throws -> Result
  ) throws -> Result {
    let (home, work) = (try ScratchFolder(), try ScratchFolder())
    for path in files { _ = try work.write("", to: path.hasSuffix("/") ? path + ".keep" : path) }
    return try withExtendedLifetime((home, work)) { try body(home, work.path) }
  }

  private func environment(_ home: ScratchFolder) -> [String: String] {
    [
      "HOME": home.path, "XDG_CONFIG_HOME": home.path, "XDG_DATA_HOME": home.path,
      "ZDOTDIR": home.path,
      "TERM": "dumb", "LC_ALL": "C.UTF-8",
    ]
  }

  // MARK: Functions called directly

  /// What the bash function puts in COMPREPLY for words cut as bash cuts them; the last is completed.
  package func bashReply(_ words: [String], line: String? = nil) throws -> [String] {
    try withFolders { home, work in
      let script = try home.write(bash, to: "script")
      let driver = """
        source \(script)
        COMP_LINE=$1; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_POINT=${#COMP_LINE}
        complete -p \(tool) > /dev/null || exit
        read -r _ _ function _ < <(complete -p \(tool))
        $function
        ((${#COMPREPLY[@]})) && printf '%s\\n' "${COMPREPLY[@]}"
        exit 0
        """
      let result = try ProcessRunner.run(
        "bash", ["--norc", "--noprofile", "-u", "-c", driver, "bash", line ?? ""] + words,
        environment: environment(home), directory: work)
      #expect(result.errors == "")
      #expect(result.ending == .exit(0))
      return result.output.split(separator: "\n").map(String.init)
    }
  }

  /// What `complete -C` of fish prints: offers without their descriptions, sorted.
  package func fishOffers(_ line: String) throws -> [String] {
    try withFolders { home, work in
      let script = try home.write(fish, to: "script")
      let result = try ProcessRunner.run(
        "fish", ["--no-config", "-c", "source \(script); complete -C \"$argv[1]\"", line],
        environment: environment(home), directory: work)
      #expect(result.errors == "")
      return result.output.split(separator: "\n")
        .map { String($0.split(separator: "\t")[0]) }.sorted()
    }
  }

  // MARK: Interactive shells

  /// Types a line and TAB in an interactive bash.
  package func typeInBash(_ line: String) throws -> Offer {
    try withFolders { home, work in
      let script = try home.write(bash, to: "script")
      let answer = try home.write("", to: "answer")
      let start = try home.write(
        """
        source \(script)
        answer() { printf '%s' "$READLINE_LINE" > \(answer); printf '<answered>\\n'; }
        bind 'set bell-style none' 'set completion-query-items 0' 'set page-completions off'
        bind -x '"\\C-x\\C-a": answer'
        PS1='<ready>'
        """, to: "start")
      let shell = try PseudoTerminal(
        "bash", ["--noprofile", "--rcfile", start, "-i"], directory: work,
        environment: environment(home))
      try shell.wait(for: "<ready>")
      try shell.type(line + "\t\u{18}\u{1}")
      try shell.wait(for: "<answered>")
      return Offer(line: try text(of: answer), offers: [])
    }
  }

  /// Types a line and TAB in an interactive zsh.
  package func typeInZsh(_ line: String) throws -> Offer {
    try withFolders { home, work in
      try home.write(zsh, to: "functions/_\(tool)")
      let answer = try home.write("", to: "answer")
      let offers = try home.write("", to: "offers")
      // Completion functions add their matches with `compadd`; with -O, -A or -D it only filters.
      try home.write(
        """
        fpath=(\(home.path)/functions $fpath)
        autoload -Uz compinit && compinit -u -d \(home.path)/dump
        zstyle ':completion:*' completer _complete
        unsetopt beep
        LISTMAX=-1000
        compadd() {
          local -a found
          if [[ " ${argv[1,(i)-]} " != *" -"[OAD]" "* ]]; then
            builtin compadd -A found "$@"
            (( $#found )) && print -rl -- $found >> \(offers)
          fi
          builtin compadd "$@"
        }
        answer() { print -rn -- "$BUFFER" > \(answer); print '<answered>'; }
        zle -N answer
        bindkey '^X^A' answer
        PS1='<ready>'
        """, to: ".zshrc")
      let shell = try PseudoTerminal(
        "zsh", ["-d", "-i"], directory: work, environment: environment(home))
      try shell.wait(for: "<ready>")
      try shell.type(line + "\t\u{18}\u{1}")
      try shell.wait(for: "<answered>")
      let found = Set(try text(of: offers).split(separator: "\n").map(String.init))
      return Offer(line: try text(of: answer), offers: found.sorted())
    }
  }
}
#endif
