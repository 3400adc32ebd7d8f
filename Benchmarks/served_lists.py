#!/usr/bin/env python3
"""How good the lists are that customers are served, judged outside the program.

    Benchmarks/served_lists.py FILE [--no-report]

FILE is the UCI "Online Retail" data as CSV, plain or gzip. Its rows before the cut of `evaluate` are imported alone, one batch
chooses a model and makes every list, and the lists of all judged customers are read from the API. What these customers bought
after the cut comes from an import of all rows. Targets are as for `evaluate`: for "discover" products that are new to the
customer, for "buy again" all; customers and products that the train part does not know are left out.

Compared are lists with neither diversity nor exploration, with diversity alone, and as the product ships.
"""

import argparse
import csv
import datetime
import gzip
import io
import json
import math
import pathlib
import statistics
import sys
import urllib.parse

import common
from common import HANDLER, LOCAL, say
from online_retail import import_file, invoke

TOP = 10
SETTINGS = {
    "without diversity and exploration": {"ranking": {"diversity": 1, "exploration": 0}},
    "diversity as shipped, without exploration": {"ranking": {"exploration": 0}},
    "as shipped": None,
}


def cut_of(file: pathlib.Path, url: str) -> float:
    """Seconds since 1970 of the first event that judges."""
    report = json.loads(
        common.run(
            HANDLER, "evaluate", "--online-retail", file, "--models", "popularity", "--json",
            env=common.handler_environment(url),
        )
    )  # fmt: skip
    return report["split"]["method"]["temporal"]["cut"]


def opened(file: pathlib.Path) -> io.TextIOBase:
    raw = file.open("rb")
    is_gzip = raw.peek(2)[:2] == b"\x1f\x8b"
    return io.TextIOWrapper(gzip.open(raw) if is_gzip else raw, encoding="utf-8", errors="surrogateescape", newline="")


