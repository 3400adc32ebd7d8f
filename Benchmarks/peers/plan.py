"""The hybrid of user neighbours and product texts with scikit-learn, all users at once, as one writes it in a notebook."""

import json
import pathlib

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.neighbors import NearestNeighbors

from neighbours import fit_neighbours, neighbour_weights
from peer import Peer
from ranking import hide_seen, top


def min_max(scores: np.ndarray) -> np.ndarray:
    """Each row on 0 … 1."""
    low = scores.min(axis=1, keepdims=True)
    width = scores.max(axis=1, keepdims=True) - low
    return (scores - low) / np.where(width > 0, width, 1)


class Hybrid(Peer):
    """0.6 of what similar users met, 0.4 of what the texts of a user's products say, each normalised by minimum and maximum."""

    def __init__(self, data: pathlib.Path) -> None:
        self.users = sp.load_npz(data / "binary.npz")
        self.texts = json.loads((data / "texts.json").read_text(encoding="utf-8"))

    def fit(self) -> tuple[NearestNeighbors, sp.csr_matrix]:
        terms = TfidfVectorizer(max_features=500, stop_words="english").fit_transform(self.texts)
        return fit_neighbours(self.users), terms

    def lists(self, model: tuple[NearestNeighbors, sp.csr_matrix]) -> np.ndarray:
        neighbours, terms = model
        collaborative = (neighbour_weights(neighbours, self.users) @ self.users).toarray()
        content = cosine_similarity(self.users @ terms, terms)
        scores = 0.6 * min_max(collaborative) + 0.4 * min_max(content)
        hide_seen(scores, self.users)
        return top(scores)
