"""Runs schemathesis against a running shop: contract.py URL CASES [ARGUMENT...] < ADMIN_KEY

Generates requests from the OpenAPI document and compares the answers with it. What is not asked for: the page and its files.
"""
import pathlib
import subprocess
import sys

url, cases = sys.argv[1], sys.argv[2]
key = sys.stdin.readline().strip()
program = pathlib.Path(sys.executable).parent / "schemathesis"
status = subprocess.run([
    str(program), "run", f"{url}/api/openapi.json", "--url", f"{url}/api", "--header", f"X-Admin-Key: {key}",
    "--max-examples", cases, "--checks", "all", "--seed", "1", "--workers", "2", "--request-timeout", "30",
    "--generation-database", "none", *sys.argv[3:],
]).returncode
sys.exit(status)
