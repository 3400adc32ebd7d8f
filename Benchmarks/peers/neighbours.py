"""Nearest neighbours: scikit-learn's of users, implicit's of items."""

import pathlib

import numpy as np
import scipy.sparse as sp
from implicit.nearest_neighbours import BM25Recommender
from sklearn.neighbors import NearestNeighbors

from peer import Peer
from ranking import LENGTH, top_unseen

THREADS = 2


def fit_neighbours(users: sp.csr_matrix) -> NearestNeighbors:
    return NearestNeighbors(metric="cosine", algorithm="brute", n_neighbors=51, n_jobs=THREADS).fit(users)


def neighbour_weights(model: NearestNeighbors, users: sp.csr_matrix) -> sp.csr_matrix:
    """Users × users: the cosine of each user's 50 nearest."""
    distances, found = model.kneighbors(users)
    similarity = 1 - distances
    # A user is their own nearest neighbour; the 51st stands in where equals hide them.
    similarity[found == np.arange(users.shape[0])[:, None]] = 0
    offsets = np.arange(0, found.size + 1, found.shape[1])
    return sp.csr_matrix((similarity.ravel(), found.ravel(), offsets), shape=(users.shape[0], users.shape[0]))


class UserNeighbours(Peer):
    """Each user's 50 nearest by cosine, the sum of their rows weighted by similarity, the ten best unseen items."""

    def __init__(self, data: pathlib.Path) -> None:
        self.users = sp.load_npz(data / "binary.npz")

    def fit(self) -> NearestNeighbors:
        return fit_neighbours(self.users)

    def lists(self, model: NearestNeighbors) -> np.ndarray:
        weights = neighbour_weights(model, self.users)
        chunks = [slice(first, first + 1_000) for first in range(0, self.users.shape[0], 1_000)]
        return np.vstack([top_unseen((weights[rows] @ self.users).toarray(), self.users[rows]) for rows in chunks])


class ItemNeighbours(Peer):
    """implicit's BM25 item neighbours, 50 an item and its own row besides, k1 1.2 and b 0.75."""

    def __init__(self, data: pathlib.Path) -> None:
        self.users = sp.load_npz(data / "train.npz").astype(np.float64)

    def fit(self) -> BM25Recommender:
        # implicit counts an item among its own neighbours.
        model = BM25Recommender(K=51, K1=1.2, B=0.75, num_threads=THREADS)
        model.fit(self.users, show_progress=False)
        return model

    def lists(self, model: BM25Recommender) -> np.ndarray:
        everybody = np.arange(self.users.shape[0])
        items, scores = model.recommend(everybody, self.users, N=LENGTH, filter_already_liked_items=True)
        return np.where(scores > 0, items, -1).astype(np.int32)
