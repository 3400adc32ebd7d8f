#!/usr/bin/env python3
"""A real shop's orders, end to end: import, one batch invocation, and how good the lists are.

    Benchmarks/online_retail.py FILE [--rounds 3] [--no-report]

FILE is the UCI "Online Retail" data as CSV, plain or gzip. Each round starts with an empty database: time and peak memory of
`FunctionHandler import`, then the time of one timer invocation from POST to reply, straight at a handler that has just
started. The evaluation is `FunctionHandler evaluate`.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
import urllib.request

import common
from common import HANDLER, say

DATABASE = "bench_retail"


def import_file(url: str, file: pathlib.Path) -> tuple[float, float, str]:
    """Seconds, peak megabytes and the summary that it prints."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [HANDLER, "import", "--format", "online-retail", file],
        env=common.handler_environment(url), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    summary = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"the import ended with status {process.returncode}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024, summary


def invoke(url: str) -> tuple[float, float, str]:
    """Seconds from POST to reply of a timer invocation, peak megabytes of the handler, and its reply."""
    port = common.free_port()
    environment = common.handler_environment(url, FUNCTIONS_CUSTOMHANDLER_PORT=str(port))
    body = {
        "Data": {"timer": {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": None, "IsPastDue": False}},
        "Metadata": {"timer": "{}", "sys": {"MethodName": "GenerateRecommendations"}},
    }
    with common.running([HANDLER], environment, f"http://127.0.0.1:{port}/", stdout=subprocess.DEVNULL) as process:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/GenerateRecommendations",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "X-Azure-Functions-InvocationId": "benchmark"},
        )
        began = time.perf_counter()
        with urllib.request.urlopen(request, timeout=600) as answer:
            reply = answer.read().decode()
        seconds = time.perf_counter() - began
        return seconds, common.resident_megabytes(process.pid, "VmHWM"), reply


def evaluate(file: pathlib.Path, url: str, *options: str) -> str:
    """The table, with the file's name instead of its path."""
    table = common.run(HANDLER, "evaluate", "--online-retail", file, *options, env=common.handler_environment(url))
    return table.replace(str(file), file.name).strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-report", action="store_true", help="print only, leave docs/benchmarks.md as it is")
    options = parser.parse_args()
    file = options.file.resolve()
    if not file.is_file():
        sys.exit(f"{options.file} is not a file")

    imports, import_memory, batches, batch_memory = [], [], [], []
    with common.cluster():
        where = common.machine()
        for number in range(1, options.rounds + 1):
            url = common.fresh_database(DATABASE)
            seconds, memory, summary = import_file(url, file)
            imports.append(seconds)
            import_memory.append(memory)
            seconds, memory, reply = invoke(url)
            batches.append(seconds)
            batch_memory.append(memory)
            lists = common.sql(DATABASE, "SELECT list_count FROM live JOIN generations USING (generation)")
            if not lists:
                sys.exit(f"no generation went live; the invocation replied: {reply}")
            say(f"round {number}: import {imports[-1]:.2f} s, batch {batches[-1]:.2f} s, {lists} lists")
        began = time.perf_counter()
        evaluation = evaluate(file, url)
        evaluated = time.perf_counter() - began
        repeats = evaluate(file, url, "--repeats", "allowed")
        common.sql("postgres", f'DROP DATABASE "{DATABASE}" WITH (FORCE)')

    text = f"""{where}.

`{file.name}`, {options.rounds} rounds from an empty database; median (smallest–largest).

| | seconds | peak MB |
|---|---|---|
| `FunctionHandler import --format online-retail` | {common.spread(imports, 2)} | {statistics.median(import_memory):.0f} |
| timer invocation, POST to reply: fit, {int(lists):,} lists, flip | {common.spread(batches, 2)} | {statistics.median(batch_memory):.0f} |

What the import says:

```
{summary.strip()}
```

`FunctionHandler evaluate` ({evaluated:.1f} s), global temporal 80/20 split, new products only, full ranking:

```
{evaluation}
```

The same with `--repeats allowed`:

```
{repeats}
```"""
    if options.no_report:
        say(text)
    else:
        common.write_section("online-retail", text)


if __name__ == "__main__":
    main()
