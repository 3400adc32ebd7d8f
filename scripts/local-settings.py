#!/usr/bin/env python3
"""local.settings.json, as `make run` reads and updates it.

  scripts/local-settings.py prepare        create the file from the sample, with a new admin key, if there is none;
                                           fail when it names a database that is not make run's
  scripts/local-settings.py database URL   set the database's address
  scripts/local-settings.py get NAME       one value; nothing when it is not there
  scripts/local-settings.py names          the names of all values, one a line
  scripts/local-settings.py environment    NAME=VALUE of all values, each ended by a NUL

The file belongs to the user: it is created once; afterwards only the address of the private database is updated. An address
that this script did not write is never changed.
"""
import json
import os
import pathlib
import re
import secrets
import sys

SETTINGS = pathlib.Path("local.settings.json")
SAMPLE = pathlib.Path("local.settings.sample.json")
# What `scripts/postgres.sh url` prints: recognised by its form, also after `make clean`.
OURS = re.compile(r"postgresql://shop:[0-9a-f]{36}@127\.0\.0\.1:[0-9]+/shop(_[0-9a-f]{16})?")


def read(path):
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(f"{path} cannot be read as JSON: {error}")
    if not isinstance(document, dict) or not isinstance(document.setdefault("Values", {}), dict):
        sys.exit(f"{path} must be a JSON object whose Values is an object")
    return document


def write(document):
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if SETTINGS.exists() and SETTINGS.read_text(encoding="utf-8") == text:
        return
    new = pathlib.Path(f"{SETTINGS}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(SETTINGS)


def prepare():
    if not SETTINGS.exists():
        document = read(SAMPLE)
        # The database follows once its data is loaded.
        document["Values"].update(ADMIN_API_KEY=secrets.token_hex(24), DATABASE_URL="")
        write(document)
        return
    found = read(SETTINGS)["Values"].get("DATABASE_URL", "")
    if found not in ("", read(SAMPLE)["Values"].get("DATABASE_URL")) and not OURS.fullmatch(str(found)):
        sys.exit(
            "local.settings.json names a database that make run did not create; make run uses its own private database only.\n"
            "Take DATABASE_URL out of local.settings.json, or start LocalHost yourself: see \"Run with `func start`\" in README.md."
        )


def name_database(url):
    document = read(SETTINGS)
    document["Values"]["DATABASE_URL"] = url
    write(document)


def main(arguments):
    match arguments:
        case ["prepare"]:
            prepare()
        case ["database", url]:
            name_database(url)
        case ["get", name]:
            print(read(SETTINGS)["Values"].get(name, ""))
        case ["names"]:
            for name in read(SETTINGS)["Values"]:
                if name.isidentifier():
                    print(name)
        case ["environment"]:
            for name, value in read(SETTINGS)["Values"].items():
                if name.isidentifier():
                    print(f"{name}={value}", end="\0")
        case _:
            sys.exit(__doc__)


main(sys.argv[1:])
