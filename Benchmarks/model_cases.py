"""What is compared with what, on which data, and what is to be reached."""

import dataclasses
import pathlib
from collections.abc import Callable

import model_scores


@dataclasses.dataclass(frozen=True)
class Quality:
    """What the judge says of a side, and whether ours is good enough beside the peer's."""

    label: str
    judge: Callable[[pathlib.Path, pathlib.Path], float]
    digits: int
    # (ours, peer's) → good enough
    suffices: Callable[[float, float], bool]
    rule: str


def lists_score(file: pathlib.Path, folder: pathlib.Path) -> float:
    return model_scores.ndcg(model_scores.load(file), folder)


NDCG = Quality("nDCG@10", lists_score, 4, lambda ours, peer: True, "")
NDCG_EQUAL = Quality("nDCG@10", lists_score, 4, lambda ours, peer: round(ours, 4) >= round(peer, 4), "equal or better nDCG@10")
VARIANCE = Quality(
    "explained variance",
    lambda file, folder: model_scores.explained_variance(model_scores.load(file), folder),
    4,
    lambda ours, peer: round(ours, 4) >= round(peer, 4),
    "equal explained variance",
)
INERTIA = Quality(
    "inertia",
    lambda file, folder: model_scores.inertia(model_scores.load(file), folder),
    1,
    lambda ours, peer: ours <= 1.01 * peer,
    "inertia within 1 %",
)


@dataclasses.dataclass(frozen=True)
class Case:
    """One row of the table. `data` is retail, synthetic, texts or nothing; `peer` the name in Benchmarks/peers/models.py,
    `name` the one in `Measurements model`, where `ours` says no other."""

    name: str
    label: str
    peer_label: str
    data: str | None
    peer: str
    speed: float | None
    # Largest part of the peer's memory beyond the data.
    memory: float | None = None
    quality: Quality | None = None
    ours: str | None = None
    # implicit has threads of its own and needs a single-threaded BLAS.
    blas_threads: int = 2
    compares_terms: bool = False
    # Floating-point operations, or elements read, of a run; reported as a rate.
    operations: float | None = None


SKLEARN, IMPLICIT = "scikit-learn", "implicit"

MODELS = [
    Case("user_knn", "UserKNN, cosine, 50 neighbours: fit + all lists", f"{SKLEARN} NearestNeighbors, brute, + weighted sum",
         "retail", "user_knn", 8, quality=NDCG),
    Case("item_knn", "ItemKNN, BM25, 50 neighbours: fit + all lists", f"{IMPLICIT} BM25Recommender",
         "retail", "item_knn", 5, memory=1, quality=NDCG, blas_threads=1),
    Case("item_knn_large", "the same", f"{IMPLICIT} BM25Recommender",
         "synthetic", "item_knn", 5, memory=1, quality=NDCG, ours="item_knn", blas_threads=1),
    Case("als", "ImplicitALS, 64 factors, 15 rounds, 3 steps: fit + all lists", f"{IMPLICIT} AlternatingLeastSquares, native, CG",
         "retail", "als", 1.3, quality=NDCG_EQUAL, blas_threads=1),
    Case("ease", "EASE, λ 100: fit + all lists", "numpy closed form, float32",
         "retail", "ease", 1.5, memory=0.5, quality=NDCG),
    Case("ease_double", "the same", "numpy closed form, float64",
         "retail", "ease_double", 1.5, memory=0.5, quality=NDCG, ours="ease"),
    Case("ease_cholesky", "the same", "the same with LAPACK's spotrf + spotri, float32",
         "retail", "ease_cholesky", None, quality=NDCG, ours="ease"),
    Case("svd", "TruncatedSVD, 64 factors: fit", f"{SKLEARN} TruncatedSVD, randomized, 5 iterations",
         "retail", "svd", 1, quality=VARIANCE),
    Case("kmeans", "KMeans, 20 clusters of users × 64 factors, 10 starts", f"{SKLEARN} KMeans, lloyd",
         "retail", "kmeans", 2, quality=INERTIA),
    Case("tfidf", "TFIDFVectorizer, 500 terms, English stop words: fit + transform", f"{SKLEARN} TfidfVectorizer",
         "retail", "tfidf", 5, compares_terms=True),
    Case("tfidf_large", "the same", f"{SKLEARN} TfidfVectorizer",
         "texts", "tfidf", 5, ours="tfidf", compares_terms=True),
    Case("hybrid_plan", "hybrid of the plan, 0.6 user_knn (cosine, 50) + 0.4 content, texts included: fit + all lists",
         f"{SKLEARN} and numpy: NearestNeighbors, TF-IDF profiles, dense scores", "retail", "hybrid_plan", 10, memory=0.25, quality=NDCG),
]  # fmt: skip

SIDE = 3_600
VECTOR, CALLS = 65_536, 1_000

# An inverse counts n³ operations on both sides, whichever way it is computed.
KERNELS = [
    Case("gemm", f"product of two {SIDE:,} × {SIDE:,} matrices", "numpy, float32", None, "gemm", None, operations=2 * SIDE**3),
    Case("inverse", f"inverse of a symmetric positive definite {SIDE:,} × {SIDE:,} matrix", "numpy.linalg.inv, float32",
         None, "inverse", None, operations=SIDE**3),
    Case("inverse_cholesky", "the same", "LAPACK's spotrf + spotri", None, "inverse_cholesky", None, ours="inverse",
         operations=SIDE**3),
    Case("dot", f"inner product of {VECTOR:,} floats, 1 thread", "numpy.dot", None, "dot", None, blas_threads=1,
         operations=VECTOR * CALLS),
    Case("axpy", f"y += a·x of {VECTOR:,} floats, 1 thread", "scipy saxpy", None, "axpy", None, blas_threads=1,
         operations=VECTOR * CALLS),
]  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Measure:
    """Something of ours that has no peer."""

    name: str
    label: str
    data: str
    # Milliseconds of p99 that are to be stayed under.
    p99: float | None = None
    workers: int = 2
    ours: str | None = None


MEASURES = [
    Measure("on_demand_item_knn", "one user on demand, ItemKNN fitted on 20,000 items", "synthetic", p99=2),
    Measure("on_demand_ease", "one user on demand, EASE with a full 20,000 × 20,000 matrix", "synthetic", p99=2),
    Measure(
        "on_demand_discover",
        "one user's finished list on demand: EASE with demand on 20,000 items, diversity, exploration and reasons",
        "synthetic",
        p99=3,
    ),
    Measure("on_demand_buy_again", "one user's purchases ranked on demand, 20,000 items", "synthetic", p99=3),
    Measure("on_demand_hybrid", "one user on demand, hybrid of the plan, 200,000 users", "synthetic", p99=2),
    Measure("lists_1", "all lists of a fitted ItemKNN, 1 thread", "synthetic", workers=1, ours="lists"),
    Measure("lists_2", "all lists of a fitted ItemKNN, 2 threads", "synthetic", workers=2, ours="lists"),
]
