#pragma once

/// The commit that the sources are of, as twelve hexadecimal digits, followed by ".changed" when files differ from it; empty when nobody knows.
const char *build_commit(void);
