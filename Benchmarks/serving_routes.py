"""Routes beside the cached list: this product, and FastAPI as usually written and driven hard."""

import json
import statistics
import subprocess
import sys

import common
from serving_load import DATABASE, Server, measured

# Kind of request in requests.lua: what the report calls it, the goal against FastAPI as usually written.
ROUTES = {
    "product": ("product by id", 20),
    "page": ("page of 20 products: category, price, stock, two orders, facets", 10),
    "trending": ("trending, 20 products", 50),
    "interaction": ("POST /interactions, one event, committed", 5),
}
INSERT_GOAL = 0.4
# A request of each kind whose answers name the same products everywhere.
SAMPLES = {
    "product": "/api/products/P000017",
    "page": "/api/products?category=Garden&min_price=50&max_price=300&in_stock=true&sort=price&page=2&page_size=20",
    "trending": "/api/trending?limit=20",
}


def check_answers(servers: dict[str, Server]) -> None:
    """Ends the benchmark unless all servers answer the same products, of one page the same total and categories."""
    for route, path in SAMPLES.items():
        answers = {name: json.loads(common.get(f"http://127.0.0.1:{server.port}{path}", 60)) for name, server in servers.items()}

        def essence(answer: dict) -> object:
            if route == "product":
                return answer["product_id"], answer["price"], answer["description"]
            ids = [item["product_id"] for item in answer["items"]]
            return ids, answer["total"], (answer.get("facets") or {}).get("categories")

        first = essence(next(iter(answers.values())))
        for name, answer in answers.items():
            if essence(answer) != first:
                sys.exit(f"{name} does not answer {path} as the handler does:\n{essence(answer)}\n{first}")


def pgbench_inserts(url: str, users: int, products: int, seconds: int) -> float:
    """Single inserts of an event a second, each a transaction, over eight connections."""
    script = common.LOCAL / "insert-one.sql"
    script.write_text(
        f"\\set u random(1, {users})\n\\set p random(1, {products})\n"
        "INSERT INTO interactions (event_id, user_key, product_key, interaction_type, timestamp) "
        "VALUES ('pgb-' || gen_random_uuid(), :u, :p, 'view', now());\n"
    )
    output = common.run(
        common.programs() / "pgbench", "-n", "-M", "prepared", "-c", 8, "-j", 2, "-T", seconds, "-f", script, url,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return float(next(line.split()[2] for line in output.splitlines() if line.startswith("tps")))


def measure(servers: dict[str, Server], url: str, users: int, products: int, rounds: int, seconds: int) -> list[str]:
    """Lines of the report. `servers` has "ours", maybe "before", and the peers "asyncpg" and "orm"."""
    check_answers(servers)
    lines = [
        f"Other routes, {users:,} users × {products:,} products, {int(common.sql(DATABASE, 'SELECT count(*) FROM interactions')):,} events "
        f"at the start, {rounds} rounds of {seconds} s taking turns, `wrk -t1 -c32`; requests/s, median (smallest–largest).",
        "",
        "| | " + " | ".join(server.label for server in servers.values())
        + " | p99 ms, this product | CPU µs a request: server + PostgreSQL | against as usually written | goal |",
        "|---" * (len(servers) + 5) + "|",
    ]  # fmt: skip
    inserts: list[float] = []
    for route, (label, goal) in ROUTES.items():
        for server in servers.values():
            server.results = []
        for number in range(1, rounds + 1):
            if route == "interaction":
                inserts.append(pgbench_inserts(url, users, products, seconds))
            for server in servers.values():
                server.results.append(measured(server, seconds, number, route, users=users, products=products))
            common.say(f"{route} {number}: " + ", ".join(f"{name} {s.results[-1]['rate']:,.0f}" for name, s in servers.items()))
        ours = servers["ours"]
        ratio = statistics.median(ours.rates()) / statistics.median(servers["orm"].rates())
        verdict = "reached" if ratio >= goal else "**missed**"
        lines.append(
            f"| {label} | " + " | ".join(common.spread(server.rates()) for server in servers.values())
            + f" | {ours.median('p99'):.1f} | {ours.median('server_us'):,.0f} + {ours.median('postgres_us'):,.0f}"
            + f" | {ratio:.1f}× | ≥ {goal}×: {verdict} |"
        )  # fmt: skip
    share = statistics.median(servers["ours"].rates()) / statistics.median(inserts)
    verdict = "reached" if share >= INSERT_GOAL else "**missed**"
    lines += [
        "",
        f"`pgbench -M prepared`, single inserts of an event over 8 connections: {common.spread(inserts)} a second; POST /interactions "
        f"stores {share:.2f} of that, goal ≥ {INSERT_GOAL}: {verdict}.",
    ]
    return lines
