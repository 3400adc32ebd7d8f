"""A shop for the tests: the real handler under LocalHost, on a database of its own, with the built frontend."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

PROJECT = pathlib.Path(__file__).resolve().parents[3]
PROGRAMS = PROJECT / ".build/debug"
ADMIN_KEY = "browser-tests-admin-key"
DEADLINE = 120  # seconds: bounds hanging, is no expectation
SMALL = ["--users", "150", "--products", "240", "--interactions", "12000"]


def psql(url, statement):
    program = shutil.which("psql") or str(next(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql")))
    done = subprocess.run([program, url, "-qtAc", statement], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


class Relay:
    """Passes connections on to PostgreSQL, until it is told to cut them."""

    def __init__(self, host, port):
        self.target = (host, port)
        self.is_cut = False
        self.sockets = set()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            if self.is_cut:
                client.close()
                continue
            try:
                upstream = socket.create_connection(self.target)
            except OSError:
                client.close()
                continue
            self.sockets |= {client, upstream}
            for source, sink in ((client, upstream), (upstream, client)):
                threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    def pump(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            self.sockets.discard(end)
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def cut(self):
        self.is_cut = True
        for end in list(self.sockets):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self):
        self.is_cut = False


class Shop:
    def __init__(self, admin_url):
        self.admin_url = admin_url
        self.name = f"browser_{uuid.uuid4().hex[:12]}"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="browser-shop-"))
        self.log = self.folder / "log"
        self.process = None
        parts = urllib.parse.urlsplit(admin_url)
        self.relay = Relay(parts.hostname, parts.port or 5432)
        psql(admin_url, f"CREATE DATABASE {self.name}")
        netloc = f"{parts.username}:{parts.password}@127.0.0.1:{self.relay.port}"
        self.database_url = urllib.parse.urlunsplit((parts.scheme, netloc, f"/{self.name}", parts.query, ""))
        self.environment = {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "BLOB_STORAGE": f"file:{self.folder}/blob",
            "ADMIN_API_KEY": ADMIN_KEY,
            "AUTH_MODE": "demo",
            "AzureWebJobsStorage": "UseDevelopmentStorage=true",
            # Once a year: lists change only when a test makes them.
            "AzureFunctionsJobHost__extensions__recommendations__schedule": "0 0 0 1 1 *",
            "AzureFunctionsJobHost__extensions__recommendations__activeUsersSchedule": "0 0 0 1 1 *",
        }

    def command(self, *arguments):
        done = subprocess.run(
            [PROGRAMS / "FunctionHandler", *arguments], env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=600, check=False,
        )
        assert done.returncode == 0, f"FunctionHandler {' '.join(arguments)}\n{done.stdout}"

    def start(self):
        self.command("migrate")
        self.command("seed", *SMALL)
        # The made-up year is over; here it ends now, so that "this week" has something in it.
        self.sql(
            "UPDATE interactions SET timestamp = timestamp + (SELECT date_trunc('second', now() - max(timestamp)) FROM interactions)"
        )
        self.command("generate")
        for function in PROJECT.glob("*/function.json"):
            shutil.copytree(function.parent, self.folder / function.parent.name)
        host = (PROJECT / "host.json").read_text(encoding="utf-8")
        handler = str((PROGRAMS / "FunctionHandler").resolve())
        (self.folder / "host.json").write_text(host.replace(".build/release/FunctionHandler", handler), encoding="utf-8")
        (self.folder / "frontend").mkdir()
        (self.folder / "frontend/dist").symlink_to(PROJECT / "frontend/dist")
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [PROGRAMS / "LocalHost", "--script-root", self.folder, "--port", "0", "--state-dir", self.folder / "state"],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )
        self.url = self.wait_for_url()
        deadline = time.monotonic() + DEADLINE
        while self.get("/health/ready")[0] != 200:
            assert time.monotonic() < deadline, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)

    def wait_for_url(self):
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(r"http://127\.0\.0\.1:\d+", self.log.read_text(encoding="utf-8", errors="replace"))
            if found:
                return found.group()
            time.sleep(0.05)
        raise AssertionError(f"LocalHost did not start\n{self.log.read_text(encoding='utf-8')}")

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.relay.cut()
        self.relay.server.close()
        psql(self.admin_url, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- calls of the API, as an administrator ---

    def call(self, method, path, body=None, headers=None):
        request = urllib.request.Request(
            f"{self.url}/api{path}", method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"X-Admin-Key": ADMIN_KEY, "Content-Type": "application/merge-patch+json" if method == "PATCH" else "application/json",
                     **(headers or {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            return 0, str(error)

    def get(self, path):
        return self.call("GET", path)

    def sql(self, statement):
        return psql(self.admin_url.rsplit("/", 1)[0] + f"/{self.name}", statement)

    def set_price(self, product, change):
        """Changes a price and waits until the shop says so; returns the price before."""
        request = urllib.request.Request(f"{self.url}/api/products/{product}")
        with urllib.request.urlopen(request, timeout=30) as answer:
            tag, before = answer.headers["ETag"], json.loads(answer.read())["price"]
        wanted = round(change(before), 2)
        status, answer = self.call("PATCH", f"/products/{product}", {"price": wanted}, {"If-Match": tag})
        assert status == 200, answer
        self.until(lambda: self.get(f"/products/{product}")[1]["price"] == wanted, "the price is seen")
        return before

    def until(self, condition, what):
        deadline = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < deadline, f"not within {DEADLINE} s: {what}"
            time.sleep(0.05)

    def newcomer(self):
        """A customer without any history."""
        user = f"new-{uuid.uuid4().hex[:10]}"
        status, answer = self.call("POST", "/users", {"user_id": user, "display_name": "Nora Newcomer"})
        assert status == 201, answer
        return user

    def regular(self, place=0):
        """A customer with many orders; each place is another one."""
        return self.sql(
            "SELECT u.user_id FROM users u JOIN interactions i ON i.user_key = u.id WHERE i.interaction_type = 'purchase' "
            f"GROUP BY u.user_id ORDER BY count(*) DESC, u.user_id LIMIT 1 OFFSET {place}"
        )

    def regular_whose_list_says(self, words, count=8):
        """A regular with a reason that begins with these words among the first `count` of the list: which one has, models decide."""
        for place in range(20):
            user = self.regular(place)
            status, answer = self.get(f"/recommendations/{user}?limit={count}")
            assert status == 200, answer
            if any(item["reason"].startswith(words) for item in answer["items"]):
                return user
        raise AssertionError(f"nobody's list says {words}")
