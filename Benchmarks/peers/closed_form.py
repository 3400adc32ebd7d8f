"""EASE in numpy: the closed form of Steck, "Embarrassingly shallow autoencoders for sparse data" (WWW 2019)."""

import pathlib

import numpy as np
import scipy.sparse as sp
from scipy.linalg import lapack

from peer import Peer
from ranking import top_unseen

REGULARIZATION = 100


class Ease(Peer):
    """As published: Gram matrix, ridge, `numpy.linalg.inv`, columns divided by the diagonal."""

    dtype = np.float64

    def __init__(self, data: pathlib.Path) -> None:
        self.users = sp.load_npz(data / "binary.npz").astype(self.dtype)

    def fit(self) -> np.ndarray:
        gram = (self.users.T @ self.users).toarray()
        diagonal = np.diag_indices_from(gram)
        gram[diagonal] += REGULARIZATION
        weights = self.inverse(gram)
        weights /= -np.diag(weights)
        weights[diagonal] = 0
        return weights

    def inverse(self, gram: np.ndarray) -> np.ndarray:
        return np.linalg.inv(gram)

    def lists(self, model: np.ndarray) -> np.ndarray:
        count = self.users.shape[0]
        chunks = [slice(first, first + 1_000) for first in range(0, count, 1_000)]
        return np.vstack([top_unseen(self.users[rows] @ model, self.users[rows]) for rows in chunks])


class EaseSingle(Ease):
    """The same in single precision."""

    dtype = np.float32


class EaseCholesky(EaseSingle):
    """Single precision, and LAPACK's inverse of a symmetric positive definite matrix in place of the general one."""

    def inverse(self, gram: np.ndarray) -> np.ndarray:
        # A symmetric matrix is its own transpose, and LAPACK works in place on columns.
        factor, failed = lapack.spotrf(gram.T, lower=1, overwrite_a=1)
        if failed:
            raise ArithmeticError(f"spotrf: {failed}")
        half, failed = lapack.spotri(factor, lower=1, overwrite_c=1)
        if failed:
            raise ArithmeticError(f"spotri: {failed}")
        return np.tril(half) + np.tril(half, -1).T
