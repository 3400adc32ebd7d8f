#!/usr/bin/env python3
"""Requests per second of the API: this product, Python services with the same bodies from the same database, and PostgreSQL's own
ceiling, in one run. First GET /api/recommendations/{id} from the cache, then other routes, then the latency of what is computed.

    Benchmarks/serving.py [--users 100000] [--products 1000] [--rounds 5] [--seconds 8] [--parts cached routes computed]
        [--before HANDLER] [--hummingbird HANDLER] [--no-report]

All servers run all the time and are measured alternately, round by round. wrk drives each with one thread and 32 connections
over users drawn evenly from all of them. The handler is measured directly, without a host in front. `--before` measures another
build of the handler beside this one, `--hummingbird` one that Benchmarks/hummingbird/build.sh made: the same routes behind
Hummingbird's HTTP server.
"""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
import urllib.request

import common
import serving_computed
import serving_routes
from common import HANDLER, LOCAL, ROOT, say
from serving_load import DATABASE, Server, kernel_counts, measured, wrk

BENCHMARKS = ROOT / "Benchmarks"
# The handler, other builds of it, and the same without its pipelined connection: what that choice is worth.
OURS = {
    "ours": "this product",
    "before": "the build before",
    "hummingbird": "the same routes behind Hummingbird's HTTP server",
    "pool": "this product, reads on 8 exclusive connections instead of the pipelined one",
}
# Benchmarks/peers/fastapi_NAME.py, and what the report calls it. Two uvicorn workers each.
PEERS = {
    "asyncpg": "FastAPI + asyncpg, catalogue in memory, orjson",
    "psycopg2": "FastAPI + SQLAlchemy + psycopg2, one statement, catalogue in memory, orjson",
    "orm": "FastAPI + SQLAlchemy + psycopg2 as usually written: mapped classes, response model",
}
# Matches the handler's look-up in pg_stat_statements, however its parameters are numbered.
LOOKUP = "query LIKE '%FROM users u%' AND query LIKE '%recommendation_cache%' AND query NOT LIKE '%pg_stat_statements%'"


def prepare(users: int, products: int, events: int) -> str:
    say(f"database: {users:,} users with 20 items each, {products:,} products, {events:,} events")
    url = common.fresh_database(DATABASE)
    common.run(
        common.programs() / "psql", "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-v", f"users={users}",
        "-v", f"products={products}", "-v", f"events={events}", "-f", BENCHMARKS / "serving-data.sql", url,
    )  # fmt: skip
    common.install_peers()
    return url


def pgbench(url: str, users: int, seconds: int) -> float:
    generation = common.sql(DATABASE, "SELECT generation FROM live WHERE variant = 'default'")
    script = LOCAL / "select-one.sql"
    script.write_text(
        f"\\set k random(1, {users})\n"
        f"SELECT recommended_products FROM recommendation_cache "
        f"WHERE generation = {generation} AND user_key = :k AND list = 'discover';\n"
    )
    output = common.run(
        common.programs() / "pgbench", "-n", "-M", "prepared", "-c", 8, "-j", 2, "-T", seconds, "-f", script, url,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return float(next(line.split()[2] for line in output.splitlines() if line.startswith("tps")))


def lookups() -> int:
    return int(common.sql(DATABASE, f"SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE {LOOKUP}"))


def start_times(url: str, count: int = 15) -> list[float]:
    """Milliseconds from the start of the process to the first answered GET /."""
    times = []
    for _ in range(count):
        port = common.free_port()
        environment = common.handler_environment(url, FUNCTIONS_CUSTOMHANDLER_PORT=str(port))
        began = time.perf_counter()
        process = subprocess.Popen([HANDLER], env=environment, stdout=subprocess.DEVNULL)
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1):
                    break
            except OSError:
                if process.poll() is not None:
                    sys.exit("the handler does not start")
                time.sleep(0.001)
        times.append((time.perf_counter() - began) * 1000)
        process.kill()
        process.wait()
    return times


def memory_after(url: str, requests: int = 1_000) -> tuple[float, int]:
    """Resident megabytes of a new process after so many requests, and how many rows it read for them."""
    port = common.free_port()
    environment = common.handler_environment(url, FUNCTIONS_CUSTOMHANDLER_PORT=str(port))
    base = f"http://127.0.0.1:{port}"
    with common.running([HANDLER], environment, f"{base}/", stdout=subprocess.DEVNULL) as process:
        before = lookups()
        for number in range(1, requests + 1):
            common.get(f"{base}/api/recommendations/u{number:06d}")
        return common.resident_megabytes(process.pid), lookups() - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--products", type=int, default=1_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--parts", nargs="+", choices=("cached", "routes", "computed"), default=["cached", "routes", "computed"])
    parser.add_argument("--before", type=pathlib.Path, help="another build of the handler")
    parser.add_argument("--hummingbird", type=pathlib.Path, help="what Benchmarks/hummingbird/build.sh made")
    parser.add_argument("--no-report", action="store_true", help="print only, leave docs/benchmarks.md as it is")
    options = parser.parse_args()

    sections = []
    with common.cluster():
        where = common.machine()
        if "cached" in options.parts or "routes" in options.parts:
            url = prepare(options.users, options.products, options.events)
            with contextlib.ExitStack() as stack:
                servers = start(stack, url, options)
                if "cached" in options.parts:
                    sections.append(cached(servers, url, options))
                if "routes" in options.parts:
                    compared = {name: servers[name] for name in ("ours", "before", "asyncpg", "orm") if name in servers}
                    sections.append(
                        serving_routes.measure(
                            compared, url, options.users, options.products, options.rounds, options.seconds
                        )
                    )
        if "computed" in options.parts:
            sections.append(serving_computed.measure(options.rounds, options.seconds))
        if "cached" in options.parts:
            sections.append(process(url))
    text = "\n\n".join([f"{where}.", *("\n".join(lines) for lines in sections)])
    if options.no_report:
        say(text)
    else:
        common.write_section("serving", text)


