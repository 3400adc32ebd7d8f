import Glibc

/// Hands over what was printed; a pipe is buffered by the block.
func flushStandardOutput() { fflush(nil) }
