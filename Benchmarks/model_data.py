"""Inputs of the model benchmarks, made once under .local/bench-data and reused.

`retail` is the published shop as the importer cleans it, cut at four fifths of its time. `synthetic` is a shop of 200,000
users, 20,000 items and 10,000,000 distinct pairs: item popularity falls with rank as r^−0.8, users are log-normally busy,
and half of what a user takes comes from one of 200 groups of items, so that there is something to learn. `texts` is 100,000
product texts. All random numbers come from seeded generators.
"""

import json
import pathlib

import numpy as np
import scipy.sparse as sp

import common
from common import LOCAL, MEASUREMENTS, say

DATA = LOCAL / "bench-data"

USERS, ITEMS, PAIRS = 200_000, 20_000, 10_000_000
# Pairs besides those in training, by which lists are judged.
TEST_PAIRS = 500_000
GROUPS = 200
TEXTS = 100_000
FACTORS = 64

FOLDERS = {
    "retail": DATA / "retail",
    "synthetic": DATA / f"synthetic-{USERS}-{ITEMS}-{PAIRS}",
    "texts": DATA / f"texts-{TEXTS}",
}


def retail(file: pathlib.Path) -> pathlib.Path:
    """The published orders: train, test and all as users × items with numbers of events, and the products' texts."""
    folder = FOLDERS["retail"]
    stamp = folder / "source.json"
    source = {"name": file.name, "bytes": file.stat().st_size, "changed": file.stat().st_mtime}
    if not stamp.exists() or json.loads(stamp.read_text()) != source:
        say(f"data: {file.name}")
        folder.mkdir(parents=True, exist_ok=True)
        common.run(MEASUREMENTS, "matrix", "--online-retail", file, "--out", folder)
        derive(folder)
        stamp.write_text(json.dumps(source))
    return folder


def synthetic() -> pathlib.Path:
    """The large shop."""
    folder = FOLDERS["synthetic"]
    if not (folder / "complete").exists():
        say(f"data: {USERS:,} users × {ITEMS:,} items, {PAIRS:,} pairs")
        folder.mkdir(parents=True, exist_ok=True)
        train, test = interactions(np.random.default_rng(1))
        sp.save_npz(folder / "train.npz", train, compressed=False)
        sp.save_npz(folder / "test.npz", test, compressed=False)
        write_texts(folder, np.random.default_rng(2), ITEMS)
        (folder / "complete").touch()
    return folder


def texts() -> pathlib.Path:
    """Many product texts."""
    folder = FOLDERS["texts"]
    if not (folder / "texts.json").exists():
        say(f"data: {TEXTS:,} texts")
        folder.mkdir(parents=True, exist_ok=True)
        write_texts(folder, np.random.default_rng(3), TEXTS)
    return folder


def derive(folder: pathlib.Path) -> None:
    """The matrix of ones, and the users' factors that are clustered: scikit-learn's, the same for both sides."""
    from sklearn.decomposition import TruncatedSVD

    binary = sp.load_npz(folder / "train.npz").astype(np.float32)
    binary.data[:] = 1
    sp.save_npz(folder / "binary.npz", binary, compressed=False)
    factors = TruncatedSVD(FACTORS, algorithm="randomized", n_iter=5, random_state=7).fit_transform(binary)
    np.save(folder / "factors.npy", np.ascontiguousarray(factors, dtype=np.float32))
    # The same once more in the container that our side reads.
    np.savez(folder / "factors.npz", factors=np.ascontiguousarray(factors, dtype=np.float32))


def interactions(generator: np.random.Generator) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Distinct pairs of users and items with numbers of events, parted by chance into train and test."""
    wanted = PAIRS + TEST_PAIRS
    activity = generator.lognormal(0, 1, USERS)
    popularity = np.arange(1, ITEMS + 1) ** -0.8
    item_of_rank = generator.permutation(ITEMS)
    # Rank r lies in group r mod GROUPS, so all groups have popular and rare items.
    by_group = [np.arange(group, ITEMS, GROUPS) for group in range(GROUPS)]
    taste = generator.integers(0, GROUPS, USERS)
    everywhere = np.cumsum(popularity) / popularity.sum()
    within = [np.cumsum(popularity[ranks]) / popularity[ranks].sum() for ranks in by_group]

    keys = np.empty(0, np.int64)
    while keys.size < wanted:
        count = int((wanted - keys.size) * 1.3) + 1_000
        users = generator.choice(USERS, count, p=activity / activity.sum())
        ranks = np.searchsorted(everywhere, generator.random(count)).clip(max=ITEMS - 1)
        own = np.flatnonzero(generator.random(count) < 0.5)
        # All groups at once: a group's steps lie between its number and the next one.
        steps = np.concatenate([group + cumulated for group, cumulated in enumerate(within)])
        starts = np.cumsum([0] + [ranks_of_group.size for ranks_of_group in by_group])
        groups = taste[users[own]]
        found = np.searchsorted(steps, groups + generator.random(own.size))
        found = np.minimum(found, starts[groups + 1] - 1)
        ranks[own] = np.concatenate(by_group)[found]
        keys = np.union1d(keys, users.astype(np.int64) * ITEMS + item_of_rank[ranks])
    keys = generator.permutation(keys)[:wanted]
    weights = generator.geometric(0.6, wanted).astype(np.float32)

    def matrix(part: slice) -> sp.csr_matrix:
        chosen = keys[part]
        rows, columns = (chosen // ITEMS).astype(np.int32), (chosen % ITEMS).astype(np.int32)
        made = sp.csr_matrix((weights[part], (rows, columns)), shape=(USERS, ITEMS))
        made.sort_indices()
        return made

    return matrix(slice(0, PAIRS)), matrix(slice(PAIRS, wanted))


def write_texts(folder: pathlib.Path, generator: np.random.Generator, count: int) -> None:
    """Texts of 10 to 40 words: made-up ones whose frequency falls with rank, every third word a common English one."""
    syllables = [first + vowel for first in "bcdfghjklmnprstvwz" for vowel in "aeiou"]
    made = generator.choice(syllables, size=(30_000, 4))
    lengths = generator.integers(2, 5, 30_000)
    words = np.array(["".join(parts[:length]) for parts, length in zip(made, lengths)], dtype=object)
    common_words = np.array("the of and a to in is with for on it this from by at as are you your all".split(), dtype=object)
    frequency = 1 / np.arange(1, words.size + 1)
    sizes = generator.integers(10, 41, count)
    total = int(sizes.sum())
    stream = generator.choice(words, total, p=frequency / frequency.sum())
    ordinary = generator.random(total) < 1 / 3
    stream[ordinary] = generator.choice(common_words, int(ordinary.sum()))
    ends = np.cumsum(sizes)
    lines = [" ".join(stream[end - size : end]).capitalize() + "." for end, size in zip(ends, sizes)]
    (folder / "texts.json").write_text(json.dumps(lines), encoding="utf-8")
