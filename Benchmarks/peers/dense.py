"""Dense single precision in numpy, which is OpenBLAS."""

import pathlib

import numpy as np
from scipy.linalg import lapack
from scipy.linalg.blas import saxpy

from peer import Peer

SIDE = 3_600


class Product(Peer):
    """A product of two square matrices."""

    def __init__(self, data: pathlib.Path) -> None:
        generator = np.random.default_rng(1)
        self.left = generator.random((SIDE, SIDE), dtype=np.float32) - 0.5
        self.right = generator.random((SIDE, SIDE), dtype=np.float32) - 0.5

    def fit(self) -> np.ndarray:
        return self.left @ self.right


class Inverse(Peer):
    """The inverse of a symmetric positive definite matrix."""

    def __init__(self, data: pathlib.Path) -> None:
        points = np.random.default_rng(1).random((SIDE, SIDE), dtype=np.float32) - 0.5
        self.matrix = points @ points.T / SIDE + np.eye(SIDE, dtype=np.float32)

    def fit(self) -> np.ndarray:
        return np.linalg.inv(self.matrix)


class InverseCholesky(Inverse):
    """The same in single precision by LAPACK's routines for such matrices, which fill one triangle."""

    def fit(self) -> np.ndarray:
        factor, failed = lapack.spotrf(self.matrix.T, lower=1)
        if not failed:
            half, failed = lapack.spotri(factor, lower=1, overwrite_c=1)
        if failed:
            raise ArithmeticError("not positive definite")
        return np.tril(half) + np.tril(half, -1).T


class Vectors(Peer):
    """Two vectors that stay in the second-level cache, read again and again; long, so that calls cost little."""

    count = 65_536
    calls = 1_000

    def __init__(self, data: pathlib.Path) -> None:
        generator = np.random.default_rng(1)
        self.left = generator.random(self.count, dtype=np.float32)
        self.right = generator.random(self.count, dtype=np.float32)


class Dot(Vectors):
    """Inner products."""

    def fit(self) -> float:
        total = 0.0
        for _ in range(self.calls):
            total += np.dot(self.left, self.right)
        return total


class Axpy(Vectors):
    """y += a · x by scipy's BLAS."""

    def fit(self) -> np.ndarray:
        for _ in range(self.calls):
            saxpy(self.left, self.right, a=1e-6)
        return self.right
