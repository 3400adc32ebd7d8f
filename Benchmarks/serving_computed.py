"""Latency of what is computed for a request, in a shop of 20,000 products: similar products, and a list on demand."""

import contextlib
import json
import statistics
import subprocess
import time
import urllib.request

import common
from common import HANDLER
from serving_load import Server, measured

USERS, PRODUCTS, EVENTS = 5_000, 20_000, 500_000
DATABASE = "bench_computed"
# Kind of request: what the report calls it, the goal for p99 in milliseconds.
KINDS = {"similar": ("GET /products/{product_id}/similar", 2), "recommendations": ("GET /recommendations/{user_id}, on demand", 3)}


def measure(rounds: int, seconds: int) -> list[str]:
    """Lines of the report. Fills a shop of its own and has its lists made once."""
    common.say(f"database: {PRODUCTS:,} products, {USERS:,} users, {EVENTS:,} events; one batch")
    url = common.fresh_database(DATABASE)
    # Every list is too old after a second, so that a request computes it.
    environment = common.handler_environment(url, CACHE_TTL="1")
    common.run(
        HANDLER, "seed", "--users", USERS, "--products", PRODUCTS, "--interactions", EVENTS, env=environment,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with contextlib.ExitStack() as stack:
        port = common.free_port()
        environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = str(port)
        process = stack.enter_context(
            common.running([HANDLER], environment, f"http://127.0.0.1:{port}/api/health", stdout=subprocess.DEVNULL)
        )
        server = Server("this product", port, process)
        tick = b'{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}'
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/GenerateRecommendations", tick, {"Content-Type": "application/json"}
        )
        began = time.monotonic()
        urllib.request.urlopen(request, timeout=1_800).read()
        batch = time.monotonic() - began
        algorithm = common.sql(DATABASE, "SELECT algorithm FROM models WHERE status = 'live'")
        ids = [common.sql(DATABASE, f"SELECT min({table}_id) FROM {table}s") for table in ("user", "product")]
        forms = [f"{id[:2]}%0{len(id) - 2}d" for id in ids]
        shop = {"users": USERS, "products": PRODUCTS, "user_form": forms[0], "product_form": forms[1], "first": int(ids[0][2:])}
        answer = json.loads(common.get(f"http://127.0.0.1:{port}/api/recommendations/{ids[0]}", 60))
        if answer["source"] != "computed":
            raise SystemExit(f"the list was not computed: {answer['source']}")
        lines = [
            f"Computed for the request: {PRODUCTS:,} products, {USERS:,} users, {EVENTS:,} events, live model `{algorithm}` "
            f"(a batch of {batch:.0f} s), one connection, {rounds} rounds of {seconds} s; median (smallest–largest).",
            "",
            "| | requests/s | p50 ms | p99 ms | CPU µs a request: server + PostgreSQL | goal |",
            "|---|---|---|---|---|---|",
        ]
        for kind, (label, goal) in KINDS.items():
            server.results = []
            measured(server, 2, 0, kind, connections=1, database=DATABASE, **shop)
            for number in range(1, rounds + 1):
                server.results.append(measured(server, seconds, number, kind, connections=1, database=DATABASE, **shop))
            p99 = [result["p99"] for result in server.results]
            verdict = "reached" if statistics.median(p99) < goal else "**missed**"
            lines.append(
                f"| {label} | {common.spread(server.rates())} | {common.spread([r['p50'] for r in server.results], 2)} | "
                f"{common.spread(p99, 2)} | {server.median('server_us'):,.0f} + {server.median('postgres_us'):,.0f} | "
                f"p99 < {goal} ms: {verdict} |"
            )
    return lines
