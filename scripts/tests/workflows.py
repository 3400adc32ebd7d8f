#!/usr/bin/env python3
"""Checks .github/workflows as far as that goes without GitHub; zizmor looks for what is unsafe in them.

  "$(scripts/python-venv.sh policies checkov==3.3.30)" scripts/tests/workflows.py      (for PyYAML, which checkov brings)

Actions are pinned by commit; permissions, groups and time limits are said; jobs, steps and outputs that others name exist; shell steps
are shell; the project's own scripts that they call are there and can be run.
"""
import os
import pathlib
import re
import subprocess
import sys

import yaml

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
WANTED = {"ci.yml", "deploy.yml", "frontend.yml", "nightly.yml", "package.yml"}


def check_step(step, jobs_steps, say):
    uses = step.get("uses", "")
    if uses and not re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", uses):
        say(f"{uses} is not pinned by commit")
    for name in re.findall(r"steps\.(\w+)\.", str(step)):
        if name not in jobs_steps:
            say(f"names the step {name}, which is not there")
    script = step.get("run")
    if script is None:
        return
    if "${{" in script:
        say("an expression in a script: give it by env")
    done = subprocess.run(["bash", "-n"], input=script, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        say(f"is no shell: {done.stdout.strip()}")
    for path in re.findall(r"(?:^|[\s(;|])((?:scripts|Benchmarks|\.ci)/[\w./-]+)", script):
        target = PROJECT / path
        if not target.exists():
            say(f"{path} is not there")
        elif target.suffix in (".py", ".sh", "") and not os.access(target, os.X_OK):
            say(f"{path} cannot be run")
    for target in re.findall(r"\bmake ([\w-]+)", script):
        if f"\n{target}:" not in (PROJECT / "Makefile").read_text(encoding="utf-8"):
            say(f"the Makefile has no {target}")


def problems_of(name, text):
    found = []
    workflow = yaml.safe_load(text)
    if workflow.get("permissions") != {"contents": "read"}:
        found.append(f"{name}: permissions of the whole workflow must be contents: read; a job adds what it needs")
    if "group" not in (workflow.get("concurrency") or {}):
        found.append(f"{name}: no concurrency group")
    jobs = workflow["jobs"]
    for job_name, job in jobs.items():
        needs = job.get("needs", [])
        for other in [needs] if isinstance(needs, str) else needs:
            if other not in jobs:
                found.append(f"{name}: {job_name} needs {other}, which is not there")
        called = job.get("uses")
        if called:
            if not (PROJECT / called.removeprefix("$/")).exists():
                found.append(f"{name}: {job_name}: {called} is not there")
            continue
        if "timeout-minutes" not in job:
            found.append(f"{name}: {job_name} has no time limit")
        identifiers = {step["id"] for step in job["steps"] if "id" in step}
        for number, step in enumerate(job["steps"], 1):
            check_step(step, identifiers, lambda what: found.append(f"{name}: {job_name}, step {number}: {what}"))
    for line in text.splitlines():
        if re.search(r"uses: [\w.-]+/", line) and not re.search(r"# v\d", line):
            found.append(f"{name}: no version beside {line.strip()}")
    return found


#: What is put into deploy.yml in place of what; each must be found.
MISTAKES = [
    ("@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v7"),
    ("needs: package", "needs: packages"),
    ("id: smoke\n", "id: smoked\n"),
    ("scripts/azure/smoke.py", "scripts/azure/smokes.py"),
    ("      contents: read\n", "      contents: [read\n"),
    ("    timeout-minutes: 60\n", ""),
    ("package.yml", "packages.yml"),
    ('"$URL" --build', "${{ vars.APP_URL }} --build"),
    ("permissions:\n  contents: read\nconcurrency", "permissions: write-all\nconcurrency"),
    ("  group: deploy\n", ""),
    ("          unzip -q app.zip -d package\n", "          unzip -q 'app.zip -d package\n"),
]


def main():
    folder = PROJECT / ".github/workflows"
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yml"))}
    problems = [f"there is no {name}" for name in sorted(WANTED - set(texts))]
    for name, text in texts.items():
        problems += problems_of(name, text)
    count = 0
    for before, after in MISTAKES:
        text = texts["deploy.yml"]
        if before not in text:
            problems.append(f"deploy.yml no longer has: {before}")
            continue
        count += 1
        try:
            found = problems_of("deploy.yml", text.replace(before, after, 1))
        except yaml.YAMLError:
            continue
        if not found:
            problems.append(f"deploy.yml, {before!r} -> {after!r}: not found")
    if problems:
        sys.exit("\n".join(problems))
    print(f"workflows: {len(texts)} files, nothing to say; each of {count} mistakes is found")


main()
