#!/usr/bin/env python3
"""A large shop on one machine: the seconds of each stage of a timer's run, each beside what limits it.

    Benchmarks/scale.py [--users N] [--products N] [--interactions N] [--runs N] [--keep] [--no-judging] [--no-report]

Seeds a synthetic shop (or finds the one that --keep left) and makes runs that keep an ItemKNN: POST to reply, by one process that scores
inline. Then the same job handed over and scored by one handler and by two, called as
the host calls for a queue message, each on a processor of its own. Beside the stages stand psql's COPY out and copy in of the same rows.
"""

import argparse
import contextlib
import json
import statistics
import subprocess
import threading
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


def post(port: int, function: str, body: dict) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/{function}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "X-Azure-Functions-InvocationId": "benchmark"},
    )
    with urllib.request.urlopen(request, timeout=1_800) as answer:
        answer.read()


def invoke(url: str, **settings: str) -> dict:
    """One timer invocation: seconds to its reply, peak megabytes, processor seconds, and the job's figures."""
    port = common.free_port()
    # Without a queue behind it the invocation scores by itself.
    settings.setdefault("DISTRIBUTED_ABOVE_USERS", "1000000000")
    environment = common.handler_environment(url, FUNCTIONS_CUSTOMHANDLER_PORT=str(port), **settings)
    with common.running([HANDLER], environment, f"http://127.0.0.1:{port}/", stdout=subprocess.DEVNULL) as process:
        cpu = common.cpu_seconds([process.pid])
        began = time.perf_counter()
        post(port, "GenerateRecommendations", BODY)
        seconds = time.perf_counter() - began
        cpu = common.cpu_seconds([process.pid]) - cpu
        memory = common.resident_megabytes(process.pid, "VmHWM")
        wait_for_housekeeping()
    metrics = json.loads(
        common.sql(DATABASE, "SELECT metrics::text FROM batch_jobs WHERE status = 'completed' ORDER BY fencing_token DESC LIMIT 1")
    )
    return {"seconds": seconds, "memory": memory, "cpu": cpu, "metrics": metrics}


def scored_by(url: str, processes: int) -> tuple[float, float]:
    """Seconds from the first stored chunk of a handed-over job to its last, and from the hand-over to the first, by so many handlers with
    one processor each."""
    ports = [common.free_port() for _ in range(processes)]
    with contextlib.ExitStack() as stack:
        for number, port in enumerate(ports):
            environment = common.handler_environment(
                url, FUNCTIONS_CUSTOMHANDLER_PORT=str(port), DISTRIBUTED_ABOVE_USERS="0", RECOMMENDATION_BATCH_INTERVAL="1"
            )
            command = ["taskset", "-c", str(number), HANDLER]
            stack.enter_context(common.running(command, environment, f"http://127.0.0.1:{port}/", stdout=subprocess.DEVNULL))
        # The first one plans; the others read its model from the store.
        post(ports[0], "GenerateRecommendations", BODY)
        job = common.sql(DATABASE, "SELECT job_id FROM batch_jobs WHERE stage = 'scoring'")
        message = {"Data": {"message": json.dumps(json.dumps({"job_id": job}))}, "Metadata": {"DequeueCount": "1"}}
        threads = [threading.Thread(target=post, args=(port, "ScoreUsers", message)) for port in ports]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        row = common.sql(
            DATABASE,
            "SELECT extract(epoch FROM max(c.completed_at) - min(c.completed_at)), extract(epoch FROM min(c.completed_at) - min(j.scoring_since)) "
            f"FROM batch_chunks c JOIN batch_jobs j USING (job_id) WHERE job_id = '{job}'",
        )
        wait_for_housekeeping()
    chunks, first = row.split("|")
    return float(chunks), float(first)


def wait_for_housekeeping() -> None:
    """Until what follows a run is done, so that it does not disturb the next one."""
    deadline = time.monotonic() + 600
    while common.sql(DATABASE, "SELECT 1 FROM housekeeping WHERE job_id IS NOT NULL") and time.monotonic() < deadline:
        time.sleep(0.5)


