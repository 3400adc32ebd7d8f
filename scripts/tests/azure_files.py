#!/usr/bin/env python3
"""Checks the files that Azure's tools read.

.funcignore, by the rules of Core Tools' GitIgnoreParser: a file is left out when the beginning of its path matches a pattern and
no pattern with ! matches. host.json: with file watching `func start` would restart whenever an entry of the folder appears.
"""
import json
import pathlib
import re
import sys

KEPT = [
    "host.json", "swagger-ui/swagger-ui.css", "HttpApi/function.json", "GenerateRecommendations/function.json",
    "RefreshActiveUsers/function.json", "bin/handler",
]
LEFT_OUT = [
    ".local/postgres/password", ".local/blob/models/current.json", ".build/release/FunctionHandler", "local.settings.json",
    "local.settings.json.new", "local.settings.sample.json", "Package.swift", "Package.resolved", "Sources/Shop/x.swift",
    "Tests/ShopTests/x.swift", "scripts/run.sh", "Makefile", "README.md", "frontend/dist/index.html", ".ci/run", ".swift-format",
]


def expression(pattern):
    escaped = re.sub(r"[\-\[\]/{}()+?.\\^$|]", r"\\\g<0>", pattern.removeprefix("/"))
    return escaped.replace("**", "(.+)").replace("*", "([^/]+)")


lines = [line.strip() for line in pathlib.Path(".funcignore").read_text(encoding="utf-8").splitlines()]
patterns = [line for line in lines if line and not line.startswith("#")]
ignored = [re.compile(expression(each)) for each in patterns if not each.startswith("!")]
restored = [re.compile(expression(each[1:])) for each in patterns if each.startswith("!")]


def is_uploaded(path):
    return any(each.match(path) for each in restored) or not any(each.match(path) for each in ignored)


problems = [f"{path} would not be uploaded" for path in KEPT if not is_uploaded(path)]
problems += [f"{path} would be uploaded" for path in LEFT_OUT if is_uploaded(path)]
# Whatever stands in the root is either the function app or named in .funcignore.
app = {"host.json", "swagger-ui", ".git", ".gitignore", ".funcignore", ".vscode"}
for entry in sorted(pathlib.Path(".").iterdir()):
    path = f"{entry.name}/" if entry.is_dir() else entry.name
    if entry.name not in app and not (entry / "function.json").exists() and is_uploaded(path):
        problems.append(f"{path} would be uploaded: name it in .funcignore, or in {sys.argv[0]} if it is part of the function app")
if json.loads(pathlib.Path("host.json").read_text(encoding="utf-8")).get("fileWatchingEnabled") is not False:
    problems.append("host.json: fileWatchingEnabled must be false")
if problems:
    sys.exit("\n".join(problems))
print(".funcignore leaves the function app and nothing else; host.json has no file watching")
