// What Swift's view of the C library lacks: calls behind _GNU_SOURCE, macros over casts,
// signal handlers (which must be plain C) and libraries opened on first use.
#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/types.h>

#pragma clang assume_nonnull begin

// Files. Each answers as the call it wraps does: -1 and errno on failure.

/// Opens an unnamed file in `directory` for reading and writing (O_TMPFILE, mode 0600).
int csystem_open_unnamed(const char *directory);
/// Creates and opens the file whose name `template` becomes; it ends in "XXXXXX".
int csystem_open_template(char *template);
/// Renames `from` to `to` unless `to` exists (EEXIST), without a moment between test and act;
/// EINVAL where the file system cannot (RENAME_NOREPLACE).
int csystem_rename_new(const char *from, const char *to);
/// A pipe whose ends close on exec: `ends[0]` reads, `ends[1]` writes.
int csystem_pipe(int ends[_Nonnull 2]);
/// A file in memory alone, closed on exec.
int csystem_memory_file(const char *name);
/// Columns of the terminal behind `descriptor`; 0 if it is none or does not say.
int csystem_terminal_columns(int descriptor);
/// The C library's text for an errno, in `text` or in static memory.
const char *csystem_errno_text(int code, char *text, size_t capacity);

// Processors.

/// How many the calling thread may run on, at least 1.
int csystem_processor_count(void);

// Signals.

/// Catches SIGINT and SIGTERM and ignores SIGPIPE and SIGXFSZ. The first signal caught is kept and
/// makes the descriptor readable for good; the next ends the process at once with 128 + its number.
/// Answers 0 or an errno. To be called once.
int csystem_signals_install(void);
/// The first signal caught, 0 before it. Safe from any thread and any handler.
int csystem_signal_received(void);
/// The same with the signature of FFmpeg's AVIOInterruptCB: not 0 once a signal has come.
int csystem_signal_interrupts(void *_Nullable unused);
/// Readable once a signal has come; never to be read. -1 before the installation.
int csystem_signal_descriptor(void);
/// Ends the process by SIGPIPE, whatever has been set for it.
_Noreturn void csystem_die_by_sigpipe(void);
/// Blocks every signal for the calling thread and keeps the old mask in `before`.
void csystem_block_signals(sigset_t *before);
/// Brings back the mask that `csystem_block_signals` kept.
void csystem_restore_signals(const sigset_t *before);

// Sockets and events. Each answers as the call it wraps does: -1 and errno on failure.

/// The most messages or events that one call below takes or gives.
#define CSYSTEM_BATCH 64

/// ppoll: waits at most `nanoseconds`, without bound where they are negative. `descriptors` are
/// `count` of struct pollfd.
int csystem_poll(void *descriptors, size_t count, int64_t nanoseconds);

/// Bits of an interest and of a readiness.
#define CSYSTEM_READABLE 1u
#define CSYSTEM_WRITABLE 2u
struct csystem_ready {
  uint64_t token;
  unsigned readiness;
};
int csystem_epoll_create(void);
/// Adds `descriptor`, or changes what is waited for; `token` comes back with its events.
int csystem_epoll_set(int epoll, int descriptor, bool is_new, unsigned interest, uint64_t token);
int csystem_epoll_remove(int epoll, int descriptor);
/// Waits as csystem_poll does and answers how many entries of `ready` it filled.
int csystem_epoll_wait(
    int epoll, struct csystem_ready *ready, int capacity, int64_t nanoseconds);

/// Asks for arrival times, and for no groups but those this socket joins.
int csystem_udp_prepare(int descriptor, bool is_ipv6);
/// Whether the kernel cuts a run of datagrams itself (UDP_SEGMENT, Linux 4.18).
bool csystem_udp_can_segment(int descriptor);
/// Lets the kernel join datagrams of one size on arrival (UDP_GRO, Linux 5.0).
int csystem_udp_coalesce(int descriptor, bool on);
/// Joins or leaves `group`, from `source` alone or, where NULL, from anybody. The addresses are
/// sockaddr_in or sockaddr_in6 of `address_size` bytes; interface 0 leaves the choice to routing.
int csystem_udp_membership(
    int descriptor, bool joins, const void *group, const void *_Nullable source,
    uint32_t address_size, uint32_t interface_index);
/// Sends what goes to groups through an interface; IPv4 takes its source address from there too.
int csystem_udp_send_through(
    int descriptor, bool is_ipv6, uint32_t interface_index, uint32_t ipv4_address);

