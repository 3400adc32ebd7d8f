"""Low-rank models: implicit's alternating least squares, scikit-learn's truncated SVD, and clusters of its factors."""

import pathlib

import numpy as np
import scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD

from peer import Peer
from ranking import LENGTH

THREADS = 2


class LeastSquares(Peer):
    """64 factors, 15 rounds, three conjugate gradient steps each: implicit's native code.

    A pair has confidence 1 + its number of events. implicit takes confidences as they are, so the 1 is added here.
    """

    def __init__(self, data: pathlib.Path) -> None:
        self.users = sp.load_npz(data / "train.npz").astype(np.float32)
        self.confidence = self.users.copy()
        self.confidence.data += 1

    def fit(self) -> AlternatingLeastSquares:
        model = AlternatingLeastSquares(
            factors=64, regularization=0.01, alpha=1, iterations=15, use_native=True, use_cg=True, use_gpu=False,
            num_threads=THREADS, random_state=1,
        )  # fmt: skip
        model.fit(self.confidence, show_progress=False)
        return model

    def lists(self, model: AlternatingLeastSquares) -> np.ndarray:
        everybody = np.arange(self.users.shape[0])
        items, scores = model.recommend(everybody, self.users, N=LENGTH, filter_already_liked_items=True)
        return np.where(scores > 0, items, -1).astype(np.int32)


class SingularValues(Peer):
    """64 singular vectors of the matrix of ones, randomised, five power iterations."""

    def __init__(self, data: pathlib.Path) -> None:
        self.users = sp.load_npz(data / "binary.npz")

    def fit(self) -> TruncatedSVD:
        return TruncatedSVD(n_components=64, algorithm="randomized", n_iter=5, random_state=1).fit(self.users)

    def result(self, model: TruncatedSVD, lists: None) -> np.ndarray:
        return np.ascontiguousarray(model.components_.T, dtype=np.float32)


class Clusters(Peer):
    """20 clusters of the users' factors: Lloyd's rounds from k-means++, the best of ten starts."""

    def __init__(self, data: pathlib.Path) -> None:
        self.points = np.load(data / "factors.npy")

    def fit(self) -> KMeans:
        return KMeans(n_clusters=20, init="k-means++", n_init=10, algorithm="lloyd", random_state=1).fit(self.points)

    def result(self, model: KMeans, lists: None) -> np.ndarray:
        return model.cluster_centers_.astype(np.float32)
