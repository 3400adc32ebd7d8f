#!/usr/bin/env python3
"""Checks `make run` and `make clean` from the outside, in a separate folder with a blank in its path.

The folder holds the project's scripts and function app; only building is replaced, by links to the debug programs that
`make test` has built. The shop is a tiny one. Every check is printed; the first that fails ends the test with the programs'
output, and everything that was started is stopped.
"""
import contextlib
import fcntl
import os
import pathlib
import pty
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PROJECT = pathlib.Path(__file__).resolve().parents[2]
READY = "Ctrl-C stops everything."
DEADLINE = 600  # seconds for one step: a bound on hanging, not an expectation

BUILD = """#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .build/release
for product in FunctionHandler LocalHost; do ln -sf "{programs}/$product" ".build/release/$product"; done
"""


class Failed(Exception):
    pass


def check(what, holds, said=""):
    print(f"  {'ok  ' if holds else 'FAIL'}  {what}", flush=True)
    if not holds:
        raise Failed(f"{what}\n{said}")


def wait_for(what, condition, said=lambda: ""):
    deadline = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > deadline:
            check(f"within {DEADLINE} s: {what}", False, said())
        time.sleep(0.05)
    check(what, True)


def free_port():
    # Below 32768, where the kernel takes the ports of outgoing connections from.
    while True:
        port = random.randrange(20000, 32768)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Shop:
    """The folder and what is asked of make in it."""

    def __init__(self, root):
        self.root = root
        self.environment = {k: v for k, v in os.environ.items() if k not in ("PORT", "DATA", "PRODUCTS", "INTERACTIONS")}
        self.environment.pop("MAKEFLAGS", None)
        for name in ("scripts", "GenerateRecommendations", "RefreshActiveUsers", "HttpApi"):
            shutil.copytree(PROJECT / name, root / name, ignore=shutil.ignore_patterns("tests"))
        made = shutil.ignore_patterns("node_modules", "dist", "tests")
        shutil.copytree(PROJECT / "frontend", root / "frontend", ignore=made)
        for name in ("Makefile", "host.json", "local.settings.sample.json"):
            shutil.copy(PROJECT / name, root / name)
        programs = (PROJECT / ".build/debug").resolve()
        (root / "scripts/build.sh").write_text(BUILD.format(programs=programs))
        self.write_data()

    def write_data(self):
        products = "".join(f"p-{n},Red lamp {n},A lamp,Kitchen,{n + 5}.50\n" for n in range(30))
        (self.root / "my products.csv").write_text("product_id,name,description,category,price\n" + products)
        lines = [
            f"user-{user},p-{(user * 7 + step * step) % 30},purchase,1,2024-05-{step + 1:02}T10:00:00Z,o-{user}-{step}\n"
            for user in range(20)
            for step in range(8)
        ]
        header = "user_id,product_id,interaction_type,value,timestamp,order_id\n"
        (self.root / "interactions.csv").write_text(header + "".join(lines))
        (self.root / "broken.csv").write_text("this,is,no,order\n1,2,3,4\n")

    SHOP = ("PRODUCTS=my products.csv", "INTERACTIONS=interactions.csv")

    def make(self, *words):
        """Runs make to its end; (exit status, what it said)."""
        done = subprocess.run(
            ["make", *words], cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=DEADLINE, check=False,
        )
        return done.returncode, done.stdout

    def postgres(self, command):
        done = subprocess.run(
            ["scripts/postgres.sh", command, ".local/postgres"], cwd=self.root, env=self.environment, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        return done.returncode

    def processes(self):
        """Every process that works in the folder: name and id."""
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                folder = os.readlink(entry / "cwd")
                if folder == str(self.root) or folder.startswith(f"{self.root}/"):
                    found.append(((entry / "comm").read_text().strip(), int(entry.name)))
        return found

    def check_stopped(self):
        wait_for("no process works in the folder any more", lambda: not self.processes(), lambda: str(self.processes()))
        check("PostgreSQL is stopped", self.postgres("status") == 3)


class Run:
    """A `make run` that goes on, with what it said."""

    def __init__(self, shop, *words, terminal=False):
        self.shop = shop
        self.log = shop.root.parent / "run.log"
        self.master = None
        command = ["make", "run", *words]
        if terminal:
            pid, self.master = pty.fork()
            if pid == 0:
                os.chdir(shop.root)
                # As in a real terminal the session's leader is a shell: the hang-up reaches the others when it ends.
                os.execvpe("sh", ["sh", "-c", '"$@"; exit $?', "sh", *command], shop.environment)
            self.pid, self.process = pid, None
            self.said_on_terminal = ""
            os.set_blocking(self.master, False)
        else:
            with open(self.log, "w", encoding="utf-8") as log:
                self.process = subprocess.Popen(
                    command, cwd=shop.root, env=shop.environment, stdin=subprocess.DEVNULL, stdout=log,
                    stderr=subprocess.STDOUT, start_new_session=True,
                )
            self.pid = self.process.pid

    def said(self):
        if self.master is None:
            return self.log.read_text(encoding="utf-8", errors="replace")
        with contextlib.suppress(OSError):
            self.said_on_terminal += os.read(self.master, 65536).decode(errors="replace")
        return self.said_on_terminal

    def has_ended(self):
        if self.process is not None:
            return self.process.poll() is not None
        return os.waitpid(self.pid, os.WNOHANG)[0] == self.pid

    def wait_until_ready(self):
        def is_ready():
            if READY in self.said():
                return True
            if self.has_ended():
                raise Failed(f"make run ended before it was ready\n{self.said()}")
            return False

        wait_for("make run comes up", is_ready, self.said)

    def script(self):
        """The process id of run.sh itself."""
        for _, pid in self.shop.processes():
            with contextlib.suppress(OSError):
                if b"scripts/run.sh" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
                    if os.readlink(f"/proc/{pid}/exe").endswith("bash"):
                        return pid
        raise Failed("no run.sh is running")


def refusals_before_anything(shop, port):
    print("what is refused at once")
    for wrong in ("0", "65536", "000", "7x71", "99999999999999999999"):
        status, said = shop.make("run", f"PORT={wrong}")
        check(f"PORT={wrong} is refused", status != 0 and "PORT must be a number from 1 to 65535" in said, said)
    status, said = shop.make("run", "DATA=missing.csv")
    check("a file that is not there is named", status != 0 and "DATA=" in said and "missing.csv cannot be read" in said, said)
    check("nothing was made", not (shop.root / ".local").exists())
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        status, said = shop.make("run", f"PORT={port}")
        named = f"port {port} is taken by" in said and f"(pid {os.getpid()})" in said
        check("an occupied port is named with its owner", status != 0 and named, said)


def banner(shop, said, port):
    url = f"http://127.0.0.1:{port}"
    check("the banner has the URLs", f"{url}/api" in said and f"{url}/api/health/ready" in said, said)
    check("and a sample user", re.search(r"Sample user\s+user-\d+", said) is not None, said)
    lines = re.findall(r"^\s*(curl .*?)\s*$", said, re.MULTILINE)
    check("and three curl lines", len(lines) == 3, said)
    for line in lines:
        answer = subprocess.run(
            ["bash", "-c", line.replace("curl ", "curl --silent --show-error --fail --max-time 30 ", 1)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )
        check(f"pasted, it answers: {line.replace(url, '…')}", answer.returncode == 0, answer.stdout)
    page = subprocess.run(
        ["curl", "--silent", "--fail", "--max-time", "30", "--dump-header", "-", f"{url}/products"], stdout=subprocess.PIPE,
        text=True, check=False,
    )
    is_shop = '<div id="root">' in page.stdout and "content-security-policy: default-src 'self'" in page.stdout.lower()
    check("the built storefront is served with its security policy", page.returncode == 0 and is_shop, page.stdout)
    mode = (shop.root / "local.settings.json").stat().st_mode & 0o777
    check("local.settings.json is for its owner alone", mode == 0o600, oct(mode))


def second_start(shop, port):
    print("a second start")
    for words in ([], [f"PORT={port}"], shop.SHOP):
        status, said = shop.make("run", *words)
        found = status == 0 and "The shop is running already." in said and "Sample user" in said
        check(f"make run {' '.join(words)} finds the first", found, said)
    status, said = shop.make("run", f"PORT={free_port()}")
    check("another PORT is refused", status != 0 and f"on port {port}" in said, said)
    status, said = shop.make("run", "DATA=broken.csv")
    check("other DATA is refused", status != 0 and "with my products.csv and interactions.csv" in said, said)
    status, said = shop.make("clean")
    check("make clean is refused", status != 0 and "'make run' is running" in said, said)


def first_run(shop, port):
    print("make run, then kill")
    run = Run(shop, f"PORT=00{port}", *shop.SHOP)
    run.wait_until_ready()
    banner(shop, run.said(), port)
    second_start(shop, port)
    os.kill(run.script(), signal.SIGTERM)
    wait_for("SIGTERM ends it", run.has_ended, run.said)
    check("with status 0", run.process.returncode == 0, run.said())
    shop.check_stopped()


def closed_terminal(shop, port):
    print("make run, killed with SIGKILL; again, in a terminal that is closed")
    killed = Run(shop, f"PORT={port}", *shop.SHOP)
    killed.wait_until_ready()
    check("the data was there from the first run", "loaded before" in killed.said(), killed.said())
    os.kill(killed.script(), signal.SIGKILL)
    wait_for("make has ended", killed.has_ended)
    run = Run(shop, f"PORT={port}", *shop.SHOP, terminal=True)
    run.wait_until_ready()
    check("the LocalHost that was left behind is stopped", "Stopping the LocalHost" in run.said(), run.said())
    os.close(run.master)
    wait_for("closing the terminal ends it", run.has_ended)
    shop.check_stopped()


def clean_and_again(shop, port):
    print("make clean, make run, Ctrl-C with a reader that ends first")
    with open(shop.root / ".local/test.lock", "a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        status, said = shop.make("clean")
        check("beside make test it is refused", status != 0 and "'make test' is running" in said, said)
    status, said = shop.make("clean")
    is_deleted = not (shop.root / ".local").exists() and not (shop.root / ".build").exists()
    is_deleted = is_deleted and not (shop.root / "frontend/dist").exists()
    check("make clean deletes .build, .local and the built frontend", status == 0 and is_deleted, said)

    reading, writing = os.pipe()
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}", *shop.SHOP], cwd=shop.root, env=shop.environment, stdin=subprocess.DEVNULL,
        stdout=writing, stderr=subprocess.STDOUT, start_new_session=True,
    )
    os.close(writing)
    said = ""
    while READY not in said:
        text = os.read(reading, 65536).decode(errors="replace")
        if not text:
            raise Failed(f"make run ended before it was ready\n{said}")
        said += text
    check("it runs again, on new databases", True)
    os.close(reading)
    os.killpg(process.pid, signal.SIGINT)
    wait_for("Ctrl-C ends it", lambda: process.poll() is not None)
    shop.check_stopped()


def failed_load(shop, port):
    print("a load that fails, with a PostgreSQL server that was running before")
    settings = shop.root / "local.settings.json"
    before = settings.read_text()
    check("PostgreSQL is started", shop.postgres("start") == 0)
    status, said = shop.make("run", f"PORT={port}", "DATA=broken.csv")
    check("the file is refused", status != 0 and "the data was not loaded" in said, said)
    check("the settings stay on the database that is loaded", settings.read_text() == before)
    settings.write_text(re.sub(r'"postgresql://[^"]*"', '"postgresql://me:secret@db.example/shop"', before))
    status, said = shop.make("run", f"PORT={port}", *shop.SHOP)
    check("settings with another database are not changed", status != 0 and "did not create" in said, said)
    check("PostgreSQL still runs", shop.postgres("status") == 0)
    data = os.path.realpath(shop.root / ".local/postgres/data")
    status, said = shop.make("clean")
    check("make clean stops it and deletes its data", status == 0 and not os.path.exists(data), said)
    check("local.settings.json stays", settings.exists())
    wait_for("no process is left", lambda: not shop.processes(), lambda: str(shop.processes()))


def end(number, _):
    raise SystemExit(128 + number)


def main():
    # Whoever started this may ignore some of these, and what is ignored would be inherited; a handler is not.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, end)
    with tempfile.TemporaryDirectory(prefix="make run ") as folder:
        root = pathlib.Path(folder).resolve() / "the shop"
        root.mkdir()
        shop = Shop(root)
        port = free_port()
        try:
            refusals_before_anything(shop, port)
            first_run(shop, port)
            closed_terminal(shop, port)
            clean_and_again(shop, port)
            failed_load(shop, port)
        except (Failed, subprocess.TimeoutExpired) as failure:
            print(f"\nmake run and make clean: {failure}", file=sys.stderr)
            return 1
        finally:
            for _, pid in shop.processes():
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            if (root / ".local/postgres").exists():
                subprocess.run([root / "scripts/postgres.sh", "remove", root / ".local/postgres"], check=False)
    print("make run and make clean: all of it holds")
    return 0


sys.exit(main())
