"""Load on a running server, and what a request costs it."""

import dataclasses
import os
import signal
import statistics
import subprocess
import sys
import time

import common

DATABASE = "bench_serving"


@dataclasses.dataclass
class Server:
    """A running server and its results, one a round."""

    label: str
    port: int
    process: subprocess.Popen
    results: list[dict[str, float]] = dataclasses.field(default_factory=list)

    def rates(self) -> list[float]:
        return [result["rate"] for result in self.results]

    def median(self, field: str) -> float:
        return statistics.median(result[field] for result in self.results)


def wrk(port: int, seconds: float, seed: int, route: str, connections: int = 32, **shop: object) -> dict[str, float]:
    """Requests of one kind (`routes` in requests.lua) for so long. `shop` has what that script reads of the shop."""
    output = common.run(
        "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", common.ROOT / "Benchmarks" / "requests.lua",
        f"http://127.0.0.1:{port}",
        env={
            **os.environ, "WRK_ROUTE": route, "WRK_SEED": str(seed),
            **{f"WRK_{name.upper()}": str(value) for name, value in shop.items()},
        },
    )  # fmt: skip
    line = next(line for line in output.splitlines() if line.startswith("RESULT"))
    requests, duration, p50, p99, errors = (float(word) for word in line.split()[1:])
    if errors:
        sys.exit(f"{errors:.0f} answers to {route} were errors")
    return {"requests": requests, "rate": requests / duration, "p50": p50, "p99": p99}


def backends(database: str) -> list[int]:
    """PostgreSQL's processes that serve a database."""
    return [int(pid) for pid in common.sql("postgres", f"SELECT pid FROM pg_stat_activity WHERE datname = '{database}'").split()]


def measured(
    server: Server, seconds: float, seed: int, route: str, database: str = DATABASE, **shop: object
) -> dict[str, float]:
    """`wrk`, and the processor time of the server and of PostgreSQL for each request in microseconds."""
    workers, rows = common.process_tree(server.process.pid), backends(database)
    worked, read = common.cpu_seconds(workers), common.cpu_seconds(rows)
    result = wrk(server.port, seconds, seed, route, **shop)
    result["server_us"] = (common.cpu_seconds(workers) - worked) / result["requests"] * 1e6
    result["postgres_us"] = (common.cpu_seconds(rows) - read) / result["requests"] * 1e6
    return result


def kernel_counts(server: Server, seconds: float, route: str, **shop: object) -> tuple[float, float] | None:
    """System calls and thread switches of a server for each request; None where perf(1) cannot count them."""
    pids = ",".join(str(pid) for pid in common.process_tree(server.process.pid))
    command = ["perf", "stat", "-x", ",", "-e", "raw_syscalls:sys_enter,context-switches", "-p", pids]
    try:
        counter = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        return None
    # The time in which it attaches is as long as nothing is asked of the server.
    time.sleep(0.5)
    requests = wrk(server.port, seconds, 1, route, **shop)["requests"]
    counter.send_signal(signal.SIGINT)
    counts = [line.split(",")[0] for line in counter.communicate()[1].splitlines() if "," in line]
    if len(counts) != 2 or not all(count.isdigit() for count in counts):
        return None
    return int(counts[0]) / requests, int(counts[1]) / requests
