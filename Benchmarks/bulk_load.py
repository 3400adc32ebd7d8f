#!/usr/bin/env python3
"""Rate of loading a generation beside the rate of `psql \\copy` of the same rows, in one run.

    Benchmarks/bulk_load.py [--users 200000] [--list 20] [--rounds 5] [--no-report]

Ours: `Measurements bulk-load`, from lists in memory to an attached partition with its primary key. Theirs: `\\copy`
of the very rows that partition holds, from a text file into an identical empty table with the primary key. The two take
turns; a checkpoint comes before each, so that neither pays for the other's writes.
"""

import argparse
import json
import statistics
import sys
import time

import common
from common import LOCAL, MEASUREMENTS, say

DATABASE = "bench_load"
# What the loader writes and the text file holds.
COLUMNS = "generation, user_key, list, recommended_products, generated_at, data_cut, model_version"


def psql(url: str, command: str) -> None:
    common.run(common.programs() / "psql", "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-c", command, url)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=200_000)
    parser.add_argument("--list", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-report", action="store_true", help="print only, leave docs/benchmarks.md as it is")
    options = parser.parse_args()

    rows = LOCAL / "bench-rows.txt"
    ours: list[float] = []
    copied: list[float] = []
    with common.cluster():
        where = common.machine()
        url = common.fresh_database(DATABASE)
        for number in range(1, options.rounds + 1):
            common.sql(DATABASE, "CHECKPOINT")
            arguments = ["--users", options.users, "--list", options.list]
            if number == 1:
                arguments += ["--text", rows]
            answer = json.loads(common.run(MEASUREMENTS, "bulk-load", *arguments, env=common.handler_environment(url)))
            if answer["rows"] != options.users or answer["items"] != options.list:
                sys.exit(f"something else was loaded: {answer}")
            ours.append(answer["rows_per_second"])

            if number > 1:
                psql(url, "DROP TABLE copied")
            psql(url, "CREATE TABLE copied (LIKE recommendation_cache INCLUDING DEFAULTS)")
            psql(url, "ALTER TABLE copied ADD PRIMARY KEY (generation, user_key, list)")
            common.sql(DATABASE, "CHECKPOINT")
            began = time.perf_counter()
            psql(url, f"\\copy copied ({COLUMNS}) FROM '{rows}'")
            copied.append(options.users / (time.perf_counter() - began))
            stored = int(common.sql(DATABASE, "SELECT count(*) FROM copied"))
            if stored != options.users:
                sys.exit(f"\\copy loaded {stored} rows")
            say(f"round {number}: ours {ours[-1]:,.0f} rows/s, \\copy {copied[-1]:,.0f} rows/s")
        common.sql("postgres", f'DROP DATABASE "{DATABASE}" WITH (FORCE)')
    size = rows.stat().st_size / 1e6
    rows.unlink()

    share = statistics.median(ours) / statistics.median(copied)
    text = f"""{where}.

{options.users:,} lists of {options.list}, {size:.0f} MB as text, {options.rounds} rounds taking turns; median (smallest–largest).

| | rows/s |
|---|---|
| this product: lists in memory → attached partition with its primary key | {common.spread(ours)} |
| `psql \\copy`: text file → identical empty table with the primary key | {common.spread(copied)} |

This product loads at **{share:.0%}** of `\\copy`'s rate."""
    if options.no_report:
        say(text)
    else:
        common.write_section("bulk-load", text)


if __name__ == "__main__":
    main()
