#!/usr/bin/env python3
"""kill -9 of instances while they make everybody's lists: what is lost, and for how long a run is delayed.

    Benchmarks/kills.py [--kills N] [--messages N] [--instances N] [--users N] [--seed N] [--no-report]

LocalHost runs several instances of the handler over its queue; runs follow each other, each handed over in chunks; a random instance is
killed at a random moment until there were so many kills. After each run: as many lists as customers, none twice, nobody quarantined, one
live generation. The longest run with kills stands beside the median run without. Last, a run gets thousands of messages more than
it asked for: its own again, and those of a run that is over.
"""

import argparse
import collections
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.request

import common
from common import ROOT, say

LOCAL_HOST = ROOT / ".build" / "release" / "LocalHost"
DATABASE = "kills"


def script_root(folder: pathlib.Path) -> None:
    """The app's files as LocalHost reads them."""
    for function in ROOT.glob("*/function.json"):
        (folder / function.parent.name).mkdir()
        shutil.copy(function, folder / function.parent.name)
    host = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
    host["customHandler"]["description"]["defaultExecutablePath"] = str(common.HANDLER)
    (folder / "host.json").write_text(json.dumps(host), encoding="utf-8")


def number_of(statement: str) -> int:
    return int(common.sql(DATABASE, statement))


def instances(port: int, kills: dict[int, int]) -> list[tuple[int, int]]:
    """Number and process of the instances that may be killed: as the Functions host, LocalHost gives an instance up that ends three times,
    so each is killed twice at the most before LocalHost is started anew."""
    found = json.loads(common.get(f"http://127.0.0.1:{port}/admin/instances"))
    return [(each["instance"], each["processId"]) for each in found if each["processId"] and kills.get(each["instance"], 0) < 2]


def start_run() -> str:
    """A new event makes the next tick start a run."""
    before = number_of("SELECT count(*) FROM batch_jobs WHERE job_type = 'full'")
    common.sql(
        DATABASE,
        "INSERT INTO interactions (event_id, user_key, product_key, interaction_type, value, timestamp) "
        "SELECT 'kill-' || gen_random_uuid(), user_key, product_key, 'purchase', 1, timestamp FROM interactions ORDER BY id DESC LIMIT 1",
    )
    deadline = time.monotonic() + 60
    while number_of("SELECT count(*) FROM batch_jobs WHERE job_type = 'full'") == before:
        if time.monotonic() > deadline:
            raise SystemExit("no tick started a run within a minute")
        time.sleep(0.05)
    return common.sql(DATABASE, "SELECT max(job_id) FROM batch_jobs WHERE job_type = 'full'")


def status(job: str) -> str:
    return common.sql(DATABASE, f"SELECT status FROM batch_jobs WHERE job_id = '{job}'")


def check(job: str) -> None:
    """What a completed run must have left."""
    problems = []
    customers = number_of("SELECT count(DISTINCT user_key) FROM interactions")
    lists = number_of("SELECT count(*) FROM recommendation_cache WHERE generation = (SELECT generation FROM live) AND list = 'discover'")
    if lists != customers:
        problems.append(f"{lists} lists of {customers} customers")
    if number_of("SELECT count(*) FROM batch_quarantine"):
        problems.append("customers are quarantined")
    if number_of("SELECT count(*) FROM live") != 1 or number_of("SELECT count(*) FROM generations WHERE status = 'live'") != 1:
        problems.append("not one live generation")
    if status(job) != "completed":
        problems.append(f"{job} is {status(job)}: " + common.sql(DATABASE, f"SELECT error_message FROM batch_jobs WHERE job_id = '{job}'"))
    if problems:
        raise SystemExit(f"after {job}: {'; '.join(problems)}")


