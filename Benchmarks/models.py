#!/usr/bin/env python3
"""Models and kernels of the engine beside Python's, in one run.

    Benchmarks/models.py [--online-retail FILE] [--only NAME …] [--rounds 5] [--no-report]

FILE is the UCI "Online Retail" data as CSV, plain or gzip; without it, its measurements are left out. --only takes names
of Benchmarks/model_cases.py and leaves docs/benchmarks.md as it is. Each comparison has two processes with their data in
memory, two threads each, of which one works at a time; rounds take turns in who goes first, and the first round is not
counted. A ratio is the peer's time by ours in the same round.
"""

import argparse
import dataclasses
import importlib.metadata
import os
import pathlib
import platform
import resource
import statistics
import sys
import tempfile
import time

import common
from common import say

if __name__ == "__main__":
    common.continue_in_peers_environment()

import model_data
import model_process
import model_scores
from model_cases import KERNELS, MEASURES, MODELS, Case, Measure

KERNEL_NAMES = {case.name for case in KERNELS}


@dataclasses.dataclass
class Side:
    """What was measured of one side."""

    seconds: list[float] = dataclasses.field(default_factory=list)
    fit_seconds: list[float] = dataclasses.field(default_factory=list)
    loaded: float = 0
    peak: float = 0
    quality: float | None = None

    @property
    def beyond(self) -> float:
        """Megabytes beyond the data and the program."""
        return max(0, self.peak - self.loaded)


@dataclasses.dataclass
class Comparison:
    """One row."""

    case: Case
    peer: Side
    ours: Side
    terms: tuple[int, int, float] | None = None

    @property
    def ratios(self) -> list[float]:
        return [peer / ours for peer, ours in zip(self.peer.seconds, self.ours.seconds)]


# --- measuring ----------------------------------------------------------------------------------------


def compare(case: Case, data: pathlib.Path | None, rounds: int) -> Comparison:
    found = Comparison(case, Side(), Side())
    with (
        model_process.ours(case.ours or case.name, data) as ours,
        model_process.peer(case.peer, data, case.blas_threads) as peer,
    ):
        sides = [(ours, found.ours), (peer, found.peer)]
        for number in range(rounds + 1):
            for process, side in sides if number % 2 else reversed(sides):
                answer = process.ask("run")
                if number > 0:
                    side.seconds.append(answer["seconds"])
                    side.fit_seconds.append(answer["fit_seconds"])
        for process, side in sides:
            side.loaded, side.peak = process.loaded, process.peak
        with tempfile.TemporaryDirectory(dir=common.LOCAL) as folder:
            judge(case, data, found, ours, peer, pathlib.Path(folder))
    ratios = found.ratios
    say(
        f"{case.name}: peer {timing(found.peer)}, ours {timing(found.ours)}, "
        f"{common.spread(ratios, 1)}×, {found.peer.beyond:.0f} and {found.ours.beyond:.0f} MB beyond the data; "
        f"{quality_text(found)}"
    )
    return found


def judge(
    case: Case,
    data: pathlib.Path | None,
    found: Comparison,
    ours: model_process.Side,
    peer: model_process.Side,
    folder: pathlib.Path,
) -> None:
    if case.quality is None and not case.compares_terms:
        return
    files = [folder / "peer.npz", folder / "ours.npz"]
    for process, file in zip((peer, ours), files):
        process.ask(f"result {file}")
    if case.compares_terms:
        found.terms = model_scores.term_difference(*files)
    else:
        found.peer.quality, found.ours.quality = (case.quality.judge(file, data) for file in files)


def measure(case: Measure, data: pathlib.Path, rounds: int) -> list[dict]:
    with model_process.ours(case.ours or case.name, data, case.workers) as process:
        process.ask("run")
        answers = [process.ask("run") for _ in range(rounds)]
    say(f"{case.name}: {figures(case, answers)}")
    return answers


