"""One side of a comparison: a process that has its data in memory and runs on request."""

import json
import os
import pathlib
import subprocess
import sys

import common
from common import MEASUREMENTS, ROOT

PEERS = ROOT / "Benchmarks" / "peers" / "models.py"
THREADS = 2


class NotBuilt(Exception):
    """There is no such measurement."""


class Side:
    """Started, loaded and waiting. Memory is counted from then on: the peak is set back to what the data take."""

    def __init__(self, command: list[object], environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment},
        )  # fmt: skip
        ready = self._read()
        if "error" in ready:
            self.process.wait()
            raise NotBuilt(ready["error"])
        # 5 sets VmHWM to VmRSS; see proc_pid_clear_refs(5).
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
        self.loaded = common.resident_megabytes(self.process.pid)

    def ask(self, command: str) -> dict:
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self._read()

    def _read(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            status = self.process.wait()
            sys.exit(f"{' '.join(self.process.args)} ended with status {status}")
        return json.loads(line)

    @property
    def peak(self) -> float:
        """Highest resident megabytes since the data were in memory."""
        return common.resident_megabytes(self.process.pid, "VmHWM")

    def __enter__(self) -> "Side":
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            try:
                self.process.stdin.write("quit\n")
                self.process.stdin.close()
                self.process.wait(timeout=20)
            except (OSError, subprocess.TimeoutExpired):
                self.process.kill()
                self.process.wait()


def peer(name: str, data: pathlib.Path | None, blas_threads: int = THREADS) -> Side:
    """A Python peer with two threads."""
    # implicit's own advice on the layout of what it makes itself is not for us.
    environment = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore", **peer_threads(blas_threads)}
    return Side([sys.executable, PEERS, name, *_data(data)], environment)


def peer_threads(blas_threads: int) -> dict[str, str]:
    return {"OMP_NUM_THREADS": str(THREADS), "OPENBLAS_NUM_THREADS": str(blas_threads)}


def ours(name: str, data: pathlib.Path | None, workers: int = THREADS) -> Side:
    """Our measurement of the same name."""
    return Side([MEASUREMENTS, "model", name, *_data(data), "--workers", workers], {})


def _data(data: pathlib.Path | None) -> list[object]:
    return ["--data", data] if data else []
