#!/usr/bin/env python3
"""Benchmarks/compare.py finds what became worse in copies of docs/benchmarks.md, and nothing in the file itself."""
import pathlib
import sys

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(PROJECT / "Benchmarks"))
sys.dont_write_bytecode = True
import compare  # noqa: E402

TEXT = """
<!-- serving: begin -->
2026-01-01, commit abc1234, 2 × Processor, 24 GB, PostgreSQL 15.18

| | requests/s | p50 ms | of PostgreSQL's ceiling | lists |
|---|---|---|---|---|
| this product | 20,000 (19,000–21,000) | 1.5 | 40% | 7 |
<!-- serving: end -->
"""
#: What is changed, what must be said to be worse, what only moved.
CASES = [
    ("20,000 (", "20,000 (", 0, 0),
    ("20,000 (", "12,000 (", 1, 0),
    ("20,000 (", "32,000 (", 0, 1),
    ("20,000 (", "15,000 (", 0, 0),
    ("| 1.5 |", "| 2.4 |", 1, 0),
    ("| 1.5 |", "| 0.9 |", 0, 1),
    ("40%", "20%", 1, 0),
    ("| 7 |", "| 70 |", 0, 1),
]

problems = []
for before, after, worse, moved in CASES:
    found = compare.compare(TEXT, TEXT.replace(before, after), 1.5)
    if (len(found[0]), len(found[1])) != (worse, moved):
        problems.append(f"{before!r} -> {after!r}: {found}")
own = (PROJECT / "docs/benchmarks.md").read_text(encoding="utf-8")
worse, moved, count = compare.compare(own, own, 1.5)
if worse or moved or count < 50:
    problems.append(f"docs/benchmarks.md with itself: {count} figures, {worse}, {moved}")
if problems:
    sys.exit("\n".join(problems))
print(f"Benchmarks/compare.py: each of {len(CASES)} changes is judged right; docs/benchmarks.md has {count} figures")
