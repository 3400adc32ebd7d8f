#!/usr/bin/env python3
"""One peer of a comparison of models, driven through its standard input by Benchmarks/models.py.

    Benchmarks/peers/models.py NAME --data DIR

Says `{"ready": true, …}` when its data are in memory. Then each line is a command: `run` fits once and makes all lists and
answers with the seconds, `result FILE` writes what the last run made as a .npz, `quit` ends.
`Measurements model NAME --data DIR` talks the same way.
"""

import argparse
import importlib
import json
import pathlib
import sys
import time

import numpy as np

# Only what a peer needs is imported: its memory is measured.
PEERS = {
    "user_knn": "neighbours.UserNeighbours",
    "item_knn": "neighbours.ItemNeighbours",
    "als": "factors.LeastSquares",
    "ease": "closed_form.EaseSingle",
    "ease_double": "closed_form.Ease",
    "ease_cholesky": "closed_form.EaseCholesky",
    "svd": "factors.SingularValues",
    "kmeans": "factors.Clusters",
    "tfidf": "texts.Terms",
    "hybrid_plan": "plan.Hybrid",
    "gemm": "dense.Product",
    "inverse": "dense.Inverse",
    "inverse_cholesky": "dense.InverseCholesky",
    "dot": "dense.Dot",
    "axpy": "dense.Axpy",
}


def answer(**fields: object) -> None:
    print(json.dumps(fields), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=PEERS)
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path())
    options = parser.parse_args()
    module, name = PEERS[options.name].split(".")
    peer = getattr(importlib.import_module(module), name)(options.data)
    answer(ready=True)

    model = lists = None
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        if command == "run":
            # What the last run made is released before the next one begins, so that it is not counted twice.
            model = lists = None
            began = time.perf_counter()
            model = peer.fit()
            fitted = time.perf_counter()
            lists = peer.lists(model)
            done = time.perf_counter()
            answer(seconds=done - began, fit_seconds=fitted - began, lists_seconds=done - fitted)
        elif command == "result":
            result = peer.result(model, lists)
            np.savez(argument, **(result if isinstance(result, dict) else {"result": result}))
            answer(written=argument)
        elif command == "quit":
            return
        else:
            sys.exit(f"{command} is no command")


if __name__ == "__main__":
    main()
