#!/usr/bin/env python3
"""Monthly costs on Azure from the price table of docs/azure.md: edit the prices there, then run this.

  scripts/azure/costs.py write    put the results into docs/azure.md
  scripts/azure/costs.py check    end with an error when the document has other results than its prices give

Each execution counts as one full second, the least that is billed, and none overlaps another: an upper bound until requests keep an
instance busy all the time.
"""
import pathlib
import re
import sys

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent.parent / "docs/azure.md"
BEGIN, END = "<!-- costs: written by scripts/azure/costs.py -->", "<!-- end of costs -->"
HOURS = 730
SECONDS = HOURS * 3600
DATABASE_GIB = 32
LOG_ALERTS, METRIC_ALERTS = 2, 3
#: Executions of the two timers in a month, a second each: every five minutes and every minute.
TICKS = HOURS * 12 + HOURS * 60

#: Name, requests a month, seconds of a full run, memory in GB, GB of blobs, GB of logs, instances always ready, web plan.
SHOPS = [
    ("small: 1,000 customers", 100_000, 20, 2, 1, 1, 0, "web-free"),
    ("small, 512 MB instances", 100_000, 20, 0.5, 1, 1, 0, "web-free"),
    ("medium: 50,000 customers", 1_000_000, 300, 2, 10, 5, 0, "web-standard"),
    ("medium, one instance always ready", 1_000_000, 300, 2, 10, 5, 1, "web-standard"),
]
#: Full runs a month with the default interval of six hours.
FULL_RUNS = 4 * 365 // 12


def prices(text):
    found = {key: float(value) for key, value in re.findall(r"^\| `([\w-]+)` \| ([\d.]+) \|", text, re.MULTILINE)}
    if not found:
        sys.exit(f"{DOCUMENT} has no price table")
    return found


def costs(price, shop):
    _, requests, full_run, memory, blobs, logs, ready, web = shop
    request_seconds = min(requests, SECONDS)
    seconds = TICKS + FULL_RUNS * full_run + (0 if ready else request_seconds)
    executions = requests + TICKS
    functions = max(0, seconds * memory - price["free-gb-seconds"]) * price["gb-second"]
    functions += max(0, executions - price["free-executions"]) / 1e6 * price["million-executions"]
    if ready:
        functions += ready * memory * price["ready-gb-month"] + request_seconds * memory * price["ready-gb-second"]
    database = price["database"] + DATABASE_GIB * price["database-gib"]
    rest = blobs * price["blob-gb"] + max(0, logs - price["free-log-gb"]) * price["log-gb"]
    rest += LOG_ALERTS * price["log-alert"] + METRIC_ALERTS * price["metric-alert"]
    return functions, database, price[web], rest


def table(text):
    lines = ["| shop | Functions | PostgreSQL | web | storage, logs, alerts | together |", "|---|---|---|---|---|---|"]
    for shop in SHOPS:
        parts = costs(prices(text), shop)
        lines.append(f"| {shop[0]} | " + " | ".join(f"{each:.2f}" for each in (*parts, sum(parts))) + " |")
    return "\n".join(lines)


def main():
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    wanted = f"{before}{BEGIN}\n{table(text)}\n{END}{after}"
    match sys.argv[1:]:
        case ["write"]:
            DOCUMENT.write_text(wanted, encoding="utf-8")
        case ["check"]:
            if text != wanted:
                sys.exit(f"{DOCUMENT.name}: the costs are not those of its prices; run scripts/azure/costs.py write")
            print("docs/azure.md: the costs are those of its prices")
        case _:
            sys.exit(__doc__)


main()
