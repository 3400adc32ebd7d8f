#!/usr/bin/env python3
"""The tables of docs/models.md: which model is good on which kind of data, and what demand is worth at many cuts.

    Benchmarks/model_guide.py --online-retail FILE             the published orders: models, and demand at sixteen cuts
    Benchmarks/model_guide.py --set NAME TITLE TRAIN TEST …    a split made elsewhere, in the shop's own interactions format

NAME is that of a section of docs/models.md. Everything is what `FunctionHandler evaluate --json` says; `make build` first.
"""

import argparse
import json
import pathlib
import sys

import common
from common import HANDLER

GUIDE = common.ROOT / "docs" / "models.md"
# The share of the rows before each cut. The settings of demand were chosen on data before the last of the first eight.
CUTS = [0.20 + 0.05 * step for step in range(16)]


def evaluate(*options: object) -> dict:
    return json.loads(common.run(HANDLER, "evaluate", "--json", *options))


def interval(found: dict, digits: int = 4) -> str:
    return f"{found['mean']:.{digits}f} ({found['lower']:.{digits}f}–{found['upper']:.{digits}f})"


def table(report: dict) -> str:
    """The models by nDCG@10, with what they cost."""
    rows = [row for row in report["models"] if not row.get("error")]
    rows.sort(key=lambda row: -row["metrics"]["ndcg@10"]["mean"])
    lines = ["| model | nDCG@10 | hit rate | products in some list | fit s | lists s |", "|---|---|---|---|---|---|"]
    for row in rows:
        lines.append(
            f"| {row['model']} | {interval(row['metrics']['ndcg@10'])} | {row['metrics']['hit_rate@10']['mean']:.3f} "
            f"| {row['lists']['10']['catalogueCoverage']:.3f} "
            f"| {row['fit_seconds']:.2f} | {row['recommend_seconds']:.2f} |"
        )
    split = report["split"]
    density = split["train_events"] / max(1, split["users"] * split["items"])
    head = (
        f"{split['train_events']:,} and {split['test_events']:,} events, {split['users']:,} customers × {split['items']:,} "
        f"products ({100 * density:.2f} % of the pairs at the most), {split['users_judged']:,} customers judged."
    )
    return "\n".join([head, "", *lines])


def demand_at_cuts(file: pathlib.Path) -> str:
    """Demand against the same model without, paired by customer."""
    lines = [
        "| before the cut | customers | ease_time | ease_content | ease_demand | ease_demand − ease_content, paired |",
        "|---|---|---|---|---|---|",
    ]
    better = 0
    for cut in CUTS:
        models = "ease_time,ease_content,ease_demand"
        report = evaluate("--online-retail", file, "--split", f"temporal:{cut:.2f}", "--models", models)
        rows = {row["model"]: row for row in report["models"]}
        pair = rows["ease_content"].get("compared_with_best")
        if report["best"] == "ease_demand" and pair:
            # The report says how far ease_content is from the best; turned round it is the gain.
            gap = pair["difference"]
            gain = {"mean": -gap["mean"], "lower": -gap["upper"], "upper": -gap["lower"]}
            better += gain["lower"] > 0
            difference = interval(gain)
        else:
            difference = f"{report['best']} is best"
        figures = [f"{rows[name]['metrics']['ndcg@10']['mean']:.4f}" for name in models.split(",")]
        lines.append(
            f"| {100 * cut:.0f} % | {report['split']['users_judged']:,} | {' | '.join(figures)} | {difference} |"
        )
    lines.append("")
    lines.append(f"The interval lies above 0 at {better} of {len(CUTS)} cuts.")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--online-retail", type=pathlib.Path)
    parser.add_argument("--set", nargs=4, action="append", default=[], metavar=("NAME", "TITLE", "TRAIN", "TEST"))
    parser.add_argument("--models", help="names for the sets; default: all that suit the data")
    options = parser.parse_args()
    if not options.online_retail and not options.set:
        parser.error("name at least one set of data")
    where = common.machine(with_server=False)
    for name, title, train, test in options.set:
        report = evaluate("--train", train, "--test", test, *(["--models", options.models] if options.models else []))
        common.write_section(name, f"{where}.\n\n{title}: {table(report)}", GUIDE)
    if options.online_retail:
        file = options.online_retail.resolve()
        if not file.is_file():
            sys.exit(f"{options.online_retail} is not a file")
        common.write_section("orders", f"{where}.\n\n{table(evaluate('--online-retail', file))}", GUIDE)
        common.write_section("demand", f"{where}.\n\n{demand_at_cuts(file)}", GUIDE)


if __name__ == "__main__":
    main()
