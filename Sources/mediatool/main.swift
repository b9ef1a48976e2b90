internal import Glibc
internal import MediaCommands

let exitCode = Tool.runProcess(Array(CommandLine.arguments.dropFirst()))
#if COVERAGE
// What was counted is written by an exit handler, even where a test limits the size of files.
var unlimited = rlimit(rlim_cur: .max, rlim_max: .max)
if setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &unlimited) == 0 {
  exit(exitCode.rawValue)
}
#endif
// Everything is written by now; the libraries' exit handlers would only cost time.
_exit(exitCode.rawValue)
