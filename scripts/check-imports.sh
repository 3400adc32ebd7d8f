#!/usr/bin/env bash
# Checks what the compiler does not: every import is a declared dependency and points the right way; every declared dependency is
# imported; what the compiler is told to trust (@unchecked Sendable, nonisolated(unsafe)) stays in few files and states its
# invariant; test targets mirror the targets they test; one file reads the environment.
#
# The compiler lets an undeclared import through when some other target happens to bring the module along.
set -euo pipefail
cd "$(dirname "$0")/.."

python3 - <(swift package dump-package) <<'PYTHON'
import json, pathlib, re, sys

# Who may import whom among our own targets (ARCHITECTURE.md draws the same). Tests may import whatever they declare.
DIRECTION = {
    "FunctionHandler": {
        "Commands", "Composition", "Experiments", "RecPipeline", "Shop", "Postgres", "Telemetry", "TextFormats", "Threading",
    },
    "Measurements": {"Commands", "Composition", "RecPipeline", "Shop", "RecEngine", "Threading"},
    "Commands": {
        "Composition", "Experiments", "RecPipeline", "ReportPages", "Shop", "SyntheticData", "Reports", "Postgres", "RecEngine", "AzureBlob",
        "TextFormats", "Threading",
    },
    "Composition": {
        "CBuildCommit", "RecPipeline", "ReportPages", "Shop", "Postgres", "RecEngine", "AzureBlob", "Telemetry", "TextFormats", "Threading",
    },
    "ReportPages": {"RecPipeline", "RecEngine", "Reports", "Shop", "TextFormats"},
    "RecPipeline": {"Shop", "RecEngine", "Experiments", "AzureBlob", "TextFormats", "Threading", "CZlib"},
    "AzureBlob": {"CCurl", "TextFormats", "Threading"},
    "Telemetry": {"AzureBlob", "TextFormats", "CZlib"},
    "Shop": {"Postgres", "TextFormats", "Threading"},
    "Postgres": {"CLibPQ", "Threading"},
    "SyntheticData": {"RecEngine", "TextFormats"},
    "RecEngine": {"CKernels", "CZlib", "TextFormats"},
    "Threading": set(),
    "Reports": {"TextFormats"},
    "Experiments": set(),
    "LocalHost": {"LoopbackHTTP", "TextFormats", "Threading"},
    "LoopbackHTTP": set(),
    # The leaf under all of them; the checksum's inner loop is C.
    "TextFormats": {"CCrypto", "CKernels"},
    "CBuildCommit": set(), "CCrypto": set(), "CKernels": set(), "CCurl": set(), "CLibPQ": set(), "CZlib": set(),
}
# What comes with the toolchain. RecEngine computes and nothing else: no Foundation; libc for the number of processors.
TOOLCHAIN = {"Foundation", "FoundationEssentials", "FoundationXML", "Dispatch", "Glibc", "Synchronization", "Testing", "Swift"}
RECENGINE_TOOLCHAIN = {"Synchronization", "Glibc"}
# Where the compiler is told to trust us: the data structures and handles that a lock or an owner protects in ways it cannot see.
TRUSTED = re.compile(r"@unchecked Sendable|nonisolated\(unsafe\)")
TRUSTED_FILES = re.compile(
    r"^Sources/(Threading/|RecEngine/Kernels/RowStripes\.swift$|Postgres/(.*/)?CancelKey\.swift$|AzureBlob/Transport/CurlMultiHandle\.swift$)"
)
ENVIRONMENT = re.compile(r"^Sources/(Composition/AppConfig\.swift$|LocalHost/)")

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+"
    r"(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?([A-Za-z_]\w*)"
)
package = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
ours = {target["name"] for target in package["targets"]}
problems = []

def complain(path, number, text):
    problems.append(f"{path}:{number}: {text}")

for target in package["targets"]:
    name, kind = target["name"], target["type"]
    if kind == "system":
        continue
    folder = pathlib.Path(target.get("path") or ("Tests/" if kind == "test" else "Sources/") + name)
    declared = set()
    for dependency in target["dependencies"]:
        declared.add((dependency.get("byName") or dependency.get("target") or dependency.get("product"))[0])
    in_sources = folder.parts[0] == "Sources"
    if in_sources and name not in DIRECTION:
        problems.append(f"{folder}: target {name} has no line in the table of scripts/check-imports.sh")
        continue
    if in_sources:
        for backwards in sorted((declared & ours) - DIRECTION[name]):
            problems.append(f"Package.swift: {name} must not depend on {backwards}")
    toolchain = RECENGINE_TOOLCHAIN if name == "RecEngine" else TOOLCHAIN
    imported = set()
    for path in sorted(folder.rglob("*.swift")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            match = IMPORT.match(line)
            if match:
                module = match.group(1)
                imported.add(module)
                if module == name or module in toolchain:
                    pass
                elif module not in declared:
                    complain(path, number, f"{name} imports {module} without declaring it in Package.swift")
                elif in_sources and module in ours and module not in DIRECTION[name]:
                    complain(path, number, f"{name} must not import {module}")
            code = line.split("//", 1)[0]
            if in_sources and TRUSTED.search(code):
                if not TRUSTED_FILES.match(path.as_posix()):
                    complain(path, number, "@unchecked Sendable and nonisolated(unsafe) are for Threading, RowStripes, CancelKey and CurlMultiHandle")
                if not any(line.lstrip().startswith("//") for line in lines[max(0, number - 6):number - 1]):
                    complain(path, number, "the lines above must state the invariant that makes this safe")
            if in_sources and re.search(r"\bgetenv\(|ProcessInfo\.processInfo\.environment|\.processInfo\s*\.environment", code):
                if not ENVIRONMENT.match(path.as_posix()):
                    complain(path, number, "reads the environment; settings are read in Composition/AppConfig.swift")
    # A target without Swift files is C.
    if imported:
        for module in sorted(declared - imported):
            print(f"note: Package.swift: {name} declares {module} and never imports it")

# Tests mirror sources: a folder of a test target is a folder of the target it tests. Not these: data, and the tests of the Blob double.
NOT_MIRRORED = {"Tests/RecEngineTests/Fixtures", "Tests/AzureBlobTests/Double"}
for tests in sorted(pathlib.Path("Tests").glob("*Tests")):
    tested = pathlib.Path("Sources") / tests.name.removesuffix("Tests")
    if tested.is_dir():
        problems += [
            f"{folder}: {tested} has no folder of this name; tests mirror sources"
            for folder in sorted(tests.rglob("*"))
            if folder.is_dir() and folder.as_posix() not in NOT_MIRRORED and not (tested / folder.relative_to(tests)).is_dir()
        ]

for problem in problems:
    print(problem, file=sys.stderr)
if problems:
    sys.exit(f"{len(problems)} problems")
print("imports: every one declared, all in one direction")
PYTHON
