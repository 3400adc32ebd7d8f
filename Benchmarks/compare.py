#!/usr/bin/env python3
"""Compares two versions of docs/benchmarks.md: what became slower, larger or less exact.

    Benchmarks/compare.py BEFORE AFTER [--factor 1.5]

A figure is a cell of a table between the markers of a section, named by section, row and column. Whether less of it is better follows from
its unit; one without a known unit is only listed. Ends with status 1 when a figure is worse by more than the factor. Compare files of
one kind of machine: their first lines, which name it, are printed.
"""

import argparse
import pathlib
import re
import sys

SECTION = re.compile(r"<!-- ([\w-]+): begin -->\n(.*?)<!-- \1: end -->", re.DOTALL)
#: Words of a column's or row's name -> True when less is better.
DIRECTIONS = [
    (re.compile(r"/s\b|per second|NDCG|recall|coverage|hit rate|ratio|ceiling|×"), False),
    (re.compile(r"\b(s|ms|µs|seconds?|milliseconds?|minutes?|MB|GB|MiB|bytes|CPU)\b|memory"), True),
]
#: The first number of a cell: the median, where smallest and largest follow in brackets.
NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?")


def figures(text: str) -> dict[tuple[str, str, str], float]:
    found = {}
    for section, body in SECTION.findall(text):
        header: list[str] = []
        for line in body.splitlines():
            if not line.startswith("|"):
                header = []
                continue
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not header:
                header = cells
            elif not set(line) <= set("|-: "):
                for column, cell in zip(header[1:], cells[1:]):
                    if number := NUMBER.search(cell):
                        found[section, cells[0], column] = float(number.group().replace(",", ""))
    return found


def is_less_better(row: str, column: str) -> bool | None:
    for name in (column, row):
        for words, less in DIRECTIONS:
            if words.search(name):
                return less
    return None


def compare(before: str, after: str, factor: float) -> tuple[list[str], list[str], int]:
    """What is worse, what else moved, and how many figures both have."""
    old, new = figures(before), figures(after)
    worse, moved = [], []
    both = sorted(set(old) & set(new))
    for key in both:
        a, b = old[key], new[key]
        if a <= 0 or b <= 0 or max(a / b, b / a) <= factor:
            continue
        section, row, column = key
        line = f"{section}: {row}{', ' + column if column else ''}: {a:g} -> {b:g}"
        less = is_less_better(row, column)
        (worse if less is not None and (b > a) == less else moved).append(line)
    return worse, moved, len(both)


def machines(text: str) -> set[str]:
    return set(re.findall(r"^\d{4}-\d\d-\d\d, commit \w+, (.*?, \d+ GB)", text, re.MULTILINE))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=pathlib.Path)
    parser.add_argument("after", type=pathlib.Path)
    parser.add_argument("--factor", type=float, default=1.5)
    options = parser.parse_args()
    before, after = (path.read_text(encoding="utf-8") for path in (options.before, options.after))
    worse, moved, count = compare(before, after, options.factor)
    if count == 0:
        sys.exit("the two files have no figure in common")
    print(f"{count} figures on {', '.join(sorted(machines(before)))} and on {', '.join(sorted(machines(after)))}")
    for line in moved:
        print(f"moved: {line}")
    for line in worse:
        print(f"WORSE: {line}")
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
