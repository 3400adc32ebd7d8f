#include "CBuildCommit.h"

// scripts/build.sh writes this file, which is not part of the repository. A build without it does not know its commit.
#if __has_include("commit.h")
#include "commit.h"
#else
#define BUILD_COMMIT ""
#endif

const char *build_commit(void) { return BUILD_COMMIT; }
