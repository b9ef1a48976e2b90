/// What reading an input threw, apart from what writing results throws.
struct ReadFailure: Error {
  var reason: any Error
}
