"""What every benchmark shares: a private PostgreSQL, the Python peers, the built handler, and where the figures go."""

import contextlib
import datetime
import os
import pathlib
import platform
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
HANDLER = ROOT / ".build" / "release" / "FunctionHandler"
MEASUREMENTS = ROOT / ".build" / "release" / "Measurements"
CLUSTER = LOCAL / "bench-postgres"
REPORT = ROOT / "docs" / "benchmarks.md"
PEERS = LOCAL / "peers-venv"


def say(text: str) -> None:
    print(text, flush=True)


def run(*command: object, **options) -> str:
    """Output of a command; its error output goes to the terminal, a failure ends the benchmark."""
    finished = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, cwd=ROOT, **options)
    if finished.returncode != 0:
        sys.exit(f"{command[0]} ended with status {finished.returncode}")
    return finished.stdout.strip()


# --- PostgreSQL ---------------------------------------------------------------------------------------


def postgres(*arguments: object) -> str:
    command, *rest = arguments
    return run(ROOT / "scripts" / "postgres.sh", command, CLUSTER, *rest)


def sql(database: str, statement: str) -> str:
    """A statement as the superuser; rows as text, columns by |."""
    return postgres("sql", database, statement)


@contextlib.contextmanager
def cluster() -> Iterator[None]:
    """The benchmarks' own server, durable as a real one, stopped at the end."""
    postgres("start")
    try:
        yield
    finally:
        postgres("stop")


def fresh_database(name: str) -> str:
    """An empty, migrated database; its URI as the owner."""
    if sql("postgres", f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
        sql("postgres", f'DROP DATABASE "{name}" WITH (FORCE)')
    postgres("database", name)
    url = postgres("url", name)
    run(HANDLER, "migrate", env=handler_environment(url))
    return url


def programs() -> pathlib.Path:
    """Folder of pgbench and psql of the newest server."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else pathlib.Path("/usr/bin")


# --- Python peers ------------------------------------------------------------------------------------


def install_peers() -> None:
    """The peers' virtual environment with exactly what Benchmarks/peers/requirements.txt names."""
    lines = (ROOT / "Benchmarks" / "peers" / "requirements.txt").read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    run(ROOT / "scripts" / "python-venv.sh", "peers", *wanted)


def continue_in_peers_environment() -> None:
    """Starts this script again on the peers' Python, unless it runs there."""
    if pathlib.Path(sys.prefix) != PEERS:
        install_peers()
        python = PEERS / "bin" / "python"
        os.execv(python, [str(python), *sys.argv])


# --- the handler --------------------------------------------------------------------------------------


def handler_environment(url: str, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": url,
        "BLOB_STORAGE": f"file:{LOCAL / 'bench-blob'}",
        "AUTH_MODE": "demo",
        "LOG_LEVEL": "warning",
        "CACHE_TTL": "86400",
        **more,
    }


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def get(url: str, timeout: float = 5) -> bytes:
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return answer.read()


def wait_until_answers(url: str, process: subprocess.Popen, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            get(url)
            return
        except OSError as error:
            if process.poll() is not None:
                sys.exit(f"{process.args[0]} ended with status {process.returncode}")
            if time.monotonic() > deadline:
                sys.exit(f"{url} does not answer: {error}")
            time.sleep(0.05)


@contextlib.contextmanager
def running(command: list[object], environment: dict[str, str], probe: str, **options) -> Iterator[subprocess.Popen]:
    """A server for as long as the block lasts."""
    process = subprocess.Popen([str(part) for part in command], env=environment, start_new_session=True, **options)
    try:
        wait_until_answers(probe, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def resident_megabytes(pid: int, field: str = "VmRSS") -> float:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    return 0


def process_tree(pid: int) -> list[int]:
    """A process and everything it started."""
    tree = [pid]
    for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            tree += process_tree(int(child))
    return tree


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of these processes so far."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError):
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


# --- figures ------------------------------------------------------------------------------------------


def spread(values: list[float], digits: int = 0) -> str:
    """Median with smallest and largest: `8,120 (7,990–8,300)`."""
    form = f",.{digits}f"
    return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def machine(with_server: bool = True) -> str:
    """Where and when, with the version of the running PostgreSQL unless none is part of the measurement."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) / 1024 / 1024
    load = os.getloadavg()[0]
    today = datetime.date.today().isoformat()
    server = f", PostgreSQL {sql('postgres', 'SHOW server_version').split()[0]}" if with_server else ""
    return (
        f"{today}, commit {run('git', 'rev-parse', '--short', 'HEAD')}, {os.cpu_count()} × {cpu}, {memory:.0f} GB"
        f"{server}; load average before the run {load:.1f}"
    )


def write_section(name: str, text: str, report: pathlib.Path = REPORT) -> None:
    """Replaces one section of docs/benchmarks.md or another report, between two comments that name it."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    document = report.read_text(encoding="utf-8")
    if begin not in document or end not in document:
        sys.exit(f"{report} has no section '{name}'")
    head, rest = document.split(begin, 1)
    tail = rest.split(end, 1)[1]
    report.write_text(f"{head}{begin}\n{text.strip()}\n{end}{tail}", encoding="utf-8")
    say(text)
