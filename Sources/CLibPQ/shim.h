#pragma once
#include <libpq-fe.h>

// The pipelined lane sleeps in poll(2) on its socket and on an eventfd that callers write to;
// Swift's Glibc module leaves this header out.
#include <sys/eventfd.h>
#include <poll.h>
