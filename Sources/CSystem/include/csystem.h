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

// Signals.

/// Catches SIGINT and SIGTERM and ignores SIGPIPE. The first signal caught is kept and makes
/// the descriptor readable for good; the next ends the process at once with 128 + its number.
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
  X(int, EVP_DigestFinal_ex, (csystem_digest_context *, uint8_t *, unsigned *_Nullable))

#define CSYSTEM_FIELD(result, name, parameters) result(*_Nonnull name) parameters;
struct csystem_crypto {
  CSYSTEM_CRYPTO_FUNCTIONS(CSYSTEM_FIELD)
} __attribute__((swift_attr("@Sendable")));
#undef CSYSTEM_FIELD

/// Opens the library `soname` and fills `table`; on failure answers false and says why in
/// `reason`. The library stays open.
bool csystem_crypto_open(
    const char *soname, struct csystem_crypto *table, char *reason, size_t capacity);

#pragma clang assume_nonnull end
#endif
