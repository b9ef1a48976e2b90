internal import Glibc
internal import MediaCommands

// Everything is written by now; the libraries' exit handlers would only cost time.
_exit(Tool.runProcess(Array(CommandLine.arguments.dropFirst())).rawValue)
