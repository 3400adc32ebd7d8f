"""Runs schemathesis against a running shop: run.py URL CASES [ARGUMENT...] < ADMIN_KEY

Generates requests from the OpenAPI document and compares the answers with it. CASES is how many an operation gets at the most.
"""
import os
import pathlib
import subprocess
import sys

url, cases = sys.argv[1], sys.argv[2]
key = sys.stdin.readline().strip()
here = pathlib.Path(__file__).resolve().parent
program = pathlib.Path(sys.executable).parent / "schemathesis"
status = subprocess.run(
    [
        str(program), "--config-file", str(here / "schemathesis.toml"), "run", f"{url}/api/openapi.json", "--url", f"{url}/api",
        "--header", f"X-Admin-Key: {key}", "--max-examples", cases, "--seed", "1", "--workers", "2",
        "--request-timeout", "30", "--generation-database", "none", *sys.argv[3:],
    ],
    env={**os.environ, "PYTHONPATH": str(here)},
).returncode
sys.exit(status)
