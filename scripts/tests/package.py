#!/usr/bin/env python3
"""Packs twice and compares the bytes, then runs the package where nothing else is: in a root folder with the unpacked zip, /dev, /proc
and a new /tmp, by the command of the packaged host.json. Needs a release build, and root or user namespaces (unshare).

  scripts/tests/package.py [--programs .build/release] [--commit TEXT] [--end-to-end]

With RECSHOP_TEST_DATABASE_URL (see CONTRIBUTING.md) the handler also migrates, fills and serves a database there, with its files in
the Blob double; with LocalHost among the programs, the stand-in for the host serves the unpacked folder, and as root a batch of it runs
in the root folder too. With --end-to-end the end-to-end tests of the Swift package run against the packaged handler: what is built for
tests is then needed (`swift build --build-tests`), and root. Database, double, LocalHost and tests are outside of the root folder.
Nothing here is Azure.
"""
import argparse
import http.client
import json
import os
import pathlib
import re
import shlex
import shutil
import socket
import stat
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import zipfile

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
SCRIPT_ROOT = "/home/site/wwwroot"
#: Paths that a package may have. Whatever else appears in it is a mistake.
ALLOWED = re.compile(
    r"host\.json|[A-Z]\w+/function\.json|bin/FunctionHandler|lib/[\w.+-]+|certs/roots\.pem|licenses/[\w.+-]+\.txt"
    r"|swagger-ui/(swagger-ui\.css|swagger-ui-bundle\.js|version\.txt)"
)
#: Ends a wait for something that hangs; nothing is expected to take this long.
DEADLINE = 60
#: Times that the handler is started for the median of its first answer.
STARTS = 15
#: Runs a command in the root folder given first; the rest are the working directory and the command. Says when it starts it.
ENTER = """
import os, subprocess, sys, time
root, directory, *command = sys.argv[1:]
for name in ("dev", "proc"):
    subprocess.run(["mount", "--rbind", "/" + name, root + "/" + name], check=True)
os.chroot(root)
os.chdir(directory)
os.write(2, f"started {time.monotonic()}\\n".encode())
os.execve(command[0], command, os.environ)
"""
#: Runs a command outside of the root folder given first, in which the folders that follow (up to --) are then at their own paths.
BESIDE = """
import os, subprocess, sys
root, *rest = sys.argv[1:]
separator = rest.index("--")
for path in rest[:separator]:
    os.makedirs(root + path, exist_ok=True)
    subprocess.run(["mount", "--rbind" if path in ("/dev", "/proc") else "--bind", path, root + path], check=True)
os.execvp(rest[separator + 1], rest[separator + 1:])
"""


def fail(text):
    sys.exit(f"FAILED: {text}")


def check(condition, text):
    if not condition:
        fail(text)


def pack(options, folder):
    command = [PROJECT / "scripts/package.py", "--programs", options.programs, "--out", folder]
    command += ["--commit", options.commit] if options.commit else []
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    check(done.returncode == 0, done.stdout)
    print(done.stdout.replace(str(folder) + "/", "    "), end="")
    [found] = [each for each in folder.glob("recommender-shop-*.zip") if "-frontend-" not in each.name]
    return found


def unpack(archive, folder):
    """What the platform does; zipfile itself drops the modes."""
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        check(names == sorted(names) and len(names) == len(set(names)), "the entries are not in order")
        for entry in opened.infolist():
            check(ALLOWED.fullmatch(entry.filename), f"{entry.filename} does not belong in the package")
            path = pathlib.Path(opened.extract(entry, folder))
            path.chmod(stat.S_IMODE(entry.external_attr >> 16))
    return names


def check_files(root, names):
    host = json.loads((root / "host.json").read_text(encoding="utf-8"))
    described = host["customHandler"]["description"]
    for path in (described["defaultExecutablePath"], described["arguments"][-1]):
        check((root / path).stat().st_mode & 0o777 == 0o755, f"{path} is not executable")
    functions = sorted(each.parent.name for each in PROJECT.glob("*/function.json"))
    check(functions, "the project has no functions")
    for name in functions:
        path = f"{name}/function.json"
        check(path in names, f"{path} is not in the package")
        text = (root / path).read_text(encoding="utf-8")
        check("%AzureFunctionsJobHost" not in text, f"{path} refers to host.json, which the scale controller does not see")
        for binding in json.loads(text)["bindings"]:
            schedule = binding.get("schedule", "0 0 0 * * *")
            check(len(schedule.split()) == 6, f"{path}: {schedule} is not a cron expression of six fields")
    certificates = (root / "certs/roots.pem").read_text(encoding="utf-8").count("BEGIN CERTIFICATE")
    check(certificates > 50, f"certs/roots.pem has {certificates} certificates")
    return described


