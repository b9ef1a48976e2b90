#define _GNU_SOURCE 1
#include "csystem.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Headers older than the kernel leave some of these out; the numbers are the kernel's.
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#ifndef IP_MULTICAST_ALL
#define IP_MULTICAST_ALL 49
#endif
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif

int csystem_poll(void *descriptors, size_t count, int64_t nanoseconds) {
  if (nanoseconds < 0) return ppoll(descriptors, count, NULL, NULL);
  struct timespec timeout = {
      .tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
  return ppoll(descriptors, count, &timeout, NULL);
}

// Events.

int csystem_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int csystem_epoll_set(int epoll, int descriptor, bool is_new, unsigned interest, uint64_t token) {
  struct epoll_event event = {
      .events = (interest & CSYSTEM_READABLE ? EPOLLIN : 0) |
                (interest & CSYSTEM_WRITABLE ? EPOLLOUT : 0),
      .data.u64 = token};
  return epoll_ctl(epoll, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event);
}

int csystem_epoll_remove(int epoll, int descriptor) {
  return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL);
}

// epoll_wait counts milliseconds, and a kernel before 5.11 has no other: ppoll waits there.
static int wait_for_events(
    int epoll, struct epoll_event *events, int capacity, int64_t nanoseconds) {
#if defined SYS_epoll_pwait2 && defined __LP64__
  static _Atomic bool is_missing;
  if (!is_missing) {
    struct timespec timeout = {
        .tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    int count = (int)syscall(
        SYS_epoll_pwait2, epoll, events, capacity, nanoseconds < 0 ? NULL : &timeout, NULL, 0);
    // Sandboxes that do not know the call bar it.
    if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
    is_missing = true;
  }
#endif
  struct pollfd self = {.fd = epoll, .events = POLLIN};
  int count = csystem_poll(&self, 1, nanoseconds);
  return count <= 0 ? count : epoll_wait(epoll, events, capacity, 0);
}

int csystem_epoll_wait(
    int epoll, struct csystem_ready *ready, int capacity, int64_t nanoseconds) {
  struct epoll_event events[CSYSTEM_BATCH];
  int count = wait_for_events(
      epoll, events, capacity < CSYSTEM_BATCH ? capacity : CSYSTEM_BATCH, nanoseconds);
  for (int i = 0; i < count; i++) {
    uint32_t bits = events[i].events;
    // An error or a hang-up is learnt by reading, and by writing where that was waited for.
    unsigned both = bits & (EPOLLERR | EPOLLHUP) ? CSYSTEM_READABLE | CSYSTEM_WRITABLE : 0;
    ready[i] = (struct csystem_ready){
        .token = events[i].data.u64,
        .readiness = both | (bits & EPOLLIN ? CSYSTEM_READABLE : 0) |
                     (bits & EPOLLOUT ? CSYSTEM_WRITABLE : 0)};
  }
  return count;
}

// UDP.

bool csystem_udp_can_segment(int descriptor) {
  // A kernel that does not know the option would ignore the control message too, and send the
  // whole run as one datagram.
  int none = 0;
  return setsockopt(descriptor, IPPROTO_UDP, UDP_SEGMENT, &none, sizeof none) == 0;
}

int csystem_udp_coalesce(int descriptor, bool on) {
  int value = on;
  return setsockopt(descriptor, IPPROTO_UDP, UDP_GRO, &value, sizeof value);
}

int csystem_udp_send(
    int descriptor, const uint8_t *bytes, const struct csystem_run *runs, size_t count,
    const void *address, uint32_t address_size) {
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(uint16_t))];
  } control[CSYSTEM_BATCH];
  struct iovec parts[CSYSTEM_BATCH];
  struct mmsghdr messages[CSYSTEM_BATCH];
  if (count > CSYSTEM_BATCH) count = CSYSTEM_BATCH;
  memset(messages, 0, count * sizeof messages[0]);
  for (size_t i = 0; i < count; i++) {
    parts[i] = (struct iovec){(void *)(bytes + runs[i].offset), runs[i].size};
    struct msghdr *message = &messages[i].msg_hdr;
    message->msg_name = (void *)address;
    message->msg_namelen = address ? address_size : 0;
    message->msg_iov = &parts[i];
    message->msg_iovlen = 1;
    if (runs[i].segment == 0) continue;
    memset(&control[i], 0, sizeof control[i]);
    message->msg_control = &control[i];
    message->msg_controllen = sizeof control[i].room;
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    header->cmsg_level = IPPROTO_UDP;
    header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof(uint16_t));
    memcpy(CMSG_DATA(header), &runs[i].segment, sizeof(uint16_t));
  }
  return sendmmsg(descriptor, messages, (unsigned)count, MSG_NOSIGNAL);
}

