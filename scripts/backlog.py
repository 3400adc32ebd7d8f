#!/usr/bin/env python3
"""Turns docs/backlog.md into GitHub issues. Without --create nothing is sent: it prints what would be.

  scripts/backlog.py                        the commands of GitHub's command-line program, one an entry
  scripts/backlog.py --json                 the same as JSON: title, body, labels
  scripts/backlog.py --create OWNER/NAME    makes the issues that are not there yet, by title, with `gh`, which must be signed in
  scripts/backlog.py --check                only whether each entry has an area, a text and what is done means
"""
import argparse
import json
import pathlib
import re
import shlex
import subprocess
import sys

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent / "docs/backlog.md"
SIZES = ("small", "medium", "large")
#: Seconds that one call of gh may take.
LIMIT = 60


def entries(text):
    """Title, body and labels of each entry, in the document's order; the problems of those that lack something."""
    found, problems, size = [], [], None
    for block in re.split(r"^(?=##)", text, flags=re.MULTILINE):
        heading, _, body = block.partition("\n")
        if heading.startswith("## "):
            size = heading[3:].split(":")[0].strip().lower()
            if size not in SIZES:
                problems.append(f"{heading}: a size is one of {', '.join(SIZES)}")
        elif heading.startswith("### "):
            title, body = heading[4:].strip(), " ".join(body.split())
            area = re.match(r"Area: ([\w ]+)\. (.+)", body)
            if not area or "Done when " not in body:
                problems.append(f"{title}: needs `Area: …` at the beginning and `Done when …` at the end")
                continue
            found.append({"title": title, "body": area.group(2), "labels": [f"size: {size}", f"area: {area.group(1).lower()}"]})
    titles = [each["title"] for each in found]
    problems += [f"{title} is there twice" for title in sorted({each for each in titles if titles.count(each) > 1})]
    if not found:
        problems.append("there are no entries")
    return found, problems


def command(entry, repository=None):
    words = ["gh", "issue", "create", "--title", entry["title"], "--body", entry["body"]]
    for label in entry["labels"]:
        words += ["--label", label]
    return words + (["--repo", repository] if repository else [])


def gh(words):
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, timeout=LIMIT)
    except FileNotFoundError:
        sys.exit("gh is not installed: https://cli.github.com")
    except subprocess.TimeoutExpired:
        sys.exit(f"{' '.join(words[:3])} did not end within {LIMIT} seconds; run it again, what was made is left out")
    if done.returncode != 0:
        sys.exit(f"{' '.join(words[:3])}: {done.stderr.strip()}")
    return done.stdout


def create(found, repository):
    listed = gh(["gh", "issue", "list", "--repo", repository, "--state", "all", "--limit", "1000", "--json", "title"])
    present = {each["title"] for each in json.loads(listed)}
    for label in sorted({label for each in found for label in each["labels"]}):
        gh(["gh", "label", "create", label, "--force", "--repo", repository])
    for each in found:
        if each["title"] in present:
            print(f"is there: {each['title']}")
        else:
            print(gh(command(each, repository)).strip())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--json", action="store_true")
    way.add_argument("--create", metavar="OWNER/NAME")
    way.add_argument("--check", action="store_true")
    options = parser.parse_args()
    found, problems = entries(DOCUMENT.read_text(encoding="utf-8"))
    if problems:
        sys.exit("\n".join(problems))
    if options.check:
        print(f"docs/backlog.md: {len(found)} entries")
    elif options.json:
        print(json.dumps(found, indent=2))
    elif options.create:
        create(found, options.create)
    else:
        for each in found:
            print(shlex.join(command(each)))


main()