def image_environment():
    """The variables of the Dockerfile, which must put the package where this test does."""
    lines = (PROJECT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    [target] = [line.split()[-1] for line in lines if line.startswith("COPY ")]
    check(target.rstrip("/") == SCRIPT_ROOT, f"the Dockerfile copies to {target}, not to {SCRIPT_ROOT}")
    return dict(line.removeprefix("ENV ").split("=", 1) for line in lines if line.startswith("ENV "))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class EmptyRoot:
    def __init__(self, folder, described):
        self.folder = folder
        for name in ("dev", "proc", "tmp"):
            (folder / name).mkdir()
        # The host makes the path absolute when the file exists under the script root, and joins the arguments by blanks.
        executable = f"{SCRIPT_ROOT}/{described['defaultExecutablePath']}"
        self.command = [executable, *" ".join(described["arguments"]).split()]

    def start(self, words, environment, command=None):
        enter = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
        enter += [sys.executable, "-c", ENTER, str(self.folder), SCRIPT_ROOT]
        # Only what the host passes on: no PATH, no HOME.
        return subprocess.Popen(
            [*enter, *(command or self.command), *words], env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **environment}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )

    def run(self, words, environment=None, command=None):
        running = self.start(words, environment or {}, command)
        try:
            text, _ = running.communicate(timeout=DEADLINE)
        finally:
            running.kill()
        return running.returncode, re.sub(r"^started [\d.]+\n", "", text)

    def handler(self, path):
        """A command at this path that stands for FunctionHandler, for whoever is in the namespace of BESIDE."""
        words = shlex.join(["/usr/bin/unshare", f"--root={self.folder}", f"--wd={SCRIPT_ROOT}", *self.command])
        path.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
        path.chmod(0o755)
        return path