int csystem_udp_receive(
    int descriptor, uint8_t *room, size_t room_each, struct csystem_datagram *datagrams,
    size_t capacity) {
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(struct timespec)) + CMSG_SPACE(sizeof(int))];
  } control[CSYSTEM_BATCH];
  struct iovec parts[CSYSTEM_BATCH];
  struct mmsghdr messages[CSYSTEM_BATCH];
  if (capacity > CSYSTEM_BATCH) capacity = CSYSTEM_BATCH;
  memset(messages, 0, capacity * sizeof messages[0]);
  for (size_t i = 0; i < capacity; i++) {
    parts[i] = (struct iovec){room + i * room_each, room_each};
    messages[i].msg_hdr = (struct msghdr){
        .msg_name = datagrams[i].address,
        .msg_namelen = sizeof datagrams[i].address,
        .msg_iov = &parts[i],
        .msg_iovlen = 1,
        .msg_control = &control[i],
        .msg_controllen = sizeof control[i].room};
  }
  int count = recvmmsg(descriptor, messages, (unsigned)capacity, MSG_DONTWAIT, NULL);
  for (int i = 0; i < count; i++) {
    struct msghdr *message = &messages[i].msg_hdr;
    struct csystem_datagram *datagram = &datagrams[i];
    datagram->size = messages[i].msg_len;
    datagram->address_size = message->msg_namelen;
    datagram->is_truncated = (message->msg_flags & MSG_TRUNC) != 0;
    datagram->segment = 0;
    datagram->stamp = 0;
    for (struct cmsghdr *each = CMSG_FIRSTHDR(message); each; each = CMSG_NXTHDR(message, each)) {
      if (each->cmsg_level == SOL_SOCKET && each->cmsg_type == SO_TIMESTAMPNS) {
        struct timespec time;
        memcpy(&time, CMSG_DATA(each), sizeof time);
        datagram->stamp = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
      } else if (each->cmsg_level == IPPROTO_UDP && each->cmsg_type == UDP_GRO) {
        int segment;
        memcpy(&segment, CMSG_DATA(each), sizeof segment);
        datagram->segment = segment > 0 ? (uint32_t)segment : 0;
      }
    }
  }
  return count;
}

int csystem_udp_prepare(int descriptor, bool is_ipv6) {
  int on = 1, off = 0;
  if (setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0) return -1;
  // By default a socket bound to every address gets the groups that others have joined, too.
  // Kernels before 4.20 cannot leave that for IPv6.
  if (is_ipv6) {
    (void)setsockopt(descriptor, IPPROTO_IPV6, IPV6_MULTICAST_ALL, &off, sizeof off);
    return 0;
  }
  return setsockopt(descriptor, IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof off);
}

int csystem_udp_membership(
    int descriptor, bool joins, const void *group, const void *source, uint32_t address_size,
    uint32_t interface_index) {
  if (address_size > sizeof(struct sockaddr_storage)) return errno = EINVAL, -1;
  int level = ((const struct sockaddr *)group)->sa_family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
  if (source) {
    struct group_source_req request = {.gsr_interface = interface_index};
    memcpy(&request.gsr_group, group, address_size);
    memcpy(&request.gsr_source, source, address_size);
    int option = joins ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP;
    return setsockopt(descriptor, level, option, &request, sizeof request);
  }
  struct group_req request = {.gr_interface = interface_index};
  memcpy(&request.gr_group, group, address_size);
  int option = joins ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP;
  return setsockopt(descriptor, level, option, &request, sizeof request);
}

int csystem_udp_send_through(
    int descriptor, bool is_ipv6, uint32_t interface_index, uint32_t ipv4_address) {
  if (is_ipv6) {
    int index = (int)interface_index;
    return setsockopt(descriptor, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index);
  }
  struct ip_mreqn request = {
      .imr_address.s_addr = htonl(ipv4_address), .imr_ifindex = (int)interface_index};
  return setsockopt(descriptor, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request);
}