def configure(settings: dict) -> None:
    """Writes the `recommender` settings."""
    common.sql(
        DATABASE,
        f"INSERT INTO app_config (key, value) VALUES ('recommender', '{json.dumps(settings)}') "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = app_config.version + 1",
    )


def add_event() -> None:
    """What makes the next run due."""
    common.sql(
        DATABASE,
        "INSERT INTO interactions (event_id, user_key, product_key, interaction_type, value, timestamp) "
        "SELECT 'again-' || gen_random_uuid(), user_key, product_key, 'purchase', 1, timestamp FROM interactions ORDER BY id DESC LIMIT 1",
    )


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
    parser.add_argument("--no-judging", action="store_true", help="leave the run out that judges the default candidates")
    parser.add_argument("--keep", action="store_true", help="leave the shop for the next measurement")
    parser.add_argument("--no-report", action="store_true")
    arguments = parser.parse_args()
    with common.cluster():
        url, seeding = seeded(arguments)
        if seeding is not None:
            say(f"seeded in {seeding:.0f} s")
        # In this shop popularity beats neighbours, and the gate would list popular products: too few to judge, so the first is taken.
        configure({"candidates": ["item_knn"], "evaluation": {"min_users": 1_000_000_000}})
        add_event()
        first = invoke(url, RECOMMENDATION_BATCH_INTERVAL="1")
        say(f"first: {first['seconds']:.1f} s, {first['memory']:.0f} MB, {json.dumps(first['metrics'])}")
        kept = []
        for number in range(arguments.runs):
            add_event()
            kept.append(invoke(url, RECOMMENDATION_BATCH_INTERVAL="1"))
            say(f"kept {number + 1}: {kept[-1]['seconds']:.1f} s, {kept[-1]['cpu']:.1f} s of processor, {kept[-1]['memory']:.0f} MB")
            say("  " + ", ".join(f"{stage} {kept[-1]['metrics']['seconds'].get(stage, 0):.2f}" for stage in STAGES))
        spread = {}
        for processes in (1, 2):
            add_event()
            spread[processes] = scored_by(url, processes)
            say(f"handed over, {processes} handlers: {spread[processes][0]:.1f} s of chunks, the first after {spread[processes][1]:.1f} s")
        out, into = copy_out(url), copy_in(url)
        say(f"psql: COPY out {out:.1f} s, \\copy in {into:.1f} s")
        judged = None
        if not arguments.no_judging:
            configure({})
            add_event()
            judged = invoke(url, RECOMMENDATION_BATCH_INTERVAL="1")
            say(f"judged: {judged['seconds']:.1f} s, {judged['memory']:.0f} MB, {json.dumps(judged['metrics'])}")
        if arguments.no_report:
            return
        middle = statistics.median(each["seconds"] for each in kept)
        rows = "\n".join(
            f"| {stage} | {statistics.median(each['metrics']['seconds'].get(stage, 0) for each in kept):.2f} |" for stage in STAGES
        )
        common.write_section(
            "scale",
            f"{common.machine()}\n\n{arguments.users:,} users × {arguments.products:,} products × {arguments.interactions:,} events, "
            f"{arguments.runs} runs that keep the model.\n\n| stage | s |\n|---|---|\n{rows}\n"
            f"| POST to reply | {middle:.1f} ({min(each['seconds'] for each in kept):.1f}–{max(each['seconds'] for each in kept):.1f}) |\n"
            f"| peak memory | {max(each['memory'] for each in kept):.0f} MB |\n"
            f"| psql, COPY out | {out:.1f} |\n| psql, \\copy in | {into:.1f} |\n"
            + (f"| POST to reply with judging the default candidates | {judged['seconds']:.1f} |\n" if judged else "")
            + f"| chunks scored by one handler on one processor | {spread[1][0]:.1f} |\n"
            f"| by two, each on one of its own | {spread[2][0]:.1f}: {spread[1][0] / spread[2][0]:.2f}× |\n",
        )


if __name__ == "__main__":
    main()