def request(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def first_answer(port, path, running):
    """The first answer, asked for as the host does: again after a refused connection."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        if running.poll() is not None:
            fail(f"the program ended with {running.returncode}: {running.stdout.read()}")
        try:
            return request(port, path)
        except OSError:
            time.sleep(0.005)
    return fail(f"no answer to GET {path} within {DEADLINE} seconds")


def check_help(root):
    status, text = root.run(["--help"])
    check(status == 0 and "SUBCOMMANDS" in text, f"--help in the empty root: {status}\n{text}")
    # The loader's own list: each library comes from the package.
    [loader, *options, handler] = root.command
    status, text = root.run([], command=[loader, *options, "--list", handler])
    outside = [line.strip() for line in text.splitlines() if "=>" in line and " => lib/" not in line and loader not in line]
    check(status == 0 and not outside, f"libraries from outside the package: {outside or text}")
    print(f"    --help works; {text.count('=> lib/')} libraries, all from the package")


def processor_seconds(process):
    """What a process has used so far."""
    fields = pathlib.Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_start(root, environment):
    """Figures, not an assertion: a busy machine would decide it. From the start of the program to its answer to GET /."""
    answers, processor = [], []
    for _ in range(STARTS):
        port = free_port()
        running = root.start([], {**environment, "FUNCTIONS_CUSTOMHANDLER_PORT": str(port)})
        try:
            line = running.stdout.readline()
            check(line.startswith("started "), f"the root folder cannot be entered: {line}{running.stdout.read() if running.poll() else ''}")
            status, _ = first_answer(port, "/", running)
            answers.append((time.monotonic() - float(line.split()[1])) * 1000)
            processor.append(processor_seconds(running.pid) * 1000)
            check(status == 200, f"GET / answered {status}")
        finally:
            running.kill()
            running.communicate()
    print(
        f"    GET / is answered {statistics.median(answers):.0f} ms after the start of the program (median of {STARTS}; "
        f"{min(answers):.0f} to {max(answers):.0f}), of which {statistics.median(processor):.0f} ms are processor time"
    )


class BlobDouble:
    """The double of the Blob service, outside of the root folder; without its program files are stored inside."""

    def __init__(self, program):
        self.running = None
        self.address = "file:/tmp/blob"
        if program.exists():
            self.running = subprocess.Popen([program], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.address = self.running.stdout.readline().strip()
            check("BlobEndpoint=" in self.address or "AccountKey=" in self.address, f"the Blob double said: {self.address}")

    def stop(self):
        if self.running:
            self.running.kill()
            self.running.communicate()


def check_server(root, names, double):
    database = os.environ.get("RECSHOP_TEST_DATABASE_URL")
    environment = {
        **image_environment(), "FUNCTIONS_CUSTOMHANDLER_PORT": str(free_port()), "FUNCTIONS_APP_ROOT_PATH": SCRIPT_ROOT,
        "BLOB_STORAGE": double.address, "ADMIN_API_KEY": "key-of-the-package-test", "AUTH_MODE": "demo",
        "DATABASE_URL": "postgresql://nobody:none@127.0.0.1:1/none",
    }
    if database:
        name = f"package_test_{os.getpid()}"
        subprocess.run(["psql", database, "--quiet", "--command", f"CREATE DATABASE {name}"], check=True)
        address = urllib.parse.urlsplit(database)
        environment["DATABASE_URL"] = address._replace(path=f"/{name}").geturl()
        psql = ["psql", environment["DATABASE_URL"], "--quiet", "--tuples-only", "--no-align", "--command"]
        # A zone of an off-peak window must be known where no zone files are.
        schedule = {"off_peak": {"start": "00:00", "end": "23:59", "time_zone": "Europe/Berlin"}}
        for words in (["migrate"], ["seed", "--users", "60", "--products", "80", "--interactions", "4000"], ["generate"]):
            status, text = root.run(words, environment)
            check(status == 0, f"{words[0]} in the empty root: {status}\n{text}")
            if words == ["migrate"]:
                insert = f"INSERT INTO app_config (key, value) VALUES ('batch_schedule', '{json.dumps(schedule)}')"
                subprocess.run([*psql, insert], check=True)
            print(f"    {words[0]} works")
        listed = "SELECT user_id FROM users u JOIN recommendation_cache c ON c.user_key = u.id LIMIT 1"
        user = subprocess.run([*psql, listed], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    port = int(environment["FUNCTIONS_CUSTOMHANDLER_PORT"])
    measure_start(root, environment)
    running = root.start([], environment)
    try:
        status, _ = first_answer(port, "/", running)
        check(status == 200, f"GET / answered {status}")
        status, body = request(port, "/api/health")
        check(status == 200, f"GET /api/health answered {status}: {body}")
        print(f"    GET /api/health: {body.decode()}")
        # A bad setting makes every route 503; this one needs no database.
        status, body = request(port, "/api/openapi.json")
        check(status == 200 and json.loads(body)["openapi"] == "3.0.3", f"GET /api/openapi.json answered {status}: {body[:300]}")
        if "swagger-ui/swagger-ui.css" in names:
            status, _ = request(port, "/api/docs/swagger-ui.css")
            check(status == 200, f"GET /api/docs/swagger-ui.css answered {status}")
        status, body = request(port, "/api/products")
        expected = 200 if database else 503
        check(status == expected, f"GET /api/products answered {status}, not {expected}: {body[:300]}")
        if database:
            status, body = request(port, f"/api/recommendations/{user}")
            check(status == 200 and json.loads(body)["source"] == "cache", f"GET /api/recommendations/{user}: {status} {body[:300]}")
            status, body = request(port, "/api/health/ready")
            check(status == 200, f"GET /api/health/ready answered {status}: {body}")
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
            connection.request("GET", "/api/batch/status", headers={"X-Admin-Key": environment["ADMIN_API_KEY"]})
            body = connection.getresponse().read()
            connection.close()
            check(json.loads(body)["schedule"]["off_peak"] == schedule["off_peak"], f"the off-peak window is not read: {body}")
            print("    stored lists are served, the off-peak zone is known")
    finally:
        running.terminate()
        try:
            running.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            running.kill()
        if database:
            drop = f"DROP DATABASE {name} WITH (FORCE)"
            subprocess.run(["psql", database, "--quiet", "--command", drop], check=False)


def check_local_host(program, script_root, state):
    """The stand-in for the host accepts the packaged files and starts the handler by them, outside of the empty root."""
    port = free_port()
    settings = {
        "AUTH_MODE": "demo", "AzureWebJobsStorage": "UseDevelopmentStorage=true", "BLOB_STORAGE": f"file:{state}/blob",
        "DATABASE_URL": "postgresql://nobody:none@127.0.0.1:1/none",
    }
    command = [program, "--script-root", script_root, "--port", str(port), "--state-dir", state, "--no-timers"]
    running = subprocess.Popen(
        command, env={**os.environ, **settings}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        status, body = first_answer(port, "/api/health", running)
        check(status == 200, f"through LocalHost, GET /api/health answered {status}: {body}")
        print("    LocalHost serves the folder")
    finally:
        running.terminate()
        try:
            running.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            running.kill()


def beside(root, command):
    """A command outside of the root folder, which `root.handler` needs around it."""
    return ["unshare", "--mount", sys.executable, "-c", BESIDE, str(root.folder), "/dev", "/proc", tempfile.gettempdir(), "--", *command]


def check_batch_under_local_host(root, script_root, program, temporary, double):
    """LocalHost, outside, with the packaged functions; each handler that it starts is the packaged one in the root folder. The questions
    are those that a deployment is asked."""
    if os.geteuid() != 0:
        return print("    a batch under LocalHost: left out, it needs root")
    folder = temporary / "functions"
    for path in script_root.glob("*/function.json"):
        (folder / path.parent.name).mkdir(parents=True)
        shutil.copy(path, folder / path.parent.name)
    host = json.loads((script_root / "host.json").read_text(encoding="utf-8"))
    handler = root.handler(temporary / "handler")
    host["customHandler"]["description"] |= {"defaultExecutablePath": str(handler), "arguments": []}
    (folder / "host.json").write_text(json.dumps(host), encoding="utf-8")

    database = os.environ["RECSHOP_TEST_DATABASE_URL"]
    name = f"package_test_host_{os.getpid()}"
    subprocess.run(["psql", database, "--quiet", "--command", f"CREATE DATABASE {name}"], check=True)
    environment = {
        **os.environ, "DATABASE_URL": urllib.parse.urlsplit(database)._replace(path=f"/{name}").geturl(), "AUTH_MODE": "demo",
        "AzureWebJobsStorage": "UseDevelopmentStorage=true", "BLOB_STORAGE": double.address, "ADMIN_API_KEY": "key-of-the-package-test",
        "BLOB_CONTAINER": "under-local-host",
    }
    port = free_port()
    running = None
    try:
        for words in (["migrate"], ["seed", "--users", "60", "--products", "80", "--interactions", "4000"]):
            done = subprocess.run(
                beside(root, [str(handler), *words]), env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
            )
            check(done.returncode == 0, f"{words[0]}: {done.stdout}")
        command = [program, "--script-root", folder, "--port", str(port), "--state-dir", temporary / "host", "--no-timers"]
        with (temporary / "host.log").open("w", encoding="utf-8") as log:
            running = subprocess.Popen(beside(root, map(str, command)), env=environment, stdout=log, stderr=subprocess.STDOUT)
        smoke = subprocess.run(
            [PROJECT / "scripts/azure/smoke.py", f"http://127.0.0.1:{port}", "--ready-within", str(DEADLINE), "--batch-within", "300"],
            input="key-of-the-package-test\n", text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )
        said = (temporary / "host.log").read_text(encoding="utf-8")
        check(smoke.returncode == 0, f"a batch under LocalHost: {smoke.stdout}\n{said[-4000:]}")
        print("    under LocalHost: " + smoke.stdout.strip().splitlines()[-1])
    finally:
        if running:
            running.terminate()
            try:
                running.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                running.kill()
        subprocess.run(["psql", database, "--quiet", "--command", f"DROP DATABASE {name} WITH (FORCE)"], check=False)


def check_end_to_end(root, temporary):
    """The end-to-end tests of the Swift package, each FunctionHandler of theirs being the packaged one in the root folder."""
    if os.geteuid() != 0:
        return print("    end-to-end tests: left out, they need root")
    tests = ["swift", "test", "--skip-build", "--disable-xctest", "--filter", r"^EndToEndTests\."]
    handler = root.handler(temporary / "handler")
    environment = {**os.environ, "RECSHOP_PACKAGED_HANDLER": str(handler)}
    done = subprocess.run(
        beside(root, tests), cwd=PROJECT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    check(done.returncode == 0, f"end-to-end tests against the package:\n{done.stdout[-8000:]}")
    print(f"    end-to-end tests: {done.stdout.strip().splitlines()[-1]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, default=PROJECT / ".build/release")
    parser.add_argument("--commit")
    parser.add_argument("--end-to-end", action="store_true", help="also the end-to-end tests of the Swift package")
    options = parser.parse_args()
    temporary = pathlib.Path(tempfile.mkdtemp(prefix="package-test-"))
    try:
        for name in ("first", "second"):
            (temporary / name).mkdir()
        first, second = (pack(options, temporary / name) for name in ("first", "second"))
        check(first.read_bytes() == second.read_bytes(), "two packages of the same build differ")
        shutil.rmtree(temporary / "second")
        folder = temporary / "root"
        script_root = folder / SCRIPT_ROOT.removeprefix("/")
        script_root.mkdir(parents=True)
        names = unpack(first, script_root)
        root = EmptyRoot(folder, check_files(script_root, names))
        check_help(root)
        local_host = options.programs / "LocalHost"
        double = BlobDouble(options.programs / "BlobDouble")
        try:
            check_server(root, names, double)
            if local_host.exists() and os.environ.get("RECSHOP_TEST_DATABASE_URL"):
                check_batch_under_local_host(root, script_root, local_host, temporary, double)
        finally:
            double.stop()
        if local_host.exists():
            check_local_host(local_host, script_root, temporary / "state")
        if options.end_to_end:
            check_end_to_end(root, temporary)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    print("the package is reproducible and runs by itself")


main()