def write_train(file: pathlib.Path, cut: float, target: pathlib.Path) -> None:
    """The rows before the cut, as they are."""
    limit = datetime.datetime.fromtimestamp(cut, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    with opened(file) as source, gzip.open(target, "wt", encoding="utf-8", errors="surrogateescape", newline="") as out:
        reader, writer = csv.reader(source), csv.writer(out)
        header = next(reader)
        writer.writerow(header)
        column = header.index("InvoiceDate")
        writer.writerows(row for row in reader if row[column] < limit)


def purchases(database: str, where: str) -> dict[str, set[str]]:
    """Products by customer."""
    rows = common.sql(
        database,
        "SELECT DISTINCT user_id, product_id FROM interactions i JOIN users u ON u.id = i.user_key "
        f"JOIN products p ON p.id = i.product_key WHERE {where}",
    )
    found: dict[str, set[str]] = {}
    for line in rows.splitlines():
        user, product = line.split("|")
        found.setdefault(user, set()).add(product)
    return found


def ndcg(listed: list[str], wanted: set[str]) -> float:
    gain = sum(1 / math.log2(rank + 2) for rank, product in enumerate(listed[:TOP]) if product in wanted)
    return gain / sum(1 / math.log2(rank + 2) for rank in range(min(TOP, len(wanted))))


def served(base: str, users: list[str], which: str) -> dict[str, list[dict]]:
    lists = {}
    for user in users:
        path = f"{base}/api/recommendations/{urllib.parse.quote(user)}?limit={TOP}&list={which}"
        answer = json.loads(common.get(path, timeout=30))
        if answer["source"] != "cache":
            sys.exit(f"{user}'s list came from {answer['source']}, not from the batch")
        lists[user] = answer["items"]
    return lists


def likeness(lists: dict[str, list[dict]], names: dict[str, str]) -> float:
    """Mean cosine of the names' words over all pairs of a list, weighted by how rare a word is (TF-IDF), then over lists."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    ids = sorted(names)
    vectors = TfidfVectorizer(stop_words="english").fit_transform([names[product] for product in ids])
    row = {product: number for number, product in enumerate(ids)}
    means = []
    for items in lists.values():
        rows = vectors[[row[item["product_id"]] for item in items]]
        if rows.shape[0] > 1:
            cosines = (rows @ rows.T).toarray()
            means.append(cosines[np.triu_indices(rows.shape[0], 1)].mean())
    return statistics.mean(means)


def figures(file: pathlib.Path) -> str:
    full = common.fresh_database("bench_all_orders")
    import_file(full, file)
    cut = cut_of(file, full)
    train_file = LOCAL / "bench-train.csv.gz"
    write_train(file, cut, train_file)
    later = purchases("bench_all_orders", f"i.timestamp >= to_timestamp({cut})")

    rows, batches = [], []
    for name, settings in SETTINGS.items():
        url = common.fresh_database("bench_train_orders")
        import_file(url, train_file)
        before = purchases("bench_train_orders", "true")
        known = set().union(*before.values())
        targets = {user: bought & known for user, bought in later.items() if user in before}
        new = {user: wanted - before[user] for user, wanted in targets.items()}
        if settings:
            document = json.dumps(settings)
            common.sql(
                "bench_train_orders",
                f"INSERT INTO app_config (key, value, version) VALUES ('recommender', '{document}', 1)",
            )
        seconds, memory, _ = invoke(url)
        # By hand, so due again; the choice is a few seconds old, so the model is kept.
        kept, more, _ = invoke(url)
        batches.append((seconds, kept, max(memory, more)))
        chosen = common.sql("bench_train_orders", "SELECT algorithm FROM live JOIN models ON version = model_version")
        coverage = float(
            common.sql(
                "bench_train_orders",
                "WITH listed AS (SELECT DISTINCT p.id FROM live JOIN recommendation_cache USING (generation), "
                f"jsonb_path_query(recommended_products, '$.p[0 to {TOP - 1}]') AS item(id), products p "
                "WHERE list = 'discover' AND p.id = item.id::bigint) "
                "SELECT count(*)::float / (SELECT count(*) FROM products) FROM listed",
            )
        )
        names = dict(
            line.split("|", 1) for line in common.sql("bench_train_orders", "SELECT product_id, name FROM products").splitlines()
        )
        port = common.free_port()
        environment = common.handler_environment(url, FUNCTIONS_CUSTOMHANDLER_PORT=str(port))
        base = f"http://127.0.0.1:{port}"
        with common.running([HANDLER], environment, base + "/"):
            judged = sorted(user for user, wanted in new.items() if wanted)
            discover = served(base, judged, "discover")
            again = sorted(user for user, wanted in targets.items() if wanted)
            repeats = served(base, again, "buy_again")

        def mean(lists: dict[str, list[dict]], wanted: dict[str, set[str]]) -> float:
            return statistics.mean(
                ndcg([item["product_id"] for item in items], wanted[user]) for user, items in lists.items()
            )

        rows.append(
            f"| {name} | {chosen} | {mean(discover, new):.4f} | {coverage:.3f} | {1 - likeness(discover, names):.3f} "
            f"| {mean(repeats, targets):.4f} |"
        )
        say(rows[-1])
    choosing = statistics.median(batch[0] for batch in batches)
    keeping = statistics.median(batch[1] for batch in batches)
    evaluated = common.run(
        HANDLER, "evaluate", "--online-retail", file, "--models", "ease_demand", "--json",
        env=common.handler_environment(full),
    )  # fmt: skip
    expected = json.loads(evaluated)["models"][0]["metrics"]["ndcg@10"]["mean"]
    return (
        f"Rows before {datetime.datetime.fromtimestamp(cut, datetime.timezone.utc):%Y-%m-%d %H:%M} UTC are imported alone; "
        f"{len(judged):,} customers are judged on new products, {len(again):,} with repeats. `evaluate` says {expected:.4f} of "
        "`ease_demand`.\n\n"
        "| lists | model | nDCG@10 discover | products in some list | diversity | nDCG@10 buy again |\n|---|---|---|---|---|---|\n"
        + "\n".join(rows)
        + "\n\nDiversity is 1 less the mean cosine (TF-IDF of names) of two products of a list.\n\n"
        f"Timer invocation, POST to reply: {choosing:.1f} s with choosing among all default candidates, {keeping:.1f} s with the "
        f"model kept; peak {max(batch[2] for batch in batches):.0f} MB."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--no-report", action="store_true", help="print only, leave docs/benchmarks.md as it is")
    options = parser.parse_args()
    if not options.file.is_file():
        sys.exit(f"{options.file} is not a file")
    with common.cluster():
        where = common.machine()
        text = f"{where}.\n\n{figures(options.file.resolve())}"
    if options.no_report:
        say(text)
    else:
        common.write_section("served-lists", text)


if __name__ == "__main__":
    common.continue_in_peers_environment()
    main()