def start(stack: contextlib.ExitStack, url: str, options: argparse.Namespace) -> dict[str, Server]:
    """All servers, which run until the stack is closed."""
    servers: dict[str, Server] = {}

    def serve(name: str, label: str, command: list[object], port: int, environment: dict[str, str], **more) -> None:
        probe = f"http://127.0.0.1:{port}/api/recommendations/u000001"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = stack.enter_context(common.running(command, environment, probe, **quiet, **more))
        servers[name] = Server(label, port, process)

    builds = {"ours": HANDLER, "before": options.before, "hummingbird": options.hummingbird, "pool": HANDLER}
    for name, program in builds.items():
        if program is None:
            continue
        port = common.free_port()
        more = {"DATABASE_PIPELINE_LANES": "0", "DATABASE_POOL_API": "8"} if name == "pool" else {}
        environment = common.handler_environment(url, FUNCTIONS_CUSTOMHANDLER_PORT=str(port), **more)
        serve(name, OURS[name], [program], port, environment)
    for name, label in PEERS.items():
        port = common.free_port()
        command = [
            common.PEERS / "bin" / "uvicorn", f"fastapi_{name}:app", "--host", "127.0.0.1", "--port", port, "--workers", 2,
            "--no-access-log", "--log-level", "warning",
        ]  # fmt: skip
        environment = {**os.environ, "DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"}
        serve(name, label, command, port, environment, cwd=BENCHMARKS / "peers")
    return servers


def check_bodies(servers: dict[str, Server]) -> int:
    """Ends the benchmark unless all servers answer the same list in the same members; the length of the body."""
    answers = {name: common.get(f"http://127.0.0.1:{s.port}/api/recommendations/u000017") for name, s in servers.items()}
    ours = json.loads(answers["ours"])
    for name, answer in answers.items():
        body = json.loads(answer)
        same = [item["product_id"] for item in body["items"]] == [item["product_id"] for item in ours["items"]]
        if not same or set(body) != set(ours) or set(body["items"][0]) != set(ours["items"][0]):
            sys.exit(f"{name} does not answer what the handler answers:\n{body}\n{ours}")
    return len(answers["ours"])


def cached(servers: dict[str, Server], url: str, options: argparse.Namespace) -> list[str]:
    """Lines of the report on cached lists."""
    size = check_bodies(servers)
    shop = {"users": options.users, "products": options.products}
    say("warming up")
    for server in servers.values():
        wrk(server.port, 3, 0, "recommendations", **shop)
    ceiling: list[float] = []
    calls: list[tuple[int, int]] = []
    for number in range(1, options.rounds + 1):
        ceiling.append(pgbench(url, options.users, options.seconds))
        for name, server in servers.items():
            before = lookups()
            server.results.append(measured(server, options.seconds, number, "recommendations", **shop))
            if name == "ours":
                calls.append((int(server.results[-1]["requests"]), lookups() - before))
        line = ", ".join(f"{name} {server.results[-1]['rate']:,.0f}" for name, server in servers.items())
        say(f"round {number}: PostgreSQL {ceiling[-1]:,.0f}, {line}")
    counts = {name: kernel_counts(servers[name], 3, "recommendations", **shop) for name in OURS if name in servers}
    memory = common.resident_megabytes(servers["ours"].process.pid)
    ceiling_median = statistics.median(ceiling)
    lines = [
        f"{options.users:,} users × 20 items, {options.products:,} products, limit 10, body of {size:,} bytes, {options.rounds} rounds of "
        f"{options.seconds} s taking turns, `wrk -t1 -c32`; median (smallest–largest).",
        "",
        "| | requests/s | p50 ms | p99 ms | this product is | of PostgreSQL's ceiling | CPU µs a request: server + PostgreSQL "
        "| system calls, thread switches a request |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, server in servers.items():
        ratio = "" if name == "ours" else f"{servers['ours'].median('rate') / server.median('rate'):.2f}×"
        counted = counts.get(name)
        lines.append(
            f"| {server.label} | {common.spread(server.rates())} | {server.median('p50'):.1f} | {server.median('p99'):.1f} | {ratio} | "
            f"{server.median('rate') / ceiling_median:.0%} | {server.median('server_us'):,.0f} + {server.median('postgres_us'):,.0f} | "
            + (f"{counted[0]:.2f}, {counted[1]:.2f} |" if counted else "|")
        )  # fmt: skip
    lines += [
        f"| `pgbench -M prepared`, single-row select, 8 clients | {common.spread(ceiling)} | | | | 100% | | |",
        "",
        "Every request reads its row: " + ", ".join(f"{done:,} requests → {read:,} look-ups" for done, read in calls)
        + f" (wrk leaves up to 32 requests unfinished when its time is over). Resident memory after these rounds: {memory:.0f} MB.",
    ]  # fmt: skip
    return lines


def process(url: str) -> list[str]:
    """Lines of the report on a process by itself."""
    starts = start_times(url)
    memory, rows = memory_after(url)
    return [
        f"Process start to the first answered `GET /`: {common.spread(starts, 0)} ms over {len(starts)} starts. 1,000 requests one "
        f"after another: {rows:,} look-ups, {memory:.0f} MB resident.",
    ]


if __name__ == "__main__":
    main()
