"""How good what was made is: one judge for both sides."""

import pathlib

import numpy as np
import scipy.sparse as sp

LENGTH = 10


def ndcg(lists: np.ndarray, folder: pathlib.Path) -> float:
    """Mean nDCG@10 on what users known in training met anew in the test part, of items known in training."""
    train, test = sp.load_npz(folder / "train.npz"), sp.load_npz(folder / "test.npz")
    known = np.asarray((train != 0).sum(axis=0)).ravel() > 0
    target = (test > 0).astype(np.int8)
    target = (target - target.multiply(train != 0)) @ sp.diags(known.astype(np.float64))
    target = sp.csr_matrix(target)
    target.eliminate_zeros()
    target.sort_indices()
    counts = np.diff(target.indptr)
    judged = np.flatnonzero((counts > 0) & (np.diff(train.indptr) > 0))
    if lists.shape != (train.shape[0], LENGTH):
        raise ValueError(f"lists are {lists.shape}, {(train.shape[0], LENGTH)} are needed")
    # A pair is one number; those of the target are sorted.
    items = test.shape[1]
    keys = np.repeat(np.arange(target.shape[0], dtype=np.int64), counts) * items + target.indices
    wanted = judged[:, None].astype(np.int64) * items + lists[judged]
    positions = np.searchsorted(keys, wanted).clip(max=keys.size - 1)
    hit = (keys[positions] == wanted) & (lists[judged] >= 0)
    discounts = 1 / np.log2(np.arange(2, LENGTH + 2))
    ideal = np.cumsum(discounts)[np.minimum(counts[judged], LENGTH) - 1]
    return float(((hit * discounts).sum(axis=1) / ideal).mean())


def explained_variance(factors: np.ndarray, folder: pathlib.Path) -> float:
    """Share of the columns' variance that the projection on the span of items × factors has."""
    users = sp.load_npz(folder / "binary.npz").astype(np.float64)
    basis, _ = np.linalg.qr(factors.astype(np.float64))
    squares = np.asarray(users.multiply(users).mean(axis=0)).ravel()
    means = np.asarray(users.mean(axis=0)).ravel()
    return float((users @ basis).var(axis=0).sum() / (squares - means**2).sum())


def inertia(centres: np.ndarray, folder: pathlib.Path) -> float:
    """Sum of the squared distances of all points to their nearest centre."""
    points = np.load(folder / "factors.npy").astype(np.float64)
    centres = centres.astype(np.float64)
    distances = (points**2).sum(1)[:, None] - 2 * points @ centres.T + (centres**2).sum(1)
    return float(distances.min(axis=1).sum())


def term_difference(one: pathlib.Path, other: pathlib.Path) -> tuple[int, int, float]:
    """Terms in both vocabularies, terms of the first, and the largest difference of an element of texts whose terms are
    all in both."""
    matrices, vocabularies = [], []
    for file in (one, other):
        with np.load(file) as arrays:
            vocabulary = [str(term) for term in arrays["vocabulary"]]
            shape = (len(arrays["indptr"]) - 1, len(vocabulary))
            matrices.append(sp.csr_matrix((arrays["data"], arrays["indices"], arrays["indptr"]), shape=shape))
            vocabularies.append(vocabulary)
    shared = sorted(set(vocabularies[0]) & set(vocabularies[1]))
    columns = [[vocabulary.index(term) for term in shared] for vocabulary in vocabularies]
    unchanged = np.ones(matrices[0].shape[0], bool)
    for matrix, kept in zip(matrices, columns):
        unchanged &= np.diff(matrix.indptr) == np.diff(matrix[:, kept].indptr)
    difference = abs(matrices[0][:, columns[0]] - matrices[1][:, columns[1]])[unchanged]
    return len(shared), len(vocabularies[0]), float(difference.max()) if difference.nnz else 0.0


def load(file: pathlib.Path) -> np.ndarray:
    """The single array that a side wrote."""
    with np.load(file) as arrays:
        (name,) = arrays.files
        return arrays[name]
