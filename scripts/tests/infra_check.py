#!/usr/bin/env python3
"""Runs scripts/infra_check.py on the project, where it must find nothing, and on copies with one mistake each, which it must name.

  "$(scripts/python-venv.sh infra pycep-parser==0.5.1)" scripts/tests/infra_check.py
"""
import pathlib
import shutil
import sys
import tempfile

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(PROJECT / "scripts"))
sys.dont_write_bytecode = True
import infra_check  # noqa: E402

#: File, what stands there, what is put in its place, what must be said.
MISTAKES = [
    ("modules/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "properties.allowSharedKeyAccess is True"),
    ("modules/storage.bicep", "storageAccounts@2025-06-01' =", "storageAccounts@2019-06-01' =", "the version that was checked"),
    ("modules/storage.bicep", "b7e6dc6d-f1e8", "b7e6dc6d-f1e9", "is no known role"),
    ("modules/storage.bicep", "974c5e8b-45b9-4653-ba55-5f855dd0fb88", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "the role for it is missing"),
    ("modules/storage.bicep", "'recommendation-chunks'", "'chunks'", "recommendation-chunks, which is not declared"),
    ("modules/storage.bicep", "principalId: ownerId", "principalId: owner", "owner is not declared"),
    ("modules/storage.bicep", "    supportsHttpsTrafficOnly: true\n", "", "properties.supportsHttpsTrafficOnly is None"),
    ("modules/database.bicep", "passwordAuth: 'Disabled'", "passwordAuth: 'Enabled'", "passwordAuth is 'Enabled'"),
    ("modules/database.bicep", "flexibleServers/databases@", "flexibleServers/database@", "nothing is known of the type"),
    ("modules/vault.bicep", "@secure()\n", "", "adminKey must be @secure()"),
    ("modules/vault.bicep", "output name string = vault.name", "output name string = adminKey", "a secret is an output"),
    ("modules/app.bicep", "    DATABASE_AUTH: 'entra'\n", "", "the program reads DATABASE_AUTH"),
    ("modules/app.bicep", "LOG_LEVEL: 'info'", "LOG_LEVELS: 'info'", "nothing reads the setting LOG_LEVELS"),
    ("modules/app.bicep", "    DATABASE_AUTH:", "    FUNCTIONS_WORKER_RUNTIME: 'custom'\n    DATABASE_AUTH:", "Flex Consumption refuses"),
    ("modules/app.bicep", "DATABASE_POOL_API: '3'", "DATABASE_POOL_API: '8'", "connections are more than 35"),
    ("modules/app.bicep", "version: '1.0'", "version: '2.0'", "runtime.version is '2.0'"),
    ("modules/app.bicep", "'azd-service-name': 'api'", "'azd-service-name': 'app'", "are not those of the tags"),
    ("main.bicep", "    databaseHost: database.outputs.host\n", "", "app does not get databaseHost"),
    ("main.bicep", "storage.outputs.blobEndpoint", "storage.outputs.blobEndpoints", "storage has no output blobEndpoints"),
    ("main.bicep", "    skuName: staticSiteSku\n", "    sku: staticSiteSku\n", "web gets sku"),
    ("main.bicep", "'modules/web.bicep'", "'modules/site.bicep'", "there is no modules/site.bicep"),
    ("main.bicep", "param alertEmail string = ''", "param alertEmail string = ''\nparam other string = ''", "other is declared and not used"),
    ("main.parameters.json", '"environmentName"', '"environment"', "main.bicep has no parameter environment"),
    ("main.bicep", "'kv-${suffix}'", "'key-vault-shop-${suffix}'", "Azure does not admit key-vault-shop-a1b2c3d4e5f6g (28 characters)"),
    ("main.bicep", "'stshop${suffix}'", "'st-shop-${suffix}'", "as the name storage"),
    ("main.bicep", "name: names.site", "name: 'web-${environmentName}'", "web-${environmentName} is made outside of names"),
    ("main.bicep", "param databaseSku string = 'Standard_B1ms'", "param databaseSku string = 'Standard_B2s'", "connections cannot be counted"),
    ("modules/network.bicep", "10.40.0.64/28", "10.40.0.32/28", "the subnets overlap"),
    ("modules/network.bicep", "10.40.0.64/28", "10.41.0.64/28", "is not in 10.40.0.0/24"),
    ("modules/network.bicep", "10.40.0.0/26", "10.40.0.0/28", "the subnet app has 16 addresses"),
    ("modules/network.bicep", "Microsoft.App/environments", "Microsoft.Web/serverFarms", "must be delegated to Microsoft.App/environments"),
    ("modules/network.bicep", "registrationEnabled: false", "registrationEnabled: true", "registrationEnabled is True"),
    ("modules/app.bicep", "    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId\n", "", "properties.virtualNetworkSubnetId is None"),
    ("modules/web.bicep", "'cname-delegation'", "'cname'", "validationMethod is 'cname'"),
    ("modules/budget.bicep", "timeGrain: 'Monthly'", "timeGrain: 'Daily'", "timeGrain is 'Daily'"),
    ("modules/workbook.bicep", "../workbook.json", "../workbooks.json", "there is no ../workbooks.json"),
    ("workbook.json", '"version": "Notebook/1.0",', '"version": "Notebook/1.0"', "workbook.json is not JSON"),
    ("modules/alerts.bicep", "    window: 'PT15M'\n    range: ''\n    every: 'PT5M'", "    window: 'PT5M'\n    range: ''\n    every: 'PT1H'", "misses what happens"),
    ("modules/alerts.bicep", "window: 'P1D'", "window: 'P2D'", "a window is at most a day"),
    ("modules/alerts.bicep", "every: 'PT1H'", "every: 'PT3H'", "PT3H is no span"),
    ("modules/alerts.bicep", "    actions: { actionGroups: [people.id] }\n", "", "properties.actions.actionGroups is None"),
    ("modules/alerts.bicep", "]\n\nresource people", "\n\nresource people", "cannot be parsed"),
]


def main():
    problems, _ = infra_check.check(PROJECT)
    with tempfile.TemporaryDirectory() as temporary:
        copy = pathlib.Path(temporary)
        shutil.copytree(PROJECT / "Sources/Composition", copy / "Sources/Composition")
        shutil.copy(PROJECT / "azure.yaml", copy)
        for function in PROJECT.glob("*/function.json"):
            (copy / function.parent.name).mkdir()
            shutil.copy(function, copy / function.parent.name)
        for path, before, after, said in MISTAKES:
            shutil.rmtree(copy / "infra", ignore_errors=True)
            shutil.copytree(PROJECT / "infra", copy / "infra")
            text = (copy / "infra" / path).read_text(encoding="utf-8")
            if before not in text:
                problems.append(f"{path} no longer has: {before}")
                continue
            (copy / "infra" / path).write_text(text.replace(before, after, 1), encoding="utf-8")
            found, _ = infra_check.check(copy)
            if not any(said in each for each in found):
                problems.append(f"{path}, {before!r} -> {after!r}: not found; it said: {found}")
    if problems:
        sys.exit("\n".join(problems))
    print(f"infra_check.py: nothing to say about the project; each of {len(MISTAKES)} mistakes is found")


main()
