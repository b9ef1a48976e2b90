extension ToolSpec {
  /// The completion script for bash 4.4 and later; needs no other package.
  public func bashCompletion() -> String {
    """
    # bash completion for \(name). Generated, do not edit.

    # The words that continue the current one.
    \(functionName)_words() {
      local word
      for word; do
        [[ $word == "$cur"* ]] && COMPREPLY+=("$head$word")
      done
    }

    # Files; those with one of the suffixes where there are any.
    \(functionName)_files() {
      local path suffix any=() directories=() liked=()
      compopt -o filenames 2>/dev/null
      while IFS= read -r path; do
        any+=("$head$path")
        [[ -d $path ]] && directories+=("$head$path")
        for suffix; do
          [[ -f $path && $path == *."$suffix" ]] && liked+=("$head$path")
        done
      done < <(compgen -f -- "$cur")
      if ((${#liked[@]})); then
        COMPREPLY+=("${liked[@]}" "${directories[@]}")
      else
        COMPREPLY+=("${any[@]}")
      fi
    }

    # Directories or host names: the argument is the action of compgen.
    \(functionName)_action() {
      local word
      [[ $1 == directory ]] && compopt -o filenames 2>/dev/null
      while IFS= read -r word; do
        COMPREPLY+=("$head$word")
      done < <(compgen -A "$1" -- "$cur")
    }

    \(functionName)() {
      local words=() word rest=${COMP_LINE-} raw=${COMP_WORDS[COMP_CWORD]-}
      local cur head="" prefix i cword command options valued
      local option="" ended="" operand=0
      COMPREPLY=()

      # bash cuts words at '=' and ':'; put them together again.
      for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]-}
        if ((i > 0)) && [[ $rest != [[:blank:]]* ]] &&
          [[ $word == [=:]* || ${words[${#words[@]} - 1]} == *[=:] ]]; then
          words[${#words[@]} - 1]+=$word
        else
          words+=("$word")
        fi
        rest=${rest#*"$word"}
      done
      cword=$((${#words[@]} - 1))
      cur=${words[cword]}
      # What bash leaves in place in front of a completion.
      [[ $raw == [=:] ]] && raw=""
      prefix=${cur%"$raw"}

      command=${words[1]-}
      if ((cword == 1)); then
        \(functionName)_words \(bashWords(offeredCommands.map(\.name) + globalWords))
        return
      fi
      case $command in
    \(bashCommandCases)
        help)
          ((cword == 2)) && \(functionName)_words \(bashWords(offeredCommands.map(\.name)))
          return
          ;;
        *) return ;;
      esac

      for ((i = 2; i < cword; i++)); do
        word=${words[i]}
        if [[ $option ]]; then
          option=""
        elif [[ $ended || $word != -?* ]]; then
          ((operand += 1))
        elif [[ $word == -- ]]; then
          ended=1
        elif [[ $valued == *" $word "* ]]; then
          option=$word
        elif [[ $word == -[!-]?* && $word != *=* && $options != *" $word "* &&
          $valued == *" -${word: -1} "* ]]; then
          option=-${word: -1}
        fi
      done

      if [[ ! $option && ! $ended && $cur == -*=* ]]; then
        option=${cur%%=*}
        head=$option=
        cur=${cur#*=}
      fi
      if [[ $option ]]; then
        case "$command $option" in
    \(bashValueCases)
        esac
      elif [[ ! $ended && $cur == -* ]]; then
        # shellcheck disable=SC2086 # a list of words
        \(functionName)_words $options
      else
        case "$command $operand" in
    \(bashOperandCases)
        esac
      fi
      ((${#COMPREPLY[@]})) && COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
      return 0
    }

    complete -F \(functionName) \(name)

    """
  }

  private var globalWords: [String] { Self.globalOptions.options.flatMap(\.spec.offeredWords) }

  private var bashCommandCases: String {
    shownCommands.map { command in
      let offered = shownOptions(of: command).flatMap(\.offeredWords)
      let valued = allOptions(of: command).filter(\.takesNextWord).flatMap(\.words)
      return """
            \(command.name))
              options=\(bashList(offered))
              valued=\(bashList(valued))
              ;;
        """
    }.joined(separator: "\n")
  }

  private var bashValueCases: String {
    shownCommands.flatMap { command in
      shownOptions(of: command).compactMap { option -> String? in
        guard let action = bashAction(option.completion) else { return nil }
        let patterns = option.words.map { "\(command.name) \($0)".shellQuoted }
        return "      \(patterns.joined(separator: " | "))) \(action) ;;"
      }
    }.joined(separator: "\n")
  }

  private var bashOperandCases: String {
    shownCommands.flatMap { command in
      var position = 0
      return command.operands.compactMap { operand -> String? in
        let last = operand.maximum.map { position + $0 - 1 }
        defer { position = (last ?? position) + 1 }
        guard let action = bashAction(operand.completion) else { return nil }
        let patterns = last.map { (position...max(position, $0)).map { "'\(command.name) \($0)'" } }
        let any = ["'\(command.name) '*"]
        return "      \((patterns ?? any).joined(separator: " | "))) \(action) ;;"
      }
    }.joined(separator: "\n")
  }

  private func bashAction(_ completion: Completion) -> String? {
    switch completion {
    case .none: nil
    case .file(let extensions):
      ([functionName + "_files"] + extensions.map(\.shellQuoted)).joined(separator: " ")
    case .url: functionName + "_files"
    case .directory: functionName + "_action directory"
    case .host: functionName + "_action hostname"
    case .choices(let words): functionName + "_words " + bashWords(words)
    }
  }

  private func bashWords(_ words: [String]) -> String {
    words.map { word in
      let isPlain = word.utf8.allSatisfy {
        isLowerLetter($0) || isUpperLetter($0) || isDigit($0) || "-_.:/+".utf8.contains($0)
      }
      return isPlain && !word.isEmpty ? word : word.shellQuoted
    }.joined(separator: " ")
  }

  /// A list searched with `*" word "*`: spaces at both ends.
  private func bashList(_ words: [String]) -> String {
    (" " + words.joined(separator: " ") + " ").shellQuoted
  }
}
