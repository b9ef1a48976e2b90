extension ToolSpec {
  /// The completion function for zsh, a file named `_mediatool` in `$fpath`; it may also be sourced.
  public func zshCompletion() -> String {
    """
    #compdef \(name)
    # zsh completion for \(name). Generated, do not edit.

    \(functionName)_commands() {
      local -a commands=(
    \(zshCommandLines)
      )
      _describe -t commands command commands
    }

    \(functionName)() {
      local curcontext=$curcontext state state_descr ret=1
      local -a line
      local -A opt_args

      _arguments -C : \\
    \(zshLines(Self.globalOptions.options.map(\.spec), indent: "    ")) \\
        '1:command:->command' \\
        '*::argument:->argument' && ret=0

      case $state in
        command) \(functionName)_commands && ret=0 ;;
        argument)
          curcontext=${curcontext%:*:*}:\(name)-$line[1]:
          case $line[1] in
    \(shownCommands.map(zshCase).joined(separator: "\n"))
            help) _arguments '1:command:\(functionName)_commands' && ret=0 ;;
          esac
          ;;
      esac
      return ret
    }

    if [[ $funcstack[1] == \(functionName) ]]; then
      \(functionName) "$@"
    else
      compdef \(functionName) \(name)
    fi

    """
  }

  private var zshCommandLines: String {
    offeredCommands.map { command in
      "    " + "\(command.name):\(command.help.backslashed("\\:"))".shellQuoted
    }.joined(separator: "\n")
  }

  private func zshCase(_ command: CommandSpec) -> String {
    let indent = "            "
    var specs = [zshLines(shownOptions(of: command), indent: indent)]
    var position = 1
    for operand in command.operands {
      let message = operand.name.backslashed("\\:") + ":" + zshAction(operand.completion)
      guard let maximum = operand.maximum else {
        specs.append(indent + "*:\(message)".shellQuoted)
        break
      }
      for index in 0..<maximum {
        let colon = index < operand.minimum ? ":" : "::"
        specs.append(indent + "\(position)\(colon)\(message)".shellQuoted)
        position += 1
      }
    }
    return """
              \(command.name))
                _arguments -s -S : \\
      \(specs.joined(separator: " \\\n")) && ret=0
                ;;
      """
  }

  private func zshLines(_ options: [OptionSpec], indent: String) -> String {
    options.map { indent + zshSpec($0) }.joined(separator: " \\\n")
  }

  /// One option as `_arguments` wants it: exclusions, words, description, value.
  private func zshSpec(_ option: OptionSpec) -> String {
    let words = option.offeredWords
    let ending = option.kind != .value ? "" : option.bareText == nil ? "=" : "=-"
    let typed = words.map { $0.hasPrefix("--") ? $0 + ending : $0 }
    var tail = "[\(option.help.backslashed("\\[]"))]"
    if let placeholder = option.placeholder {
      let colon = option.bareText == nil ? ":" : "::"
      tail += colon + placeholder.backslashed("\\:") + ":" + zshAction(option.completion)
    }
    var head = ""
    if Self.globalOptions.options.contains(where: { $0.spec.name == option.name }) {
      head = "(- : *)"
    } else if option.repeatable {
      head = "*"
    } else if words.count > 1 {
      head = "(" + words.joined(separator: " ") + ")"
    }
    if typed.count == 1 { return (head + typed[0] + tail).shellQuoted }
    return (head.isEmpty ? "" : head.shellQuoted)
      + "{" + typed.joined(separator: ",") + "}" + tail.shellQuoted
  }

  private func zshAction(_ completion: Completion) -> String {
    switch completion {
    // A lone space shows the message and offers nothing.
    case .none: " "
    case .file(let extensions):
      extensions.isEmpty ? "_files" : "_files -g \"*.(\(extensions.joined(separator: "|")))\""
    case .url: "_files"
    case .directory: "_files -/"
    case .host: "_hosts"
    case .choices(let words):
      "(" + words.map { $0.backslashed("\\: ()'\"$`&;|<>*?[]#~") }.joined(separator: " ") + ")"
    }
  }
}
