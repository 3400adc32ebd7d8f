"""TF-IDF of product texts in scikit-learn."""

import json
import pathlib

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer

from peer import Peer


class Terms(Peer):
    """The 500 most frequent terms without English stop words."""

    def __init__(self, data: pathlib.Path) -> None:
        self.texts = json.loads((data / "texts.json").read_text(encoding="utf-8"))

    def fit(self) -> tuple[TfidfVectorizer, sp.csr_matrix]:
        vectorizer = TfidfVectorizer(max_features=500, stop_words="english", dtype=np.float32)
        return vectorizer, vectorizer.fit_transform(self.texts)

    def result(self, model: tuple[TfidfVectorizer, sp.csr_matrix], lists: None) -> dict[str, np.ndarray]:
        vectorizer, matrix = model
        matrix.sort_indices()
        return {
            "vocabulary": vectorizer.get_feature_names_out().astype(np.str_),
            "indptr": matrix.indptr, "indices": matrix.indices, "data": matrix.data,
        }  # fmt: skip
