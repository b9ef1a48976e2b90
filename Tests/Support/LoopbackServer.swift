// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation

/// A small server on 127.0.0.1 that behaves, or misbehaves, in one way.
///
/// It is a Python script of its own process: it takes its port from `bind(0)`, says it on its
/// standard output, logs each request there, and ends by its process id.
package final class LoopbackServer: Sendable {
  package enum Behaviour: Sendable {
    /// HTTP with byte ranges.
    case file(String)
    /// HTTP that knows no ranges.
    case fileWithoutRanges(String)
    /// Every request is answered with this status.
    case status(Int)
    /// Takes the connection and says nothing.
    case silent
    /// Answers with headers and the first bytes of the file, then nothing more.
    case stalling(String, after: Int)
    /// Sends the file's bytes again and again at this rate, for ever, as a live stream does.
    case live(String, bytesPerSecond: Int)
    /// Sends the first bytes of the file and closes the connection.
    case cut(String, after: Int)
    /// Says something that is not HTTP.
    case garbage
    /// Holds the port without listening: a connection is refused, and no one else takes it.
    case refusing
    /// Does what is written under the request's path, then closes; other paths are answered 404.
    case scripted([String: [Step]])

    fileprivate var words: [String] {
      switch self {
      case .file(let path): ["file", path]
      case .fileWithoutRanges(let path): ["noranges", path]
      case .status(let code): ["status", "\(code)"]
      case .silent: ["silent"]
      case .stalling(let path, let count): ["stall", path, "\(count)"]
      case .live(let path, let rate): ["live", path, "\(rate)"]
      case .cut(let path, let count): ["cut", path, "\(count)"]
      case .garbage: ["garbage"]
      case .refusing: ["refuse"]
      case .scripted(let paths):
        ["script"] + paths.sorted { $0.key < $1.key }.flatMap { [$0.key] + $0.value.map(\.word) }
      }
    }
  }

  /// What a scripted server does next.
  package enum Step: Sendable {
    /// Sends these bytes as they are: status line, header, chunk sizes and all.
    case send([UInt8])
    /// Waits, in seconds, with the connection open.
    case pause(Double)
    /// Waits for ever, with the connection open.
    case stall
    /// Closes the connection with a reset.
    case reset

    package static func send(_ text: String) -> Self { .send(Array(text.utf8)) }

    fileprivate var word: String {
      switch self {
      case .send(let bytes):
        "send:" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      case .pause(let seconds): "pause:\(seconds)"
      case .stall: "stall:"
      case .reset: "reset:"
      }
    }
  }

  package let port: Int
  private let process: RunningProcess

  package init(_ behaviour: Behaviour) throws {
    process = try ProcessRunner.start(Peers.python, ["-c", script] + behaviour.words)
    guard process.waitForOutput({ $0.contains(UInt8(ascii: "\n")) }),
      let line = String(decoding: process.outputSoFar, as: UTF8.self).split(separator: "\n").first,
      let port = Int(line)
    else { throw StartFailure(program: "loopback server", reason: process.errorsSoFar) }
    self.port = port
  }

  deinit { process.stop() }

  /// The server's address: `http://127.0.0.1:PORT/NAME`.
  package func url(_ name: String = "clip", user: String? = nil) -> String {
    "http://\(user.map { "\($0)@" } ?? "")127.0.0.1:\(port)/\(name)"
  }

  /// Request lines and headers it has received.
  package var log: String { String(decoding: process.outputSoFar, as: UTF8.self) }
}

private let script = #"""
  import socket, struct, sys, threading, time

  kind, rest = sys.argv[1], sys.argv[2:]
  listener = socket.socket()
  listener.bind(("127.0.0.1", 0))
  if kind != "refuse":
      listener.listen(16)  # before anyone is told where
  print(listener.getsockname()[1], flush=True)
  if kind == "refuse":
      threading.Event().wait()
  data = open(rest[0], "rb").read() if rest and kind not in ("status", "script") else b""
  script = {}
  for word in rest if kind == "script" else []:
      if word.startswith("/"):
          steps = script[word] = []
      else:
          steps.append(word.partition(":"))

  def request(peer):
      text = b""
      while b"\r\n\r\n" not in text:
          more = peer.recv(4096)
          if not more:
              return None
          text += more
      print(text.decode("latin-1"), flush=True)
      return text.decode("latin-1")

  def head(status, length=None, more=""):
      lines = f"HTTP/1.1 {status}\r\nContent-Type: application/octet-stream\r\n{more}"
      if length is not None:
          lines += f"Content-Length: {length}\r\n"
      return (lines + "Connection: close\r\n\r\n").encode()

  def answer(peer, text):
      if kind == "status":
          more = 'WWW-Authenticate: Basic realm="x"\r\n' if rest[0] == "401" else ""
          peer.sendall(head(f"{rest[0]} No", 0, more))
      elif kind == "file":
          start, end = 0, len(data)
          for line in text.split("\r\n"):
              if line.lower().startswith("range: bytes="):
                  first, _, last = line.split("=")[1].partition("-")
                  start, end = int(first), int(last) + 1 if last else end
          if start >= len(data):
              peer.sendall(head("416 Range Not Satisfiable", 0))
              return
          end = min(end, len(data))
          span = f"Accept-Ranges: bytes\r\nContent-Range: bytes {start}-{end - 1}/{len(data)}\r\n"
          status = "206 Partial Content" if "range:" in text.lower() else "200 OK"
          peer.sendall(head(status, end - start, span) + data[start:end])
      elif kind == "noranges":
          peer.sendall(head("200 OK", len(data)) + data)
      elif kind == "stall":
          peer.sendall(head("200 OK", len(data)) + data[: int(rest[1])])
          threading.Event().wait()
      elif kind == "cut":
          peer.sendall(head("200 OK", len(data)) + data[: int(rest[1])])
      elif kind == "script":
          steps = script.get(text.split(" ")[1])
          if steps is None:
              peer.sendall(head("404 Not Found", 0))
              return
          for verb, _, value in steps:
              if verb == "send":
                  peer.sendall(bytes.fromhex(value))
              elif verb == "pause":
                  time.sleep(float(value))
              elif verb == "reset":
                  peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
              else:
                  threading.Event().wait()
      elif kind == "live":
          peer.sendall(head("200 OK"))
          step = max(188, int(rest[1]) // 20)
          while True:
              for at in range(0, len(data), step):
                  peer.sendall(data[at : at + step])
                  time.sleep(0.05)

  def serve(peer):
      try:
          if kind == "silent":
              threading.Event().wait()
          if kind == "garbage":
              peer.recv(4096)
              peer.sendall(b"220 mail.example.com ready\r\n" * 3)
              return
          text = request(peer)
          if text:
              answer(peer, text)
      except (ConnectionError, OSError):
          pass
      finally:
          peer.close()

  while True:
      threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
  """#
#endif
