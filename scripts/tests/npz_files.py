#!/usr/bin/env python3
"""Reads a store's .npz files with numpy and scipy, and writes some for the engine to read.

    scripts/tests/npz_files.py read FOLDER     every .npz under FOLDER opens; prints a JSON line for each
    scripts/tests/npz_files.py write FOLDER    matrix-plain.npz, matrix-packed.npz (scipy), arrays.npz (numpy)
"""

import json
import pathlib
import sys

import numpy
import scipy.sparse


def read(folder: pathlib.Path) -> None:
    for path in sorted(folder.rglob("*.npz")):
        arrays = numpy.load(path, allow_pickle=False)
        seen = {"path": str(path.relative_to(folder)), "arrays": {}}
        for name in arrays.files:
            array = arrays[name]
            seen["arrays"][name] = {"shape": list(array.shape), "type": array.dtype.kind}
        if "format" in arrays.files:
            matrix = scipy.sparse.load_npz(path)
            # What scipy builds of it must be a matrix that can be worked with.
            matrix.check_format(full_check=True)
            seen["matrix"] = {
                "rows": matrix.shape[0],
                "columns": matrix.shape[1],
                "entries": int(matrix.nnz),
                "sum": float(matrix.sum(dtype=numpy.float64)),
            }
        print(json.dumps(seen))


def write(folder: pathlib.Path) -> None:
    matrix = scipy.sparse.csr_matrix(
        (numpy.array([1.5, -2, 3, 4], dtype=numpy.float32), numpy.array([0, 3, 1, 2]), numpy.array([0, 2, 2, 4])),
        shape=(3, 5),
    )
    scipy.sparse.save_npz(folder / "matrix-plain.npz", matrix, compressed=False)
    scipy.sparse.save_npz(folder / "matrix-packed.npz", matrix, compressed=True)
    numpy.savez(
        folder / "arrays.npz",
        keys=numpy.arange(5, dtype=numpy.int64) * 1_000_000_007,
        scores=numpy.linspace(0, 1, 5, dtype=numpy.float64),
        names=numpy.array([b"one", b"three"], dtype="S5"),
    )


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("read", "write"):
        sys.exit(__doc__)
    (read if sys.argv[1] == "read" else write)(pathlib.Path(sys.argv[2]))
