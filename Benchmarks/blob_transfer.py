#!/usr/bin/env python3
"""How fast `FunctionHandler blob put` and `blob get` move one large blob, beside the curl program on the same server.

    Benchmarks/blob_transfer.py [--megabytes 1024] [--rounds 5] [--no-report]

The server is the test suite's Blob double on loopback, in release mode: no network and no disk is involved, so that
only the client's own cost is measured. curl sends the file in one Put Blob and reads it in one Get Blob, without checksums; ours sends
blocks and reads ranges, each under its CRC-64, and keeps what a blob needs to be resumed. Both read from and write to a file in memory.
The two alternate.
"""

import argparse
import base64
import contextlib
import datetime
import hashlib
import hmac
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator

import common
from common import HANDLER, LOCAL, ROOT, say

DOUBLE = ROOT / ".build" / "release" / "BlobDouble"
CONTAINER = "bench"


@contextlib.contextmanager
def double() -> Iterator[str]:
    """The server for as long as the block lasts; its connection string."""
    process = subprocess.Popen([str(DOUBLE), "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline().strip()
        found = re.search(r"DefaultEndpointsProtocol=\S+", line)
        if not found:
            sys.exit(f"the Blob double did not start: {line}")
        yield found.group()
    finally:
        process.terminate()
        process.wait(timeout=20)


def account_sas(settings: dict[str, str]) -> str:
    """A SAS for everything in the account, for an hour: what curl shows the server."""
    expiry = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    fields = {"sp": "rwdlac", "ss": "b", "srt": "sco", "se": expiry, "sv": "2023-11-03"}
    order = [settings["AccountName"], fields["sp"], fields["ss"], fields["srt"], "", expiry, "", "", fields["sv"], ""]
    key = base64.b64decode(settings["AccountKey"])
    text = "".join(f"{field}\n" for field in order)
    fields["sig"] = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
    return urllib.parse.urlencode(fields)


def timed(command: list[object], environment: dict[str, str] | None = None) -> tuple[float, float]:
    """Seconds and peak resident megabytes of a command that must succeed."""
    began = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status != 0:
        sys.exit(f"{' '.join(str(part) for part in command[:3])} ended with status {status}")
    return seconds, usage.ru_maxrss / 1024


def same(left: pathlib.Path, right: pathlib.Path) -> None:
    if subprocess.run(["cmp", "--silent", str(left), str(right)]).returncode != 0:
        sys.exit(f"{left.name} and {right.name} differ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1024, help="MiB of the blob")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-report", action="store_true", help="print only, leave docs/benchmarks.md as it is")
    options = parser.parse_args()

    where = common.machine(with_server=False)
    common.run("swift", "build", "--configuration", "release", "--product", "BlobDouble")
    # In memory where the system has such a folder: a disk that is busy with the last round's file would be measured instead.
    memory = pathlib.Path("/dev/shm")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-blob-", dir=memory if memory.is_dir() else LOCAL))
    source, copy = folder / "blob.bin", folder / "copy.bin"
    with source.open("wb") as file:
        for _ in range(options.megabytes):
            file.write(os.urandom(1 << 20))
    size = options.megabytes << 20
    rates: dict[str, list[float]] = {key: [] for key in ("ours up", "curl up", "ours down", "curl down")}
    peaks: list[float] = []
    with double() as connection:
        settings = dict(part.split("=", 1) for part in connection.split(";") if part)
        environment = {
            "PATH": os.environ["PATH"],
            "BLOB_STORAGE": connection,
            "BLOB_CONTAINER": CONTAINER,
        }
        sas = account_sas(settings)
        url = f"{settings['BlobEndpoint'].rstrip('/')}/{CONTAINER}/curl.bin?{sas}"
        curl = ["curl", "--silent", "--show-error", "--fail", "--header", "x-ms-version: 2023-11-03"]
        put = [*curl, "--upload-file", source, "--header", "x-ms-blob-type: BlockBlob", "--header", "Expect:", url]
        # The container is there before curl writes into it.
        _, idle = timed([HANDLER, "blob", "put", pathlib.Path(__file__), "small"], environment)
        for number in range(1, options.rounds + 1):
            seconds, peak = timed([HANDLER, "blob", "put", source, "ours.bin"], environment)
            rates["ours up"].append(size / seconds / 1e6)
            peaks.append(peak)
            rates["curl up"].append(size / timed(put)[0] / 1e6)
            copy.unlink(missing_ok=True)
            seconds, peak = timed([HANDLER, "blob", "get", "ours.bin", copy], environment)
            rates["ours down"].append(size / seconds / 1e6)
            peaks.append(peak)
            same(source, copy)
            copy.unlink()
            rates["curl down"].append(size / timed([*curl, "--output", copy, url])[0] / 1e6)
            same(source, copy)
            timed([HANDLER, "blob", "rm", "ours.bin"], environment)
            say(f"round {number}: " + ", ".join(f"{key} {values[-1]:,.0f} MB/s" for key, values in rates.items()))
    shutil.rmtree(folder)

    def share(way: str) -> str:
        ratios = [mine / theirs for mine, theirs in zip(rates[f"ours {way}"], rates[f"curl {way}"])]
        return f"{statistics.median(ratios):.0%} ({min(ratios):.0%}–{max(ratios):.0%})"

    text = f"""{where}.

One blob of {options.megabytes:,} MiB, {options.rounds} rounds taking turns; median (smallest–largest).

| MB/s | `FunctionHandler blob` | `curl` | ratio |
|---|---|---|---|
| up | {common.spread(rates['ours up'])} | {common.spread(rates['curl up'])} | **{share('up')}** |
| down | {common.spread(rates['ours down'])} | {common.spread(rates['curl down'])} | **{share('down')}** |

Peak memory {max(peaks):.0f} MB, against {idle:.0f} MB for a blob of a few kilobytes."""
    if options.no_report:
        say(text)
    else:
        common.write_section("blob-transfer", text)


if __name__ == "__main__":
    main()
