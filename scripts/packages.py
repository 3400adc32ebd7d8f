#!/usr/bin/env python3
"""The packages that a build uses, transitive ones included: name, version, commit and address of each.

  scripts/packages.py pin      make SwiftPM use the versions of the list; ends with an error when Package.swift needs others
  scripts/packages.py update   resolve the newest versions that Package.swift allows, and write the list

The list is Sources/Composition/Build+Packages.swift, so that the programs can name what they were built from. Package.resolved
is made from it and is not part of the repository.
"""
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
    /// Name, version, commit and address of every package.
    static let packageLines = """
'''
TAIL = f'''{INDENT}"""
}}
'''


def listed():
    """The list's lines as tuples."""
    lines = [line.split() for line in LIST.read_text(encoding="utf-8").splitlines() if " https://" in line]
    if not lines or any(len(line) != 4 for line in lines):
        sys.exit(f"{LIST} is damaged: each line must be a name, a version, a commit and an address. {UPDATE}")
    return lines


def resolved_text(packages):
    """Package.resolved as SwiftPM writes it."""
    pins = [
        {
            "identity": name,
            "kind": "remoteSourceControl",
            "location": location,
            "state": {"revision": revision, "version": version},
        }
        for name, version, revision, location in packages
    ]
    # SwiftPM resolves anew, to the newest versions, unless this is the digest of Package.swift.
    origin = hashlib.sha256(MANIFEST.read_bytes()).hexdigest()
    document = {"originHash": origin, "pins": pins, "version": 3}
    return json.dumps(document, indent=2, separators=(",", " : ")) + "\n"


def swift_package(*words):
    return subprocess.run(["swift", "package", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def pin():
    packages = listed()
    text = resolved_text(packages)
    if not RESOLVED.exists() or RESOLVED.read_text(encoding="utf-8") != text:
        RESOLVED.write_text(text, encoding="utf-8")
    key = hashlib.sha256(text.encode()).hexdigest()
    if CHECKED.exists() and STATE.exists() and CHECKED.read_text(encoding="utf-8") == key:
        return
    done = swift_package("resolve", "--force-resolved-versions")
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\nThe packages of {LIST} cannot be used. If Package.swift needs other versions: {UPDATE}")
    used = {
        each["packageRef"]["identity"]: each["state"]["checkoutState"]
        for each in json.loads(STATE.read_text(encoding="utf-8"))["object"]["dependencies"]
    }
    differences = []
    for name, version, revision, _ in packages:
        state = used.pop(name, None)
        if state is None:
            differences.append(f"{name} {version} is in the list and no longer used")
        elif (state.get("version"), state["revision"]) != (version, revision):
            differences.append(f"{name} is {state.get('version')} ({state['revision']}), the list says {version} ({revision})")
    differences += [f"{name} {state.get('version')} is not in the list" for name, state in used.items()]
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
        " ".join([each["identity"], each["state"]["version"], each["state"]["revision"], each["location"]])
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
