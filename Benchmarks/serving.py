#!/usr/bin/env python3
"""Requests per second of GET /api/recommendations/{id} from the cache: this product, three Python services with the same
body from the same database, and PostgreSQL's own ceiling, in one run.

    Benchmarks/serving.py [--users 100000] [--rounds 5] [--seconds 8] [--no-report]

All servers run all the time and are measured alternately, round by round. wrk drives each with one thread and 32 connections
over users drawn evenly from all of them. The handler is measured directly, without a host in front.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request

import common
from common import HANDLER, LOCAL, ROOT, say

DATABASE = "bench_serving"
BENCHMARKS = ROOT / "Benchmarks"
# The handler, and the same without its pipelined connection: what that choice is worth.
OURS = {
    "ours": "this product",
    "pool": "the same, reads on 8 exclusive connections instead of the pipelined one",
}
# Benchmarks/peers/fastapi_NAME.py, and what the report calls it. Two uvicorn workers each.
PEERS = {
    "asyncpg": "FastAPI + asyncpg, catalogue in memory, orjson",
    "psycopg2": "FastAPI + SQLAlchemy + psycopg2, one statement, catalogue in memory, orjson",
    "orm": "FastAPI + SQLAlchemy + psycopg2 as usually written: mapped classes, response model",
}
# Matches the handler's look-up in pg_stat_statements, however its parameters are numbered.
LOOKUP = "query LIKE '%FROM users u%' AND query LIKE '%recommendation_cache%' AND query NOT LIKE '%pg_stat_statements%'"


def prepare(users: int) -> str:
    say(f"database: {users:,} users with 20 items each")
    url = common.fresh_database(DATABASE)
    common.run(
        common.programs() / "psql", "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-v", f"users={users}",
        "-f", BENCHMARKS / "serving-data.sql", url,
    )  # fmt: skip
    common.install_peers()
    return url


def wrk(port: int, users: int, seconds: int, seed: int) -> dict[str, float]:
    output = common.run(
        "wrk", "-t1", "-c32", f"-d{seconds}s", "--timeout", "10s", "-s", BENCHMARKS / "random-users.lua",
        f"http://127.0.0.1:{port}", env={**os.environ, "WRK_USERS": str(users), "WRK_SEED": str(seed)},
    )  # fmt: skip
    line = next(line for line in output.splitlines() if line.startswith("RESULT"))
    requests, duration, p50, p99, errors = (float(word) for word in line.split()[1:])
    if errors:
        sys.exit(f"{errors:.0f} answers were not 200")
    return {"requests": requests, "rate": requests / duration, "p50": p50, "p99": p99}


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


def backends() -> list[int]:
    """PostgreSQL's processes that serve the benchmark's database."""
    return [int(pid) for pid in common.sql("postgres", f"SELECT pid FROM pg_stat_activity WHERE datname = '{DATABASE}'").split()]


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
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--no-report", action="store_true", help="print only, leave docs/benchmarks.md as it is")
    options = parser.parse_args()

    with common.cluster(), contextlib.ExitStack() as stack:
        where = common.machine()
        url = prepare(options.users)
        servers: dict[str, int] = {}
        processes: dict[str, subprocess.Popen] = {}

        def serve(name: str, command: list[object], port: int, environment: dict[str, str], **more) -> None:
            probe = f"http://127.0.0.1:{port}/api/recommendations/u000001"
            servers[name] = port
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            processes[name] = stack.enter_context(common.running(command, environment, probe, **quiet, **more))

        for name in OURS:
            port = common.free_port()
            more = {"DATABASE_PIPELINE_LANES": "0", "DATABASE_POOL_API": "8"} if name == "pool" else {}
            serve(name, [HANDLER], port, common.handler_environment(url, FUNCTIONS_CUSTOMHANDLER_PORT=str(port), **more))
        for name in PEERS:
            port = common.free_port()
            command = [
                common.PEERS / "bin" / "uvicorn", f"fastapi_{name}:app", "--host", "127.0.0.1", "--port", port, "--workers", 2,
                "--no-access-log", "--log-level", "warning",
            ]  # fmt: skip
            environment = {**os.environ, "DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"}
            serve(name, command, port, environment, cwd=BENCHMARKS / "peers")

        bodies = {
            name: json.loads(common.get(f"http://127.0.0.1:{port}/api/recommendations/u000017"))
            for name, port in servers.items()
        }
        for name, body in bodies.items():
            same = [item["product_id"] for item in body["items"]] == [item["product_id"] for item in bodies["ours"]["items"]]
            if not same or set(body) != set(bodies["ours"]) or set(body["items"][0]) != set(bodies["ours"]["items"][0]):
                sys.exit(f"{name} does not answer what the handler answers:\n{body}\n{bodies['ours']}")
        size = len(common.get(f"http://127.0.0.1:{servers['ours']}/api/recommendations/u000017"))

        say("warming up")
        for port in servers.values():
            wrk(port, options.users, 3, seed=0)
        results: dict[str, list[dict[str, float]]] = {name: [] for name in servers}
        ceiling: list[float] = []
        calls: list[tuple[int, int]] = []
        for number in range(1, options.rounds + 1):
            ceiling.append(pgbench(url, options.users, options.seconds))
            for name, port in servers.items():
                before = lookups()
                workers, rows = common.process_tree(processes[name].pid), backends()
                worked, read = common.cpu_seconds(workers), common.cpu_seconds(rows)
                result = wrk(port, options.users, options.seconds, seed=number)
                result["server_us"] = (common.cpu_seconds(workers) - worked) / result["requests"] * 1e6
                result["postgres_us"] = (common.cpu_seconds(rows) - read) / result["requests"] * 1e6
                results[name].append(result)
                if name == "ours":
                    calls.append((int(result["requests"]), lookups() - before))
            line = ", ".join(f"{name} {results[name][-1]['rate']:,.0f}" for name in servers)
            say(f"round {number}: PostgreSQL {ceiling[-1]:,.0f}, {line}")
        served_memory = common.resident_megabytes(processes["ours"].pid)

    with common.cluster():
        starts = start_times(url)
        memory, rows = memory_after(url)

    ours = [result["rate"] for result in results["ours"]]
    ceiling_median = statistics.median(ceiling)
    names = {**OURS, **PEERS}
    lines = [
        f"{where}.",
        "",
        f"{options.users:,} users × 20 items, limit 10, body of {size:,} bytes, {options.rounds} rounds of "
        f"{options.seconds} s taking turns, `wrk -t1 -c32`; median (smallest–largest).",
        "",
        "| | requests/s | p50 ms | p99 ms | this product is | of PostgreSQL's ceiling | CPU µs a request: server + PostgreSQL |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, label in names.items():
        rates = [result["rate"] for result in results[name]]
        ratio = "" if name == "ours" else f"{statistics.median(ours) / statistics.median(rates):.1f}×"
        lines.append(
            f"| {label} | {common.spread(rates)} | {statistics.median(r['p50'] for r in results[name]):.1f} | "
            f"{statistics.median(r['p99'] for r in results[name]):.1f} | {ratio} | "
            f"{statistics.median(rates) / ceiling_median:.0%} | "
            f"{statistics.median(r['server_us'] for r in results[name]):,.0f} + "
            f"{statistics.median(r['postgres_us'] for r in results[name]):,.0f} |"
        )
    lines += [
        f"| `pgbench -M prepared`, single-row select, 8 clients | {common.spread(ceiling)} | | | | 100% | |",
        "",
        "Every request reads its row: " + ", ".join(f"{done:,} requests → {read:,} look-ups" for done, read in calls)
        + f" (wrk leaves up to 32 requests unfinished when its time is over). One after another: 1,000 requests → {rows:,} look-ups.",
        "",
        f"Process start to the first answered `GET /`: {common.spread(starts, 0)} ms over {len(starts)} starts. Resident memory: "
        f"{memory:.0f} MB after 1,000 requests, {served_memory:.0f} MB at the end.",
    ]  # fmt: skip
    text = "\n".join(lines)
    if options.no_report:
        say(text)
    else:
        common.write_section("serving", text)


if __name__ == "__main__":
    main()
