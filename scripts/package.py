#!/usr/bin/env python3
"""Packs what was built for Azure Functions, Flex Consumption first: `make package`.

  scripts/package.py [--programs .build/release] [--out dist] [--commit TEXT]

Writes OUT/recommender-shop-COMMIT/ and the same as .zip; when frontend/dist is there, OUT/recommender-shop-frontend-COMMIT.zip for
Static Web Apps too. Which distribution runs a custom handler on Flex Consumption is not documented, so the package has every library
that the handler loads, the C library and its loader included, and host.json starts the handler through that loader. Nothing is
copied that is not named here. The same programs, libraries and files result in the same bytes: entries are sorted, their time is
fixed. The compiler's output depends on the folder that was built in, so byte-equal packages need builds in equal paths.
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = "recommender-shop"
HANDLER = "bin/FunctionHandler"
#: Bytes of the zip. Each new instance loads and unpacks it before it answers.
SIZE_LIMIT = 60_000_000
CA_ROOTS = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
#: What host.json's values are called in function.json.
REFERENCE = re.compile(r"%AzureFunctionsJobHost:([^%]+)%")


def output(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


def build_commit():
    """The commit in the programs, as scripts/build.sh wrote it."""
    header = ROOT / "Sources/CBuildCommit/commit.h"
    found = re.search(r'"([^"]+)"', header.read_text(encoding="utf-8")) if header.exists() else None
    if found is None:
        sys.exit("which commit was built is not known: run `make build` first, or name it with --commit")
    return found.group(1)


def loader_of(program):
    found = re.search(r"interpreter: (\S+)]", output("readelf", "--program-headers", program))
    if found is None:
        sys.exit(f"{program} is not a program with shared libraries")
    return pathlib.Path(found.group(1))


def libraries_of(program):
    """The files that the program loads at its start, by the names it asks for."""
    found = {}
    for line in output("ldd", program).splitlines():
        if "not found" in line:
            sys.exit(f"{program} needs a library that is not on this machine: {line.strip()}")
        if match := re.match(r"\s*(\S+) => (/\S+) \(", line):
            found[match.group(1)] = pathlib.Path(match.group(2))
    return found


def literal(value, host):
    """A value of function.json in which host.json's values stand for the references to them: the platform's scale controller
    sees function.json alone."""
    if isinstance(value, dict):
        return {key: literal(each, host) for key, each in value.items()}
    if isinstance(value, list):
        return [literal(each, host) for each in value]
    if not isinstance(value, str):
        return value

    def looked_up(match):
        found = host
        for part in match.group(1).split(":"):
            found = found.get(part) if isinstance(found, dict) else None
        if not isinstance(found, str):
            sys.exit(f"function.json refers to {match.group(0)}, which host.json does not have")
        return found

    return REFERENCE.sub(looked_up, value)


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def copy(source, target, mode=0o644):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)


def copy_programs(program, folder):
    """The handler, its libraries and its loader, stripped. Returns the loader's path in the package."""
    loader = loader_of(program)
    copy(program, folder / HANDLER, 0o755)
    for name, source in libraries_of(program).items():
        copy(source.resolve(), folder / "lib" / name)
    loader_path = f"lib/{loader.name}"
    copy(loader.resolve(), folder / loader_path, 0o755)
    # Not the C library and its loader: they are built as a pair, and debuggers and tools need the symbols that they keep.
    for each in [folder / HANDLER, *sorted((folder / "lib").iterdir())]:
        if each.name not in (loader.name, "libc.so.6"):
            output("strip", "--strip-unneeded", each)
    return loader_path


def copy_licences(program, folder):
    """The terms of the libraries taken along; Debian keeps them by package."""
    packages = set()
    for source in [*libraries_of(program).values(), loader_of(program)]:
        real = str(source.resolve())
        for path in (real, real.removeprefix("/usr")):
            done = subprocess.run(["dpkg", "-S", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
            if done.returncode == 0:
                packages.add(done.stdout.split(":")[0])
                break
    for package in sorted(packages):
        text = pathlib.Path("/usr/share/doc") / package / "copyright"
        if text.exists():
            copy(text, folder / "licenses" / f"{package}.txt")


def copy_function_app(folder, loader_path):
    host = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
    for source in sorted(ROOT.glob("*/function.json")):
        function = json.loads(source.read_text(encoding="utf-8"))
        write_json(folder / source.parent.name / "function.json", literal(function, host))
    host["customHandler"]["description"] = {
        "defaultExecutablePath": loader_path,
        "workingDirectory": "",
        # Without the cache of the machine: its libraries are built for another C library.
        "arguments": ["--inhibit-cache", "--library-path", "lib", HANDLER],
    }
    # Its values stand in function.json now; a second copy could be edited without effect.
    host["extensions"].pop("recommendations", None)
    write_json(folder / "host.json", host)


def pack(folder, target):
    """All files of the folder, in order, with their modes and one fixed time."""
    partial = target.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = (0o100000 | (0o755 if path.stat().st_mode & 0o100 else 0o644)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    partial.replace(target)
    return target.stat().st_size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/release")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "dist")
    parser.add_argument("--commit")
    options = parser.parse_args()
    program = options.programs / "FunctionHandler"
    if not program.exists():
        sys.exit(f"{program} is not there: run `make build` first")
    commit = options.commit or build_commit()
    folder = options.out / f"{NAME}-{commit}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    loader_path = copy_programs(program, folder)
    copy_licences(program, folder)
    copy_function_app(folder, loader_path)
    copy(CA_ROOTS, folder / "certs/roots.pem")
    for source in sorted((ROOT / "swagger-ui").glob("*")):
        copy(source, folder / "swagger-ui" / source.name)
    target = folder.with_name(folder.name + ".zip")
    size = pack(folder, target)
    print(f"{target}: {size / 1e6:.1f} MB")
    if not (folder / "swagger-ui").exists():
        print("note: without Swagger UI, which scripts/swagger-ui.sh installs; /api/docs will say so")
    if size > SIZE_LIMIT:
        sys.exit(f"{target} is larger than {SIZE_LIMIT / 1e6:.0f} MB, which each new instance would load")

    pages = ROOT / "frontend/dist"
    if pages.exists():
        if not (pages / "staticwebapp.config.json").exists():
            sys.exit(f"{pages} has no staticwebapp.config.json, without which Static Web Apps has no routes")
        target = options.out / f"{NAME}-frontend-{commit}.zip"
        print(f"{target}: {pack(pages, target) / 1e6:.1f} MB")


main()