def others_seconds() -> float:
    """Processor time so far of everything but this script and the processes that it waited for."""
    fields = [int(field) for field in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    # user, nice, system, idle, iowait, irq, softirq, steal
    busy = (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")
    own = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return busy - sum(usage.ru_utime + usage.ru_stime for usage in own)


# --- report -------------------------------------------------------------------------------------------


def seconds(values: list[float]) -> str:
    """About three digits."""
    median = statistics.median(values)
    return common.spread(values, 5 if median < 0.01 else 4 if median < 0.1 else 3 if median < 1 else 2 if median < 10 else 1)


def timing(side: Side) -> str:
    """For the terminal, with the part that the fit takes."""
    return f"{seconds(side.seconds)} s, of it fit {seconds(side.fit_seconds)}"


def quality_text(found: Comparison) -> str:
    if found.terms:
        shared, all_terms, difference = found.terms
        return f"{shared} of {all_terms} terms the same, largest difference {difference:.0e}"
    if found.case.quality is None:
        return ""
    quality = found.case.quality
    return f"{quality.label} {found.peer.quality:,.{quality.digits}f} and {found.ours.quality:,.{quality.digits}f}"


def goal_text(found: Comparison) -> str:
    """Each goal and whether it was reached."""
    case, words = found.case, []

    def add(text: str, is_met: bool) -> None:
        words.append(f"{text}: {'reached' if is_met else '**missed**'}")

    if case.speed is not None:
        add(f"≥ {case.speed:g}×", statistics.median(found.ratios) >= case.speed)
    if case.memory is not None:
        limit = "no more memory" if case.memory == 1 else f"≤ {case.memory:g} of its memory"
        add(limit, found.ours.beyond <= case.memory * found.peer.beyond)
    if case.quality is not None and case.quality.rule:
        add(case.quality.rule, case.quality.suffices(found.ours.quality, found.peer.quality))
    return "; ".join(words)


def memory(side: Side) -> str:
    return f"{side.beyond:,.0f} ({side.peak:,.0f})"


def describe(data: str | None) -> str:
    if data == "retail":
        return "published orders"
    if data == "synthetic":
        return f"{model_data.USERS:,} × {model_data.ITEMS:,}, {model_data.PAIRS:,} pairs"
    return f"{model_data.TEXTS:,} texts" if data == "texts" else ""


def table(found: list[Comparison]) -> list[str]:
    lines = [
        "| ours | peer | data | peer, s | ours, s | ratio | MB beyond the data (in all): peer, ours | quality: peer and ours | goal |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in found:
        case = one.case
        lines.append(
            f"| {case.label} | {case.peer_label} | {describe(case.data)} | {seconds(one.peer.seconds)} | "
            f"{seconds(one.ours.seconds)} | {common.spread(one.ratios, 1)}× | {memory(one.peer)}, {memory(one.ours)} | "
            f"{quality_text(one)} | {goal_text(one)} |"
        )
    return lines


def kernel_table(found: list[Comparison]) -> list[str]:
    lines = ["| | peer | peer's rate | our rate | ratio |", "|---|---|---|---|---|"]
    for one in found:
        case = one.case
        if case.operations >= 1e9:
            rates = [[case.operations / value / 1e9 for value in side.seconds] for side in (one.peer, one.ours)]
            cells = [f"{common.spread(values, 1)} GFLOP/s" for values in rates]
        else:
            times = [[value / case.operations * 1e9 for value in side.seconds] for side in (one.peer, one.ours)]
            cells = [f"{common.spread(values, 3)} ns an element" for values in times]
        lines.append(
            f"| {case.label} | {case.peer_label} | {cells[0]} | {cells[1]} | {common.spread(one.ratios, 2)}× |"
        )
    return lines


def figures(case: Measure, answers: list[dict]) -> str:
    if case.p99 is not None:
        p50, p99 = ([answer[key] / 1000 for answer in answers] for key in ("p50_us", "p99_us"))
        is_met = statistics.median(p99) < case.p99
        return (
            f"p50 {common.spread(p50, 3)} ms, p99 {common.spread(p99, 3)} ms of {answers[0]['calls']:,.0f} calls; "
            f"p99 < {case.p99:g} ms: {'reached' if is_met else '**missed**'}"
        )
    rates = [answer["lists"] / answer["seconds"] for answer in answers]
    read = [answer["bytes"] / answer["seconds"] / 1e9 for answer in answers]
    return (
        f"{common.spread(rates)} lists/s; {answers[0]['bytes'] / 1e9:.1f} GB of similarities read, {common.spread(read, 1)} GB/s"
    )


def left_out(lines: list[str]) -> list[str]:
    return ["", "Left out:", "", *(f"- {line}" for line in lines)] if lines else []


def versions() -> str:
    names = ("numpy", "scipy", "scikit-learn", "implicit")
    return f"Python {platform.python_version()}, " + ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)


def settings(rounds: int, commands: list[str]) -> list[str]:
    return [
        "",
        f"{rounds} rounds taking turns after one that is not counted; median (smallest–largest). A ratio is the peer's time by "
        "ours in the same round, above 1 where ours is faster. Peaks of memory are counted from when the data are in memory.",
        "",
        f"{versions()}. Each side is a process of its own, started with",
        "",
        *(f"    {command}" for command in commands),
    ]


def commands(cases: list[Case | Measure]) -> list[str]:
    """What starts the sides, with what of the environment matters."""
    lines = []
    for case in cases:
        data = f" --data {model_data.FOLDERS[case.data].relative_to(common.ROOT)}" if case.data else ""
        if isinstance(case, Case):
            environment = " ".join(f"{name}={value}" for name, value in model_process.peer_threads(case.blas_threads).items())
            lines.append(f"{environment} .local/peers-venv/bin/python Benchmarks/peers/models.py {case.peer}{data}")
        workers = case.workers if isinstance(case, Measure) else model_process.THREADS
        lines.append(f".build/release/Measurements model {case.ours or case.name}{data} --workers {workers}")
    return list(dict.fromkeys(lines))


# --- the complete run ------------------------------------------------------------------------------------


def main() -> None:
    names = [case.name for case in (*MODELS, *MEASURES, *KERNELS)]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--online-retail", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-report", action="store_true", help="print only, leave docs/benchmarks.md as it is")
    options = parser.parse_args()
    if options.rounds < 1:
        sys.exit("--rounds must be at least 1")
    if options.online_retail and not options.online_retail.is_file():
        sys.exit(f"{options.online_retail} is not a file")

    where = common.machine(with_server=False)
    wanted = [case for case in (*MODELS, *MEASURES, *KERNELS) if not options.only or case.name in options.only]
    folders: dict[str, pathlib.Path] = {}
    missing: list[tuple[str, str]] = []
    shares: dict[str, float] = {}

    def folder(case: Case | Measure) -> pathlib.Path | None:
        if case.data and case.data not in folders:
            makers = {
                "retail": lambda: model_data.retail(options.online_retail.resolve()),
                "synthetic": model_data.synthetic,
                "texts": model_data.texts,
            }
            folders[case.data] = makers[case.data]()
        return folders.get(case.data)

    comparisons: list[Comparison] = []
    measures: list[tuple[Measure, list[dict]]] = []
    for case in wanted:
        if case.data == "retail" and not options.online_retail:
            reason = "needs the published orders (`--online-retail`, or `ONLINE_RETAIL_CSV` for `make bench`)"
            missing.append((case.name, f"`{case.name}`: {reason}"))
            say(f"{case.name} is left out: it {reason}")
            continue
        data = folder(case)
        began, others = time.monotonic(), others_seconds()
        try:
            if isinstance(case, Measure):
                measures.append((case, measure(case, data, options.rounds)))
            else:
                comparisons.append(compare(case, data, options.rounds))
            shares[case.name] = max(0, others_seconds() - others) / (time.monotonic() - began) / (os.cpu_count() or 1)
            say(f"    other processes: {shares[case.name]:.0%} of the processors' time")
        except model_process.NotBuilt as error:
            missing.append((case.name, f"`{case.name}`: {error}"))
            say(f"{case.name} is left out: {error}")

    if shares:
        busiest = max(shares, key=shares.get)
        where += f"; other processes had at most {shares[busiest]:.0%} of the processors' time during a row, `{busiest}`"
    report(where, options, comparisons, measures, missing)


def report(
    where: str,
    options: argparse.Namespace,
    comparisons: list[Comparison],
    measures: list[tuple[Measure, list[dict]]],
    missing: list[tuple[str, str]],
) -> None:
    """Writes both sections, or prints them where only a part was measured."""
    models = [one for one in comparisons if one.case.name not in KERNEL_NAMES]
    kernels = [one for one in comparisons if one.case.name in KERNEL_NAMES]
    lines = {"models": [f"{where}.", ""], "kernels": [f"{where}.", ""]}
    if models:
        lines["models"] += table(models)
    if measures:
        lines["models"] += ["", "Without a peer:", "", "| | |", "|---|---|"]
        lines["models"] += [f"| {case.label} | {figures(case, answers)} |" for case, answers in measures]
    if kernels:
        lines["kernels"] += kernel_table(kernels)
    for section, measured in (("models", [*models, *measures]), ("kernels", kernels)):
        lines[section] += left_out([line for name, line in missing if (name in KERNEL_NAMES) == (section == "kernels")])
        if measured:
            cases = [one.case if isinstance(one, Comparison) else one[0] for one in measured]
            lines[section] += settings(options.rounds, commands(cases))
        text = "\n".join(lines[section])
        if options.no_report or options.only:
            say(f"{section}: {text}\n" if measured else "")
        else:
            common.write_section(section, text)


if __name__ == "__main__":
    main()