/// Bytes sent by one message: cut into datagrams of `segment` bytes, the last one what is left
/// over, or one datagram where `segment` is 0.
struct csystem_run {
  size_t offset;
  size_t size;
  uint16_t segment;
};
/// sendmmsg: answers how many of the first CSYSTEM_BATCH runs were taken.
int csystem_udp_send(
    int descriptor, const uint8_t *bytes, const struct csystem_run *runs, size_t count,
    const void *_Nullable address, uint32_t address_size);

struct csystem_datagram {
  uint32_t size;
  /// Not 0: several datagrams of this size behind each other, the last one what is left over.
  uint32_t segment;
  /// Arrival by the system's clock in nanoseconds since 1970; 0 if the kernel did not say.
  int64_t stamp;
  uint32_t address_size;
  bool is_truncated;
  uint8_t address[28];
};
/// recvmmsg without waiting: datagram i goes to `room + i * room_each`; answers how many came.
int csystem_udp_receive(
    int descriptor, uint8_t *room, size_t room_each, struct csystem_datagram *datagrams,
    size_t capacity);

// TCP. Each answers as the call it wraps does: -1 and errno on failure.

/// Turns Nagle's algorithm off and keep-alive on; the kernel gives a peer up that accepts nothing
/// for so long (0: only after its own minutes).
int csystem_tcp_prepare(int descriptor, unsigned unaccepted_milliseconds);
/// Acknowledges what comes at once; the kernel forgets that after a while.
int csystem_tcp_acknowledge_at_once(int descriptor);
/// Makes it readable only where so many bytes have come, or the end; 1 is usual.
int csystem_tcp_wake_for(int descriptor, int count);

/// The most parts of one call; more are not sent.
#define CSYSTEM_PARTS 256

struct csystem_part {
  const void *_Nullable bytes;
  size_t size;
};
/// writev of the first CSYSTEM_PARTS parts, without waiting and without SIGPIPE.
ssize_t csystem_tcp_send(int descriptor, const struct csystem_part *parts, size_t count);
/// How many of the bytes written the peer has not acknowledged.
int csystem_tcp_unsent(int descriptor, int *count);
/// The kernel's smoothed round trip and its mean deviation.
int csystem_tcp_round_trip(int descriptor, uint32_t *microseconds, uint32_t *variation);
/// Makes `close` drop what is unsent, and tell the peer by a reset.
int csystem_tcp_reset_on_close(int descriptor);
/// Accepts a connection, as a descriptor that does not block.
int csystem_tcp_accept(int listener);

// Libraries that are opened on first use.

/// Opens the library `soname`; on failure answers NULL and says why in `reason`.
void *_Nullable csystem_library_open(const char *soname, char *reason, size_t capacity);

// OpenSSL's libcrypto: its own headers are not needed for the few functions used here.

typedef struct csystem_digest_context csystem_digest_context; // EVP_MD_CTX
typedef struct csystem_digest_kind csystem_digest_kind;       // EVP_MD
typedef struct csystem_engine csystem_engine;                 // ENGINE, always NULL

/// Each line: the answer's type, the function's name in libcrypto, its parameters.
#define CSYSTEM_CRYPTO_FUNCTIONS(X)                                                            \
  X(csystem_digest_context *_Nullable, EVP_MD_CTX_new, (void))                                 \
  X(void, EVP_MD_CTX_free, (csystem_digest_context * _Nullable))                               \
  X(const csystem_digest_kind *_Nullable, EVP_get_digestbyname, (const char *))                \
  X(int, EVP_DigestInit_ex,                                                                    \
    (csystem_digest_context *, const csystem_digest_kind *, csystem_engine *_Nullable))        \
  X(int, EVP_DigestUpdate, (csystem_digest_context *, const void *_Nullable, size_t))          \
  X(int, EVP_DigestFinal_ex, (csystem_digest_context *, uint8_t *, unsigned *_Nullable))       \
  X(uint8_t *_Nullable, HMAC,                                                                  \
    (const csystem_digest_kind *, const void *_Nullable, int, const uint8_t *_Nullable,        \
     size_t, uint8_t *, unsigned *_Nullable))                                                  \
  X(const char *_Nonnull, OpenSSL_version, (int))

#define CSYSTEM_FIELD(result, name, parameters) result(*_Nonnull name) parameters;
struct csystem_crypto {
  CSYSTEM_CRYPTO_FUNCTIONS(CSYSTEM_FIELD)
} __attribute__((swift_attr("@Sendable")));
#undef CSYSTEM_FIELD

/// Opens the library `soname` and fills `table`; on failure answers false and says why in
/// `reason`. The library stays open.
bool csystem_crypto_open(
    const char *soname, struct csystem_crypto *table, char *reason, size_t capacity);

/// Keeps up to `byte_count` bytes of freed memory rather than giving them back at once (mallopt(3)).
void csystem_keep_freed_memory(int byte_count);

#pragma clang assume_nonnull end

#endif
