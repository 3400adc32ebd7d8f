"""What a peer is: it loads its data when it is made, then fits and makes lists as often as it is asked to."""

import pathlib
from typing import Any

import numpy as np
import scipy.sparse as sp


class Peer:
    """One side of a comparison."""

    def __init__(self, data: pathlib.Path) -> None:
        raise NotImplementedError

    def fit(self) -> Any:
        """The fitted model."""
        raise NotImplementedError

    def lists(self, model: Any) -> np.ndarray | sp.csr_matrix | None:
        """Users × 10 items with −1 where there are no more; for what makes no lists, nothing."""
        return None

    def result(self, model: Any, lists: np.ndarray | None) -> Any:
        """What the two sides are compared by: the lists unless a peer says otherwise."""
        return lists
