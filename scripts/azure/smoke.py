#!/usr/bin/env python3
"""Asks a deployed shop whether it works: ready, a batch runs to its end, its lists are live and served.

  echo "$ADMIN_KEY" | scripts/azure/smoke.py URL [--build TEXT] [--ready-within 300] [--batch-within 1800]

TEXT must be in what the shop says of its build. The key comes through standard input, since every user of a machine can read command
lines. A shop without products has nothing to make lists from: only readiness is checked then. Ends with status 1 and the reason.
"""
import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

#: Seconds that one answer may take; an instance that starts takes a few.
ANSWER = 60
#: Seconds between two questions.
PAUSE = 2


class Shop:
    def __init__(self, url, key):
        self.url = url.rstrip("/")
        self.key = key

    def ask(self, method, path, headers=None):
        """Status and body; status 0 and the reason when there was no answer."""
        body = b"{}" if method == "POST" else None
        request = urllib.request.Request(f"{self.url}/api{path}", data=body, method=method)
        for name, value in {"X-Admin-Key": self.key, "Content-Type": "application/json", **(headers or {})}.items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=ANSWER) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            text = error.read().decode("utf-8", "replace")
            try:
                return error.code, json.loads(text)
            except ValueError:
                return error.code, text
        except (OSError, ValueError) as error:
            return 0, str(error)

    def get(self, path):
        status, body = self.ask("GET", path)
        if status != 200:
            sys.exit(f"GET /api{path} answered {status}: {body}")
        return body


def wait(seconds, what, attempt):
    """Repeats the attempt until it gives something; what it said last is part of the failure."""
    end = time.monotonic() + seconds
    while True:
        found, said = attempt()
        if found is not None:
            return found
        if time.monotonic() > end:
            sys.exit(f"not within {seconds} seconds: {what}; last: {said}")
        time.sleep(PAUSE)


def check_ready(shop, seconds, build):
    def attempt():
        status, body = shop.ask("GET", "/health/ready")
        is_right = status == 200 and (not build or build in body["build"])
        return (body if is_right else None), f"{status} {body}"

    body = wait(seconds, f"the shop is ready{f' with build {build}' if build else ''}", attempt)
    print(f"{body['status']}: build {body['build']}, schema {body['database']['schema_version']}")


def run_batch(shop, seconds):
    """The job, once it has completed."""
    # One key for all attempts: an answer that is lost does not make a second job.
    key = {"Idempotency-Key": f"smoke-{os.urandom(8).hex()}"}

    def start():
        status, body = shop.ask("POST", "/batch/trigger", key)
        if status == 202:
            return body["job_id"], ""
        if status and status < 500 and status not in (409, 429):
            sys.exit(f"POST /api/batch/trigger answered {status}: {body}")
        return None, f"{status} {body}"

    identifier = wait(seconds, "a batch can be started", start)

    def look():
        status, job = shop.ask("GET", f"/batch/jobs/{identifier}")
        if status == 200 and job["status"] in ("failed", "cancelled"):
            sys.exit(f"{identifier} {job['status']}: {job['error_message']}")
        return (job if status == 200 and job["status"] == "completed" else None), f"{status} {job}"

    return wait(seconds, f"{identifier} completes", look)


def check_lists(shop, job):
    live = shop.get("/batch/status")["live"]["generation"]
    if job["generation"] is None:
        # The candidate was rejected: what was live before stays, and must be there.
        print(f"{job['job_id']} made no generation; live is {live}")
    elif live is None or live < job["generation"]:
        sys.exit(f"{job['job_id']} completed generation {job['generation']}, but {live} is live")
    if live is None:
        sys.exit("no generation is live")
    if not shop.get("/trending?limit=3")["items"]:
        sys.exit("GET /api/trending is empty")
    users = shop.get("/users?page_size=1")["items"]
    if not users:
        sys.exit("the shop has lists and no users")
    user = users[0]["user_id"]
    answer = shop.get(f"/recommendations/{urllib.parse.quote(user)}")
    if not answer["items"]:
        sys.exit(f"GET /api/recommendations/{user} is empty")
    print(f"generation {live} is live; {len(answer['items'])} recommendations for {user} from {answer['source']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--build", default="")
    parser.add_argument("--ready-within", type=float, default=300)
    parser.add_argument("--batch-within", type=float, default=1800)
    options = parser.parse_args()
    shop = Shop(options.url, sys.stdin.readline().strip())
    check_ready(shop, options.ready_within, options.build)
    if shop.get("/products?page_size=1")["total"] == 0:
        print("the shop is empty: no batch")
        return
    check_lists(shop, run_batch(shop, options.batch_within))


main()
