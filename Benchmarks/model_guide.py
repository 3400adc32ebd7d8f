#!/usr/bin/env python3
"""The tables of docs/models.md: which model is good on which kind of data, and what demand is worth at many cuts.

    Benchmarks/model_guide.py --online-retail FILE             the published orders: models, demand at sixteen cuts, demand of old
                                                               models; --only NAME makes one of their sections alone
    Benchmarks/model_guide.py --set NAME TITLE TRAIN TEST …    a split made elsewhere, in the shop's own interactions format

NAME is that of a section of docs/models.md. Everything is what `FunctionHandler evaluate --json` says; `make build` first.
"""

import argparse
import json
import pathlib
import sys
import tempfile

import common
from common import HANDLER

GUIDE = common.ROOT / "docs" / "models.md"
# The share of the rows before each cut. The settings of demand were chosen on data before the last of the first eight.
CUTS = [0.20 + 0.05 * step for step in range(16)]
# Those and the ages in days at which old models are judged, each by the days that follow. The half-life of demand by age was
# chosen on what came before the fourth.
AGED_CUTS = [0.35 + 0.05 * step for step in range(12)]
AGES = [14, 28, 56, 84]
JUDGED_DAYS = 14


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


def paired_gain(report: dict, model: str, other: str) -> dict:
    """How much a model gains over the only other one of a report."""
    pair = next(row for row in report["models"] if row["model"] != report["best"])["compared_with_best"]["difference"]
    if report["best"] == other:
        return pair
    return {"mean": -pair["mean"], "lower": -pair["upper"], "upper": -pair["lower"]}


def settings_file(folder: str, name: str, configuration: dict) -> pathlib.Path:
    """One more model for `evaluate --settings`."""
    models = [{"name": name, "configuration": configuration, "score": 0, "trials": []}]
    path = pathlib.Path(folder, "settings.json")
    path.write_text(
        json.dumps({"version": 1, "source": "", "slice": "", "metric": "ndcg@10", "models": models}), encoding="utf-8"
    )
    return path


def demand_by_age(file: pathlib.Path) -> str:
    """Demand that fades with a model's age against demand that does not, paired by customer."""
    first = evaluate("--online-retail", file, "--models", "ease_demand")
    lasting = first["models"][0]["configuration"]
    del lasting["options"]["demand"]["ageHalfLife"]
    lines = [
        f"| before the cut | {' | '.join(f'{age} days' for age in AGES)} |",
        f"|---|{'---|' * len(AGES)}",
    ]
    better = {age: [0, 0] for age in AGES}
    with tempfile.TemporaryDirectory() as folder:
        path = settings_file(folder, "lasting", lasting)
        for cut in AGED_CUTS:
            cells = []
            for age in AGES:
                report = evaluate(
                    "--online-retail", file, "--split", f"temporal:{cut:.2f}", "--model-age", age,
                    "--judged-days", JUDGED_DAYS, "--settings", path, "--models", "ease_demand,lasting",
                )  # fmt: skip
                gain = paired_gain(report, "ease_demand", "lasting")
                better[age][0] += gain["lower"] > 0
                better[age][1] += gain["upper"] < 0
                mean = report["models"][0]["metrics"]["ndcg@10"]["mean"]
                cells.append(f"{mean:.4f}; {interval(gain)}")
            lines.append(f"| {100 * cut:.0f} % | {' | '.join(cells)} |")
    said = "; ".join(f"{age} days: above 0 at {up}, below 0 at {down}" for age, (up, down) in better.items())
    return "\n".join([*lines, "", f"Of {len(AGED_CUTS)} intervals, {said}."])


def buy_again_at_cuts(file: pathlib.Path) -> str:
    """What goes with own purchases at its weight against less of it, paired by customer."""
    first = evaluate("--online-retail", file, "--repeats", "allowed", "--models", "buy_again")
    less = first["models"][0]["configuration"]
    less["options"]["configuration"]["options"]["parts"][1]["weight"] = 0.7
    lines = ["| before the cut | customers | nDCG@10 | gain over weight 0.7, paired |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        path = settings_file(folder, "less", less)
        for cut in AGED_CUTS:
            report = evaluate(
                "--online-retail", file, "--repeats", "allowed", "--split", f"temporal:{cut:.2f}", "--judged-days", 35,
                "--settings", path, "--models", "buy_again,less",
            )  # fmt: skip
            mean = report["models"][0]["metrics"]["ndcg@10"]["mean"]
            gain = interval(paired_gain(report, "buy_again", "less"))
            lines.append(f"| {100 * cut:.0f} % | {report['split']['users_judged']:,} | {mean:.4f} | {gain} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--online-retail", type=pathlib.Path)
    parser.add_argument("--set", nargs=4, action="append", default=[], metavar=("NAME", "TITLE", "TRAIN", "TEST"))
    parser.add_argument("--models", help="names for the sets; default: all that suit the data")
    parser.add_argument("--only", choices=["orders", "demand", "demand-by-age", "buy-again"], help="of the published orders")
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
        sections = {
            "orders": lambda: table(evaluate("--online-retail", file)),
            "demand": lambda: demand_at_cuts(file),
            "demand-by-age": lambda: demand_by_age(file),
            "buy-again": lambda: buy_again_at_cuts(file),
        }
        for name, text in sections.items():
            if options.only in (None, name):
                common.write_section(name, f"{where}.\n\n{text()}", GUIDE)


if __name__ == "__main__":
    main()