def send(port: int, text: str) -> None:
    """Puts a message on the queue."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/admin/queues/recommendation-chunks", data=text.encode(), method="POST")
    urllib.request.urlopen(request, timeout=10).read()


def flood(port: int, job: str, count: int) -> float:
    """A run with so many messages of its own again and of an earlier run, in any order; seconds until it is completed."""
    began = time.monotonic()
    texts = [json.dumps({"job_id": job})] * count + [json.dumps({"job_id": "job-000001"})] * count
    random.Random(count).shuffle(texts)
    for text in texts:
        send(port, text)
    while status(job) in ("pending", "running"):
        time.sleep(0.02)
    check(job)
    return time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--messages", type=int, default=1_000)
    parser.add_argument("--instances", type=int, default=3)
    parser.add_argument("--users", type=int, default=4_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-report", action="store_true")
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)
    with common.cluster(), tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        script_root(folder)
        url = common.fresh_database(DATABASE)
        environment = common.handler_environment(
            url,
            BLOB_STORAGE=f"file:{folder / 'blob'}",
            ADMIN_API_KEY="of-a-benchmark-and-nothing-else",
            AzureWebJobsStorage="UseDevelopmentStorage=true",
            DISTRIBUTED_ABOVE_USERS="0",
            BATCH_SIZE="20",
            BATCH_LEASE="3",
            RECOMMENDATION_BATCH_INTERVAL="1",
            DATASET_SNAPSHOTS="0",
            AzureFunctionsJobHost__extensions__recommendations__schedule="*/2 * * * * *",
            AzureFunctionsJobHost__extensions__recommendations__activeUsersSchedule="0 0 0 1 1 *",
        )
        common.run(
            common.HANDLER, "seed", "--users", arguments.users, "--products", 400, "--interactions", 40 * arguments.users, env=environment
        )
        port = common.free_port()
        command = [
            LOCAL_HOST, "--script-root", folder, "--port", port, "--state-dir", folder / "state", "--instances", arguments.instances,
        ]
        kills, undisturbed, disturbed = 0, [], []
        probe = f"http://127.0.0.1:{port}/api/health"
        with (folder / "log").open("wb") as log:
            while kills < arguments.kills:
                is_disturbed = 4 * len(undisturbed) > len(disturbed)
                with common.running(command, environment, probe, stdout=log, stderr=subprocess.STDOUT):
                    job = start_run()
                    began, own = time.monotonic(), collections.Counter()
                    due = began + draw.uniform(0, 1)
                    while status(job) in ("pending", "running"):
                        if time.monotonic() - began > 300:
                            raise SystemExit(f"{job} has not ended after five minutes and {own.total()} kills")
                        if is_disturbed and time.monotonic() > due and (living := instances(port, own)):
                            number, process = draw.choice(living)
                            with contextlib.suppress(ProcessLookupError):
                                os.kill(process, signal.SIGKILL)
                                own[number] += 1
                            due = time.monotonic() + draw.uniform(0, 2)
                        time.sleep(0.02)
                    check(job)
                    kills += own.total()
                    (disturbed if own else undisturbed).append(time.monotonic() - began)
                    say(f"{job}: {own.total()} kills, {time.monotonic() - began:.1f} s; {kills} kills so far")
            with common.running(command, environment, probe, stdout=log, stderr=subprocess.STDOUT):
                job = start_run()
                flooded = flood(port, job, arguments.messages)
                count = "SELECT count(*) FROM recommendation_cache WHERE generation = (SELECT generation FROM live)"
                lists = number_of(count)
                while json.loads(common.get(f"http://127.0.0.1:{port}/admin/queues"))["recommendation-chunks"]["length"]:
                    time.sleep(0.1)
                if lists != number_of(count):
                    raise SystemExit("late messages have changed lists")
        text = (
            f"{kills} kills of {arguments.instances} instances in {len(disturbed)} runs over {arguments.users:,} customers in chunks of 20: every "
            f"run completed, every customer has one list of each kind, nobody is quarantined. A run took "
            f"{statistics.median(undisturbed):.1f} s without a kill (median of {len(undisturbed)}), {statistics.median(disturbed):.1f} s with "
            f"(median), {max(disturbed):.1f} s at most; a claim lasts 3 s here, 60 s by default, and ticks come every 2 s. "
            f"With {arguments.messages:,} messages of its own and as many of a run that was over, in any order, a run took {flooded:.1f} s "
            "to send and complete, and changed nothing else."
        )
        if arguments.no_report:
            say(text)
        else:
            common.write_section("kills", f"{common.machine()}\n\n{text}")


if __name__ == "__main__":
    main()
