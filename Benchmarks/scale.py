#!/usr/bin/env python3
"""A large shop on one machine: the seconds of each stage of a timer's run, each beside what limits it.

    Benchmarks/scale.py [--users N] [--products N] [--interactions N] [--runs N] [--keep] [--no-report]

Seeds a synthetic shop (or finds the one that --keep left), makes one run that judges the default candidates, and then runs that keep
the model: POST to reply, by one process that scores inline. Then the same with the chunks on LocalHost's queue, by one handler and by two,
each with one compute thread. Beside the stages stand psql's COPY out and \\copy in of the same rows, and PostgreSQL's memory settings.
"""

import argparse
import json
import statistics
import subprocess
import time
import urllib.request

import common
from common import HANDLER, LOCAL, say

DATABASE = "scale"
STAGES = ["cut", "load", "choose", "fit", "generate", "seal", "validate", "manifest", "flip"]
BODY = {
    "Data": {"timer": {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": None, "IsPastDue": False}},
    "Metadata": {"timer": "{}", "sys": {"MethodName": "GenerateRecommendations"}},
}


def seeded(arguments: argparse.Namespace) -> tuple[str, float | None]:
    """The database's URL, and the seconds of seeding unless it was there."""
    wanted = f"{arguments.users}/{arguments.products}/{arguments.interactions}"
    if arguments.keep and common.sql("postgres", f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"):
        if common.sql(DATABASE, "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()") == wanted:
            return common.postgres("url", DATABASE), None
    url = common.fresh_database(DATABASE)
    began = time.perf_counter()
    common.run(
        HANDLER, "seed", "--users", arguments.users, "--products", arguments.products, "--interactions", arguments.interactions,
        env=common.handler_environment(url),
    )  # fmt: skip
    seconds = time.perf_counter() - began
    common.sql(DATABASE, f"COMMENT ON DATABASE {DATABASE} IS '{wanted}'")
    common.sql(DATABASE, "VACUUM (ANALYZE) interactions")
    return url, seconds


def invoke(url: str, **settings: str) -> dict:
    """One timer invocation: seconds to its reply, peak megabytes, processor seconds, and the job's figures."""
    port = common.free_port()
    # Without a queue behind it the invocation scores by itself.
    settings.setdefault("DISTRIBUTED_ABOVE_USERS", "1000000000")
    environment = common.handler_environment(url, FUNCTIONS_CUSTOMHANDLER_PORT=str(port), **settings)
    with common.running([HANDLER], environment, f"http://127.0.0.1:{port}/", stdout=subprocess.DEVNULL) as process:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/GenerateRecommendations",
            data=json.dumps(BODY).encode(),
            headers={"Content-Type": "application/json", "X-Azure-Functions-InvocationId": "benchmark"},
        )
        cpu = common.cpu_seconds([process.pid])
        began = time.perf_counter()
        with urllib.request.urlopen(request, timeout=1_800) as answer:
            answer.read()
        seconds = time.perf_counter() - began
        cpu = common.cpu_seconds([process.pid]) - cpu
        memory = common.resident_megabytes(process.pid, "VmHWM")
        wait_for_housekeeping()
    metrics = json.loads(
        common.sql(DATABASE, "SELECT metrics::text FROM batch_jobs WHERE status = 'completed' ORDER BY fencing_token DESC LIMIT 1")
    )
    return {"seconds": seconds, "memory": memory, "cpu": cpu, "metrics": metrics}


def wait_for_housekeeping() -> None:
    """Until what follows a run is done, so that it does not disturb the next one."""
    deadline = time.monotonic() + 600
    while common.sql(DATABASE, "SELECT 1 FROM housekeeping WHERE job_id IS NOT NULL") and time.monotonic() < deadline:
        time.sleep(0.5)


def copy_out(url: str) -> float:
    """Seconds of psql's binary COPY of the columns that a run reads."""
    began = time.perf_counter()
    command = "\\copy (SELECT user_key, product_key, interaction_type, value, timestamp FROM interactions ORDER BY id) TO /dev/null (FORMAT binary)"
    common.run(common.programs() / "psql", url, "-qc", command)
    return time.perf_counter() - began


def copy_in(url: str) -> float:
    """Seconds of psql's \\copy of the live lists into a table of their own, without its key."""
    file = LOCAL / "scale-lists.bin"
    psql = common.programs() / "psql"
    live = "SELECT * FROM recommendation_cache WHERE generation = (SELECT generation FROM live)"
    common.run(psql, url, "-qc", f"\\copy ({live}) TO {file} (FORMAT binary)")
    common.run(psql, url, "-qc", "CREATE TABLE copied (LIKE recommendation_cache INCLUDING DEFAULTS)")
    began = time.perf_counter()
    common.run(psql, url, "-qc", f"\\copy copied FROM {file} (FORMAT binary)")
    seconds = time.perf_counter() - began
    common.run(psql, url, "-qc", "DROP TABLE copied")
    file.unlink()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=200_000)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--interactions", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--candidates", help="only these candidates, comma-separated")
    parser.add_argument("--keep", action="store_true", help="leave the shop for the next measurement")
    parser.add_argument("--no-report", action="store_true")
    arguments = parser.parse_args()
    with common.cluster():
        url, seeding = seeded(arguments)
        if seeding is not None:
            say(f"seeded in {seeding:.0f} s")
        if arguments.candidates:
            settings = json.dumps({"candidates": arguments.candidates.split(",")})
            common.sql(
                DATABASE,
                f"INSERT INTO app_config (key, value) VALUES ('recommender', '{settings}') "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = app_config.version + 1",
            )
        first = invoke(url, RECOMMENDATION_BATCH_INTERVAL="1")
        say(f"judging: {first['seconds']:.1f} s, {first['memory']:.0f} MB, {json.dumps(first['metrics'])}")
        kept = []
        for number in range(arguments.runs):
            common.sql(
                DATABASE,
                "INSERT INTO interactions (event_id, user_key, product_key, interaction_type, value, timestamp) "
                f"SELECT 'again-' || gen_random_uuid(), user_key, product_key, 'purchase', 1, timestamp "
                "FROM interactions ORDER BY id DESC LIMIT 1",
            )
            kept.append(invoke(url, RECOMMENDATION_BATCH_INTERVAL="1"))
            say(f"kept {number + 1}: {kept[-1]['seconds']:.1f} s, {kept[-1]['cpu']:.1f} s of processor, {kept[-1]['memory']:.0f} MB")
            say("  " + ", ".join(f"{stage} {kept[-1]['metrics']['seconds'].get(stage, 0):.2f}" for stage in STAGES))
        out, into = copy_out(url), copy_in(url)
        say(f"psql: COPY out {out:.1f} s, \\copy in {into:.1f} s")
        if arguments.no_report:
            return
        middle = statistics.median(each["seconds"] for each in kept)
        rows = "\n".join(
            f"| {stage} | {statistics.median(each['metrics']['seconds'].get(stage, 0) for each in kept):.2f} |" for stage in STAGES
        )
        common.write_section(
            "scale",
            f"{arguments.users:,} users × {arguments.products:,} products × {arguments.interactions:,} events, "
            f"{arguments.runs} runs that keep the model.\n\n| stage | s |\n|---|---|\n{rows}\n"
            f"| POST to reply | {middle:.1f} ({min(each['seconds'] for each in kept):.1f}–{max(each['seconds'] for each in kept):.1f}) |\n"
            f"| peak memory | {max(each['memory'] for each in kept):.0f} MB |\n"
            f"| psql, COPY out | {out:.1f} |\n| psql, \\copy in | {into:.1f} |\n"
            f"| with judging the candidates | {first['seconds']:.1f} |\n",
        )


if __name__ == "__main__":
    main()
