#!/usr/bin/env python3
"""Runs checkov's policies for Bicep over infra/, without a network, and compares what it finds with the table of accepted findings below.

  "$(scripts/python-venv.sh policies checkov==3.3.30)" scripts/infra_policies.py

A finding without a reason here is an error, and so is a reason without its finding.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

PROJECT = pathlib.Path(__file__).resolve().parent.parent
#: Policy, resource -> why the finding stays.
ACCEPTED = {
    ("CKV_AZURE_35", "storageAccounts.account"):
        "the platform loads the package and the host keeps its leases from addresses that are not fixed; no shared keys, access by identity alone",
    ("CKV_AZURE_206", "storageAccounts.account"):
        "one region: models and data sets can be made again from the database, whose back-ups are apart",
    ("CKV_AZURE_225", "serverfarms.plan"): "zone redundancy of the plan would not help while the database has one zone",
    ("CKV_AZURE_67", "sites.app"): "HTTP/2 ends at the platform's front; not known to be a setting of Flex Consumption",
    ("CKV_AZURE_18", "sites.app"): "as CKV_AZURE_67",
    ("CKV_AZURE_78", "sites.app"): "Flex Consumption has no FTP",
    ("CKV_AZURE_222", "sites.app"): "the shop's API is public",
    ("CKV_AZURE_222", "sites/config.settings"): "as above: the policy takes the settings for a site",
    ("CKV_AZURE_17", "sites.app"): "customers have no client certificates",
    ("CKV_AZURE_212", "sites.app"): "the plan has as many instances as it needs, none when nobody asks; alwaysReadyInstances keeps some",
    ("CKV_AZURE_213", "sites.app"): "Flex Consumption has no health check of the platform; alerts look for silence and errors instead",
    ("CKV_AZURE_66", "sites/config.settings"): "failed requests are in Application Insights",
    ("CKV_AZURE_63", "sites/config.settings"): "requests are in Application Insights",
    ("CKV_AZURE_65", "sites/config.settings"): "errors are the program's own documents, which say what is wrong",
    ("CKV_AZURE_80", "sites/config.settings"): "there is no .NET here",
    ("CKV_AZURE_13", "sites/config.settings"): "the program checks tokens itself (AUTH_MODE); customers without an account may look at the shop",
    ("CKV_AZURE_88", "sites/config.settings"): "Flex Consumption loads the package from a container; files are in Blob Storage",
    ("CKV_AZURE_109", "vaults.vault"): "the platform resolves references from addresses that are not fixed; the role decides who reads",
    ("CKV_AZURE_189", "vaults.vault"): "as CKV_AZURE_109",
    ("CKV_AZURE_41", "vaults/secrets.secret"): "an admin key that expires would close the dashboard without anybody's doing; each deployment makes a new one",
    ("CKV_AZURE_131", "string.adminKey"): "the default is newGuid(), another at every deployment",
}


def findings():
    checkov = pathlib.Path(sys.executable).with_name("checkov")
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [checkov, "--directory", PROJECT / "infra", "--framework", "bicep", "--skip-download", "--quiet", "--compact", "--output", "json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, cwd=home,
        )
    try:
        report = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"checkov ended with {done.returncode} and no report: {done.stderr[-2000:]}")
    summary = report["summary"]
    if summary["parsing_errors"] or summary["resource_count"] < 20:
        sys.exit(f"checkov did not read all of infra/: {summary}")
    return report["results"]["failed_checks"], summary


def main():
    failed, summary = findings()
    problems, used = [], set()
    for each in failed:
        key = (each["check_id"], each["resource"].removeprefix("Microsoft.").split("/", 1)[-1])
        used.add(key)
        if key not in ACCEPTED:
            problems.append(f"infra{each['file_path']}: {each['resource']}: {each['check_id']} {each['check_name']}")
    problems += [f"{policy} of {resource} is accepted here and not found any more" for policy, resource in sorted(set(ACCEPTED) - used)]
    if problems:
        sys.exit("\n".join(problems))
    print(f"policies: {summary['passed']} passed, {len(failed)} findings, each with its reason")


main()
