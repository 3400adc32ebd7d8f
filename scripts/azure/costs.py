#!/usr/bin/env python3
"""Monthly costs on Azure: docs/costs.md from infra/prices.json and infra/, so that prices, rules and settings stand in one place.

  scripts/azure/costs.py write    put the tables into docs/costs.md
  scripts/azure/costs.py check    end with an error when the document has others than the prices give

Each execution counts as one full second, the least that is billed, and none overlaps another: an upper bound until requests keep an
instance busy all the time.
"""
import dataclasses
import json
import pathlib
import re
import sys

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
DOCUMENT = PROJECT / "docs/costs.md"
PRICES = PROJECT / "infra/prices.json"
ALERTS = PROJECT / "infra/modules/alerts.bicep"
HOURS = 730
SECONDS = HOURS * 3600
#: Executions in a month of the timer that starts batches, every five minutes, and of the one that refreshes lists, every minute.
BATCH_TICKS, REFRESH_TICKS = HOURS * 12, HOURS * 60


@dataclasses.dataclass(frozen=True)
class Shop:
    name: str
    requests: int
    full_run_seconds: float
    memory_gb: float = 2
    blob_gb: float = 1
    log_gb: float = 1
    database_gib: int = 32
    interval_hours: float = 6
    refresh_ticks: int = REFRESH_TICKS
    ready: int = 0
    web: str = "web-free"
    has_alerts: bool = True


#: Requests and files are assumptions; a full run of 200,000 customers is measured (docs/benchmarks.md), the others are rounded up from it.
SMALL = Shop("small: 1,000 customers, 100,000 requests", 100_000, 20)
MEDIUM = Shop("medium: 50,000 customers, 1 million requests", 1_000_000, 60, blob_gb=10, log_gb=5, web="web-standard")
LARGE = Shop("large: 200,000 customers, 10 million requests", 10_000_000, 120, blob_gb=20, log_gb=6, database_gib=64, web="web-standard")

CHANGES = [
    (SMALL, "instanceMemoryMB = 512", {"memory_gb": 0.5}),
    (SMALL, "instanceMemoryMB = 4096", {"memory_gb": 4}),
    (SMALL, "RefreshActiveUsers every five minutes instead of every minute", {"refresh_ticks": BATCH_TICKS}),
    (SMALL, "RefreshActiveUsers turned off", {"refresh_ticks": 0}),
    (SMALL, "a full run every hour", {"interval_hours": 1}),
    (SMALL, "a full run a day", {"interval_hours": 24}),
    (SMALL, "no alertEmail: no alerts, no budget", {"has_alerts": False}),
    (SMALL, "staticSiteSku = Standard", {"web": "web-standard"}),
    (SMALL, "alwaysReadyInstances = 1", {"ready": 1}),
    (SMALL, "logs up to the daily quota, 0.2 GB a day", {"log_gb": 0.2 * HOURS / 24}),
    (MEDIUM, "instanceMemoryMB = 512", {"memory_gb": 0.5}),
    (MEDIUM, "alwaysReadyInstances = 1", {"ready": 1}),
    (LARGE, "alwaysReadyInstances = 1", {"ready": 1}),
]


def rules():
    """Rules over logs and over metrics, counted in infra/."""
    text = ALERTS.read_text(encoding="utf-8")
    return len(re.findall(r"^    query: ", text, re.MULTILINE)), len(re.findall(r"^    metric: ", text, re.MULTILINE))


def gb_seconds(shop):
    """Those on demand: timers and runs always, requests unless an instance is always ready for them."""
    runs = HOURS / shop.interval_hours * shop.full_run_seconds
    return (BATCH_TICKS + shop.refresh_ticks + runs + (0 if shop.ready else min(shop.requests, SECONDS))) * shop.memory_gb


