#!/usr/bin/env python3
"""The packages that a build uses, transitive ones included: name, version and address of each.

  scripts/packages.py pin      make SwiftPM use the versions of the list; ends with an error when Package.swift needs others
  scripts/packages.py update   resolve the newest versions that Package.swift allows, and write the list

The list is Sources/Composition/Build+Packages.swift, so that the programs can name what they were built from. Package.resolved
is made from it and is not part of the repository: it holds commits, and a mirror of a package may have others than its origin.
"""
import concurrent.futures
import hashlib
import json
import pathlib
import subprocess
import sys

LIST = pathlib.Path("Sources/Composition/Build+Packages.swift")
MANIFEST = pathlib.Path("Package.swift")
RESOLVED = pathlib.Path("Package.resolved")
CHECKED = pathlib.Path(".build/packages.checked")
STATE = pathlib.Path(".build/workspace-state.json")
INDENT = " " * 8
UPDATE = "Run `scripts/packages.py update`, look at what changed in the list and commit it with Package.swift."

HEAD = f'''// Written by `scripts/packages.py update`, which `make build` compares with what SwiftPM resolves.

extension Build {{
    /// Name, version and address of every package.
    static let packageLines = """
'''
TAIL = f'''{INDENT}"""
}}
'''


def listed():
    """The list's lines as tuples."""
    lines = [line.split() for line in LIST.read_text(encoding="utf-8").splitlines() if " https://" in line]
    if not lines or any(len(line) != 3 for line in lines):
        sys.exit(f"{LIST} is damaged: each line must be a name, a version and an address. {UPDATE}")
    return lines


def commit(package):
    """The commit of a version's tag, as the package's address (or its mirror) has it."""
    name, version, location = package
    names = [f"refs/tags/{prefix}{version}{peeled}" for prefix in ("", "v") for peeled in ("^{}", "")]
    try:
        done = subprocess.run(
            ["git", "ls-remote", location, *names], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        sys.exit(f"{location} does not answer within 60 seconds")
    if done.returncode != 0:
        sys.exit(f"{location}: {done.stderr.strip()}")
    found = dict(reversed(line.split("\t")) for line in done.stdout.splitlines())
    for tag in names:
        if tag in found:
            return found[tag]
    sys.exit(f"{location} has no version {version} of {name}. {UPDATE}")


def resolved_text(packages):
    """Package.resolved as SwiftPM writes it."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        commits = list(pool.map(commit, packages))
    pins = [
        {
            "identity": name,
            "kind": "remoteSourceControl",
            "location": location,
            "state": {"revision": revision, "version": version},
        }
        for (name, version, location), revision in zip(packages, commits)
    ]
    # SwiftPM resolves anew, to the newest versions, unless this is the digest of Package.swift.
    origin = hashlib.sha256(MANIFEST.read_bytes()).hexdigest()
    document = {"originHash": origin, "pins": pins, "version": 3}
    return json.dumps(document, indent=2, separators=(",", " : ")) + "\n"


def swift_package(*words):
    return subprocess.run(["swift", "package", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def pin():
    packages = listed()
    # What was checked once is checked again only after a change: asking every address takes seconds.
    key = hashlib.sha256(LIST.read_bytes() + MANIFEST.read_bytes()).hexdigest()
    if CHECKED.exists() and STATE.exists() and RESOLVED.exists() and CHECKED.read_text(encoding="utf-8") == key:
        return
    RESOLVED.write_text(resolved_text(packages), encoding="utf-8")
    done = swift_package("resolve", "--force-resolved-versions")
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\nThe packages of {LIST} cannot be used. If Package.swift needs other versions: {UPDATE}")
    used = {
        each["packageRef"]["identity"]: each["state"]["checkoutState"].get("version")
        for each in json.loads(STATE.read_text(encoding="utf-8"))["object"]["dependencies"]
    }
    differences = []
    for name, version, _ in packages:
        found = used.pop(name, None)
        if found is None:
            differences.append(f"{name} {version} is in the list and no longer used")
        elif found != version:
            differences.append(f"{name} is {found}, the list says {version}")
    differences += [f"{name} {found} is not in the list" for name, found in used.items()]
    if differences:
        sys.exit("\n".join([f"{LIST} is not what SwiftPM resolves:", *differences, UPDATE]))
    CHECKED.write_text(key, encoding="utf-8")


def update():
    RESOLVED.unlink(missing_ok=True)
    for command in ("resolve", "update"):
        done = swift_package(command)
        if done.returncode != 0:
            sys.exit(done.stdout)
    pins = json.loads(RESOLVED.read_text(encoding="utf-8"))["pins"]
    lines = [
        " ".join([each["identity"], each["state"]["version"], each["location"]])
        for each in sorted(pins, key=lambda each: each["identity"])
    ]
    LIST.write_text(HEAD + "".join(f"{INDENT}{line}\n" for line in lines) + TAIL, encoding="utf-8")
    pin()
    print(f"{LIST}: {len(lines)} packages")


match sys.argv[1:]:
    case ["pin"]:
        pin()
    case ["update"]:
        update()
    case _:
        sys.exit(__doc__)
