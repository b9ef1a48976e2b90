#define _GNU_SOURCE 1
#include "csystem.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <linux/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

static int set(int descriptor, int level, int option, int value) {
  return setsockopt(descriptor, level, option, &value, sizeof value);
}

int csystem_tcp_prepare(int descriptor, unsigned unaccepted_milliseconds) {
  // Small messages shall not wait for each other: whoever writes much hands it over at once.
  if (set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1) != 0) return -1;
  if (set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1) != 0) return -1;
  if (set(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, 30) != 0) return -1;
  if (set(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, 10) != 0) return -1;
  return set(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, (int)unaccepted_milliseconds);
}

int csystem_tcp_acknowledge_at_once(int descriptor) {
  return set(descriptor, IPPROTO_TCP, TCP_QUICKACK, 1);
}

int csystem_tcp_wake_for(int descriptor, int count) {
  return set(descriptor, SOL_SOCKET, SO_RCVLOWAT, count);
}

ssize_t csystem_tcp_send(int descriptor, const struct csystem_part *parts, size_t count) {
  struct iovec vectors[CSYSTEM_PARTS];
  if (count > CSYSTEM_PARTS) count = CSYSTEM_PARTS;
  for (size_t i = 0; i < count; i++)
    vectors[i] = (struct iovec){(void *)parts[i].bytes, parts[i].size};
  struct msghdr message = {.msg_iov = vectors, .msg_iovlen = count};
  return sendmsg(descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int csystem_tcp_unsent(int descriptor, int *count) { return ioctl(descriptor, SIOCOUTQ, count); }

int csystem_tcp_round_trip(int descriptor, uint32_t *microseconds, uint32_t *variation) {
  struct tcp_info info;
  socklen_t size = sizeof info;
  memset(&info, 0, sizeof info);
  if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return -1;
  *microseconds = info.tcpi_rtt;
  *variation = info.tcpi_rttvar;
  return 0;
}

int csystem_tcp_reset_on_close(int descriptor) {
  struct linger none = {.l_onoff = 1, .l_linger = 0};
  return setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

int csystem_tcp_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