def costs(price, shop):
    functions = max(0, gb_seconds(shop) - price["free-gb-seconds"]) * price["gb-second"]
    executions = shop.requests + BATCH_TICKS + shop.refresh_ticks
    functions += max(0, executions - price["free-executions"]) / 1e6 * price["million-executions"]
    if shop.ready:
        busy = min(shop.requests, SECONDS)
        functions += shop.memory_gb * (shop.ready * price["ready-gb-month"] + busy * price["ready-gb-second"])
    database = price["database"] + shop.database_gib * price["database-gib"]
    rest = shop.blob_gb * price["blob-gb"] + max(0, shop.log_gb - price["free-log-gb"]) * price["log-gb"]
    if shop.has_alerts:
        logs, metrics = rules()
        rest += logs * price["log-alert"] + metrics * price["metric-alert"]
    return functions, database, price[shop.web], rest


def price_table(document):
    lines = ["| price | USD | unit | source |", "|---|---|---|---|"]
    for each in document["prices"]:
        lines.append(f"| {each['name']} (`{each['key']}`) | {each['price']:.10f}".rstrip("0").rstrip(".") + f" | {each['unit']} | {each['source']} |")
    return f"{document['currency']}, {document['region']}, put together on {document['date']}.\n\n" + "\n".join(lines)


def shop_table(price):
    lines = ["| shop | GB-seconds | Functions | PostgreSQL | web | storage, logs, alerts | together |", "|---|---|---|---|---|---|---|"]
    for shop in (SMALL, MEDIUM, LARGE):
        parts = costs(price, shop)
        lines.append(f"| {shop.name} | {gb_seconds(shop):,.0f} | " + " | ".join(f"{each:.2f}" for each in (*parts, sum(parts))) + " |")
    return "\n".join(lines)


def change_table(price):
    lines = ["| shop | change | USD a month more or less | together |", "|---|---|---|---|"]
    for shop, name, change in CHANGES:
        before, after = sum(costs(price, shop)), sum(costs(price, dataclasses.replace(shop, **change)))
        lines.append(f"| {shop.name.split(':')[0]} | {name} | {after - before:+.2f} | {after:.2f} |")
    return "\n".join(lines)


def grant_table(price):
    """Seconds of requests that the free grant leaves after the timers and four full runs a day of the small shop."""
    lines = ["| memory | the timers alone, GB-seconds | left for requests and runs of the grant |", "|---|---|---|"]
    for megabytes in (512, 2048, 4096):
        timers = (BATCH_TICKS + REFRESH_TICKS) * megabytes / 1024
        left = price["free-gb-seconds"] - timers
        seconds = f"{left / (megabytes / 1024):,.0f} seconds" if left > 0 else f"nothing: {-left:,.0f} GB-seconds too many"
        lines.append(f"| {megabytes} MB | {timers:,.0f} | {seconds} |")
    return "\n".join(lines)


def main():
    document = json.loads(PRICES.read_text(encoding="utf-8"))
    price = {each["key"]: each["price"] for each in document["prices"]}
    text = DOCUMENT.read_text(encoding="utf-8")
    wanted = text
    tables = {"prices": price_table(document), "shops": shop_table(price), "changes": change_table(price), "grant": grant_table(price)}
    for name, table in tables.items():
        begin, end = f"<!-- {name}: written by scripts/azure/costs.py -->", f"<!-- end of {name} -->"
        if begin not in wanted or end not in wanted:
            sys.exit(f"{DOCUMENT.name} has no place for {name}")
        before, rest = wanted.split(begin)
        wanted = f"{before}{begin}\n{table}\n{end}{rest.split(end)[1]}"
    match sys.argv[1:]:
        case ["write"]:
            DOCUMENT.write_text(wanted, encoding="utf-8")
        case ["check"]:
            if text != wanted:
                sys.exit(f"{DOCUMENT.name}: the tables are not those of {PRICES.name}; run scripts/azure/costs.py write")
            print("docs/costs.md: the costs are those of infra/prices.json")
        case _:
            sys.exit(__doc__)


main()
