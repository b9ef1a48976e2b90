#define _GNU_SOURCE 1
#include "csystem.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

// A handler may touch atomics only if no lock hides inside them.
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "int is not lock-free here");

static atomic_int received = 0;
static atomic_int wake = -1;

static void on_signal(int number) {
  int none = 0;
  if (!atomic_compare_exchange_strong(&received, &none, number)) _exit(128 + number);
  int saved = errno;
  uint64_t one = 1;
  // The counter starts at 0 and is raised once, so this cannot block; and a handler could do
  // nothing about a failure, after which the flag still stands.
  ssize_t written = write(atomic_load(&wake), &one, sizeof one);
  (void)written;
  errno = saved;
}

int csystem_signals_install(void) {
  int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor < 0) return errno;
  atomic_store(&wake, descriptor);
  // No SA_RESTART: a call that blocks shall come back and look at the flag.
  struct sigaction caught = {.sa_handler = on_signal};
  sigemptyset(&caught.sa_mask);
  struct sigaction ignored = {.sa_handler = SIG_IGN};
  sigemptyset(&ignored.sa_mask);
  if (sigaction(SIGINT, &caught, NULL) != 0 || sigaction(SIGTERM, &caught, NULL) != 0 ||
      sigaction(SIGPIPE, &ignored, NULL) != 0 || sigaction(SIGXFSZ, &ignored, NULL) != 0)
    return errno;
  // Some parents start their children with signals blocked.
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGINT);
  sigaddset(&both, SIGTERM);
  return pthread_sigmask(SIG_UNBLOCK, &both, NULL);
}

int csystem_signal_received(void) { return atomic_load(&received); }

int csystem_signal_interrupts(void *unused) {
  (void)unused;
  return atomic_load(&received) != 0;
}

int csystem_signal_descriptor(void) { return atomic_load(&wake); }

void csystem_die_by_sigpipe(void) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  sigset_t pipe;
  sigemptyset(&standard.sa_mask);
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  sigaction(SIGPIPE, &standard, NULL);
  pthread_sigmask(SIG_UNBLOCK, &pipe, NULL);
  raise(SIGPIPE);
  _exit(128 + SIGPIPE);
}

void csystem_block_signals(sigset_t *before) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, before);
}

void csystem_restore_signals(const sigset_t *before) {
  pthread_sigmask(SIG_SETMASK, before, NULL);
}
