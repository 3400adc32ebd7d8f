#!/usr/bin/env python3
"""Checks the Bicep files without Azure: there is no Bicep compiler among the packages that this project may use.

  "$(scripts/python-venv.sh infra pycep-parser==0.5.1)" scripts/infra_check.py [--project FOLDER]

Each file must parse. Types and versions, required values and role ids are compared with the tables below, which were read from the
published type files and documentation. Names, parameters and outputs must exist and be used; no secret may be an output; the
settings of the app are compared with those that the program reads; connections and addresses are counted. What it cannot see: names and types of
properties that no table has, regions, quotas, prices. `az deployment sub what-if` is the check for those.
"""
import argparse
import functools
import ipaddress
import json
import pathlib
import re
import sys

from pycep import BicepParser

#: Type -> the API version that was read about.
VERSIONS = {
    "Microsoft.Resources/resourceGroups": "2024-11-01",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "2024-11-30",
    "Microsoft.Storage/storageAccounts": "2025-06-01",
    "Microsoft.Storage/storageAccounts/blobServices": "2025-06-01",
    "Microsoft.Storage/storageAccounts/blobServices/containers": "2025-06-01",
    "Microsoft.Storage/storageAccounts/queueServices": "2025-06-01",
    "Microsoft.Storage/storageAccounts/queueServices/queues": "2025-06-01",
    "Microsoft.Storage/storageAccounts/managementPolicies": "2025-06-01",
    "Microsoft.DBforPostgreSQL/flexibleServers": "2025-08-01",
    "Microsoft.DBforPostgreSQL/flexibleServers/administrators": "2025-08-01",
    "Microsoft.DBforPostgreSQL/flexibleServers/databases": "2025-08-01",
    "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules": "2025-08-01",
    "Microsoft.KeyVault/vaults": "2024-11-01",
    "Microsoft.KeyVault/vaults/secrets": "2024-11-01",
    "Microsoft.Web/serverfarms": "2024-11-01",
    "Microsoft.Web/sites": "2025-03-01",
    "Microsoft.Web/sites/config": "2025-03-01",
    "Microsoft.Web/staticSites": "2024-11-01",
    "Microsoft.Web/staticSites/linkedBackends": "2024-11-01",
    "Microsoft.Web/staticSites/customDomains": "2024-11-01",
    "Microsoft.OperationalInsights/workspaces": "2025-07-01",
    "Microsoft.Insights/components": "2020-02-02",
    "Microsoft.Insights/actionGroups": "2023-01-01",
    "Microsoft.Insights/scheduledQueryRules": "2023-12-01",
    "Microsoft.Insights/metricAlerts": "2018-03-01",
    "Microsoft.Insights/workbooks": "2023-06-01",
    "Microsoft.Consumption/budgets": "2024-08-01",
    "Microsoft.Network/virtualNetworks": "2024-05-01",
    "Microsoft.Network/privateDnsZones": "2024-06-01",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": "2024-06-01",
    "Microsoft.Authorization/roleAssignments": "2022-04-01",
}
#: Type -> path -> the value it must have; ANY where it must only be there.
ANY = object()
REQUIRED = {
    "Microsoft.Storage/storageAccounts": {
        "properties.allowBlobPublicAccess": False, "properties.allowSharedKeyAccess": False,
        "properties.minimumTlsVersion": "TLS1_2", "properties.supportsHttpsTrafficOnly": True,
    },
    "Microsoft.DBforPostgreSQL/flexibleServers": {
        "sku.tier": ANY, "properties.version": ANY, "properties.storage.storageSizeGB": ANY,
        "properties.authConfig.activeDirectoryAuth": "Enabled", "properties.authConfig.passwordAuth": "Disabled",
        "properties.network": ANY,
    },
    "Microsoft.KeyVault/vaults": {"properties.enableRbacAuthorization": True, "properties.enablePurgeProtection": True},
    "Microsoft.Web/serverfarms": {"sku.name": "FC1", "sku.tier": "FlexConsumption", "properties.reserved": True},
    "Microsoft.Web/sites": {
        "kind": "functionapp,linux", "identity.type": "UserAssigned", "properties.httpsOnly": True,
        "properties.keyVaultReferenceIdentity": ANY, "properties.virtualNetworkSubnetId": ANY, "properties.functionAppConfig.runtime.name": "custom",
        "properties.functionAppConfig.runtime.version": "1.0",
        "properties.functionAppConfig.deployment.storage.authentication.userAssignedIdentityResourceId": ANY,
        "properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount": ANY, "properties.siteConfig.cors": ANY,
    },
    "Microsoft.OperationalInsights/workspaces": {"properties.workspaceCapping.dailyQuotaGb": ANY},
    "Microsoft.Insights/components": {"properties.WorkspaceResourceId": ANY, "properties.DisableLocalAuth": True},
    "Microsoft.Authorization/roleAssignments": {"properties.principalType": "ServicePrincipal", "properties.principalId": ANY},
    "Microsoft.Insights/scheduledQueryRules": {
        "kind": "LogAlert", "properties.evaluationFrequency": ANY, "properties.windowSize": ANY, "properties.autoMitigate": True,
        "properties.actions.actionGroups": ANY,
    },
    "Microsoft.Insights/metricAlerts": {"properties.actions": ANY, "properties.evaluationFrequency": ANY, "properties.windowSize": ANY},
    "Microsoft.Insights/workbooks": {"kind": "shared", "properties.serializedData": ANY, "properties.sourceId": ANY},
    "Microsoft.Consumption/budgets": {
        "properties.category": "Cost", "properties.timeGrain": "Monthly", "properties.timePeriod.startDate": ANY,
        "properties.notifications.spent.contactEmails": ANY, "properties.notifications.forecast.thresholdType": "Forecasted",
    },
    "Microsoft.Network/privateDnsZones": {"location": "global"},
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": {
        "location": "global", "properties.registrationEnabled": False, "properties.virtualNetwork.id": ANY,
    },
    "Microsoft.Web/staticSites/customDomains": {"properties.validationMethod": "cname-delegation"},
}
ROLES = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
}
#: Settings for the host, which the program does not read by these names.
HOST_SETTINGS = {"AzureWebJobsStorage__credential"}
#: Settings that Flex Consumption refuses.
REFUSED_SETTINGS = {
    "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_EXTENSION_VERSION", "WEBSITE_RUN_FROM_PACKAGE", "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "ENABLE_ORYX_BUILD", "AzureWebJobsStorage",
}
#: What the program reads and the deployment leaves alone.
UNSET = {
    "the host or the platform sets it": {
        "FUNCTIONS_CUSTOMHANDLER_PORT", "FUNCTIONS_APP_ROOT_PATH", "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "PATH",
        "WEBSITE_SITE_NAME", "WEBSITE_AUTH_ENABLED",
    },
    "another way to the same": {
        "AzureWebJobsStorage", "AzureWebJobsStorage__blobServiceUri", "PGPORT", "PGPASSWORD", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET",
        "AZURE_AUTHORITY_HOST", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_TOKEN_CREDENTIALS",
    },
    "the default is right": {
        "BATCH_LEASE", "BATCH_SIZE", "CACHE_TTL", "DATABASE_PIPELINE_LANES", "DATABASE_PREPARED_STATEMENTS", "DATASET_SNAPSHOTS",
        "DISTRIBUTED_ABOVE_USERS", "MAX_SCORERS", "MODEL_VERSION", "RATE_LIMIT", "RECOMMENDATION_BATCH_INTERVAL", "REQUEST_BODY_LIMIT", "TIMER_SILENCE", "TRACK_STOCK",
        "JWT_ADMIN_ROLE", "TELEMETRY_SAMPLING", "JWT_JWKS_URL", "JWT_ROLES_CLAIM", "JWT_USER_CLAIM",
    },
}
#: Connections that a server of this size leaves to users; of others the documentation of Azure Database for PostgreSQL knows.
CONNECTION_LIMITS = {"Standard_B1ms": 35}
#: Member of `names` in main.bicep -> what Azure admits as the name of that kind.
NAME_RULES = {
    "group": r"[\w().-]{1,89}[\w()-]", "identity": r"[A-Za-z0-9][\w-]{2,127}", "workspace": r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]",
    "insights": r"[^%&\\?/]{1,259}[^%&\\?/. ]", "actionGroup": r"[^:<>+/&%\\?]{1,259}[^:<>+/&%\\?. ]", "alert": r"[^*#&+:<>?@%{}\\/]{1,200}",
    "budget": r"[\w-]{1,63}", "site": r"[A-Za-z0-9][A-Za-z0-9-]{0,38}[A-Za-z0-9]", "network": r"[A-Za-z0-9][\w.-]{0,62}\w",
    "databaseZone": r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+postgres\.database\.azure\.com", "storage": r"[a-z0-9]{3,24}",
    "vault": r"[A-Za-z]([A-Za-z0-9]|-(?!-)){1,22}[A-Za-z0-9]", "server": r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", "plan": r"[\w-]{1,60}",
    "app": r"[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]",
}
#: Time spans that rules over logs admit, in minutes; a rule that looks back over two days is the longest.
SPANS = {"PT5M": 5, "PT10M": 10, "PT15M": 15, "PT30M": 30, "PT45M": 45, "PT1H": 60, "PT2H": 120, "PT6H": 360, "P1D": 1440, "P2D": 2880}
#: Addresses of a subnet that Azure keeps to itself.
RESERVED_ADDRESSES = 5

FUNCTIONS = set("""
    concat empty guid join json loadTextContent newGuid resourceGroup string subscription subscriptionResourceId toLower union uniqueString utcNow
    true false null if for in
""".split())


parser = functools.cache(BicepParser)


@functools.cache
def parsed_text(text):
    return parser().parse(text=text)


class Problems(list):
    def add(self, path, text):
        self.append(f"{path}: {text}")


def value_at(config, path):
    for part in path.split("."):
        if not isinstance(config, dict) or part not in config:
            return None
        config = config[part]
    return config


def body_of(resource):
    """The properties of a resource, also of one in a loop or behind a condition."""
    config = resource["config"]
    while isinstance(config, dict) and isinstance(config.get("config"), dict):
        config = config["config"]
    return config


def code_of(text):
    """The file without comments and without the literal parts of strings; what stands in ${} remains."""
    found, at, depth = [], 0, []
    in_string = False
    while at < len(text):
        two = text[at:at + 2]
        if in_string:
            if two == "${":
                depth.append(0)
                in_string, at = False, at + 2
                found.append(" ")
                continue
            if text[at] == "\\":
                at += 2
                continue
            if text[at] == "'":
                in_string = False
                found.append("'")
            at += 1
            continue
        if two == "//":
            at = text.find("\n", at) if "\n" in text[at:] else len(text)
            continue
        if text[at] == "'":
            in_string = True
        elif depth and text[at] == "{":
            depth[-1] += 1
        elif depth and text[at] == "}":
            if depth[-1] == 0:
                depth.pop()
                in_string = True
                found.append(" ")
                at += 1
                continue
            depth[-1] -= 1
        found.append(text[at])
        at += 1
    return "".join(found)


def check_names(path, text, problems):
    """Every name that is used is declared, and the other way round."""
    code = code_of(text)
    declared = dict(re.findall(r"^(?:param|var) (\w+)()", code, re.MULTILINE))
    others = set(re.findall(r"^(?:resource|module) (\w+)", code, re.MULTILINE)) | set(re.findall(r"\[for (\w+) in", code))
    body = re.sub(r"^(?:param (\w+) \w+|var \w+|resource \w+|module \w+|output \w+ \w+|targetScope)", "", code, flags=re.MULTILINE)
    body = re.sub(r"^@\w+", "", body, flags=re.MULTILINE)
    # A name before a colon is a key, unless it is the middle of a condition.
    keys = re.sub(r"(^|[{\[,])\s*[\w$]+\s*:", r"\1 ", body, flags=re.MULTILINE)
    used = set(re.findall(r"(?<![\w.'])([A-Za-z_]\w*)", keys)) - {"existing", "scope"}
    for name in sorted(used - set(declared) - others - FUNCTIONS):
        problems.add(path, f"{name} is not declared")
    for name in sorted(set(declared) - used):
        problems.add(path, f"{name} is declared and not used")


def check_resources(path, parsed, problems):
    for name, resource in parsed.get("resources", {}).items():
        kind, version = resource["type"], resource["api_version"]
        if kind not in VERSIONS:
            problems.add(path, f"{name}: nothing is known of the type {kind}")
        elif VERSIONS[kind] != version:
            problems.add(path, f"{name}: {kind}@{version}; the version that was checked is {VERSIONS[kind]}")
        if resource["existing"]:
            continue
        body = body_of(resource)
        for place, wanted in REQUIRED.get(kind, {}).items():
            found = value_at(body, place)
            if found is None or wanted is not ANY and found != wanted:
                problems.add(path, f"{name}: {place} is {found!r}, must be {'given' if wanted is ANY else repr(wanted)}")


def check_roles(path, text, parsed, problems):
    for identifier in re.findall(r"'([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})'", text):
        if identifier not in ROLES:
            problems.add(path, f"{identifier} is no known role")
    assigned = [each for each in parsed.get("resources", {}).values() if each["type"].endswith("/roleAssignments")]
    if len(re.findall(r"subscriptionResourceId\('Microsoft.Authorization/roleDefinitions', \w+\)", text)) != len(assigned):
        problems.add(path, "each role assignment must name its role by subscriptionResourceId")


def check_modules(folder, path, text, parsed, all_parsed, problems):
    for name, module in parsed.get("modules", {}).items():
        target = (folder / path).parent / module["detail"]["path"]
        key = target.relative_to(folder).as_posix()
        if key not in all_parsed:
            problems.add(path, f"{name}: there is no {key}")
            continue
        declared = all_parsed[key].get("parameters", {})
        given = set(body_of(module).get("params", {}))
        for missing in sorted(each for each in declared if declared[each]["default"] is None and each not in given):
            problems.add(path, f"{name} does not get {missing}, which {key} needs")
        for unknown in sorted(given - set(declared)):
            problems.add(path, f"{name} gets {unknown}, which {key} does not have")
        for used in sorted(set(re.findall(rf"\b{name}\.outputs\.(\w+)", text))):
            if used not in all_parsed[key].get("outputs", {}):
                problems.add(path, f"{name} has no output {used}")


def check_secrets(path, text, problems):
    secure = set(re.findall(r"@secure\(\)\n(?:@.*\n)*param (\w+)", text))
    for name in re.findall(r"^param (\w*(?:[kK]ey|[sS]ecret|[pP]assword))\b", text, re.MULTILINE):
        if name not in secure:
            problems.add(path, f"{name} must be @secure()")
    for line in re.findall(r"^output .*", text, re.MULTILINE):
        if secure & set(re.findall(r"\w+", line)) or re.search(r"listKeys|getSecret|\.properties\.value\b", line):
            problems.add(path, f"a secret is an output, which everybody with access to the deployment reads: {line}")


def settings_read(project):
    """Names of variables that the program reads."""
    found = set()
    for source in (project / "Sources/Composition").rglob("*.swift"):
        found |= set(re.findall(r'reader\.\w+\(\s*"(\w+)"', source.read_text(encoding="utf-8")))
    if len(found) < 20:
        sys.exit("the settings that the program reads were not found in Sources/Composition")
    return found


def check_settings(project, path, parsed, problems):
    settings = set(body_of(parsed["resources"]["settings"])["properties"])
    read = settings_read(project)
    texts = "".join(each.read_text(encoding="utf-8") for each in (project / "Sources/Composition").rglob("*.swift"))
    # Read through a constant, or known by the beginning of its name alone.
    known = read | {each for each in settings if f'"{each}"' in texts or each.startswith("JWT_")}
    for name in sorted(settings - known - HOST_SETTINGS):
        problems.add(path, f"nothing reads the setting {name}")
    for name in sorted(settings & REFUSED_SETTINGS):
        problems.add(path, f"Flex Consumption refuses {name}, or it defeats access by identity")
    for name in sorted(read - settings - set().union(*UNSET.values())):
        problems.add(path, f"the program reads {name}, which is neither set nor in the table of those that need not be")


def number(text):
    return int(text) if str(text).isdigit() else None


def connections(main, app):
    """Instances, connections of each for requests and for batches, those that the server leaves to users; None for what is not a number."""
    settings = body_of(app["resources"]["settings"])["properties"]
    pools = [number(settings.get(name)) for name in ("DATABASE_POOL_API", "DATABASE_POOL_BATCH")]
    limit = CONNECTION_LIMITS.get(main["parameters"]["databaseSku"]["default"])
    return [number(main["parameters"]["maximumInstanceCount"]["default"]), *pools, limit]


def check_connections(path, main, app, problems):
    counted = connections(main, app)
    if None in counted:
        problems.add(path, "the connections cannot be counted: instances, pools and the limit of databaseSku must be numbers")
        return
    instances, api, batch, limit = counted
    if instances * (api + batch) > limit:
        problems.add(path, f"{instances} instances x ({api} + {batch}) connections are more than {limit}")


def check_resource_names(path, text, problems):
    """The names of main.bicep's one table, for the shortest and the longest environment, by Azure's rules; no other is made up."""
    found = re.search(r"^var names = \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    templates = dict(re.findall(r"^  (\w+): '(.+)'$", found.group(1), re.MULTILINE)) if found else {}
    for key in sorted(set(templates) ^ set(NAME_RULES)):
        problems.add(path, f"names and the table of rules for names do not both have {key}")
    longest = int(re.search(r"@maxLength\((\d+)\)\nparam environmentName", text).group(1))
    for key in sorted(set(templates) & set(NAME_RULES)):
        for environment in ("ab", "a" * longest):
            name = templates[key].replace("${environmentName}", environment).replace("${suffix}", "a1b2c3d4e5f6g")
            if not re.fullmatch(NAME_RULES[key], name):
                problems.add(path, f"Azure does not admit {name} ({len(name)} characters) as the name {key}")
    outside = text.replace(found.group(0), "") if found else text
    for name in re.findall(r"(?:ame|prefix): '([^']*\$\{(?:environmentName|suffix)\}[^']*)'", outside):
        problems.add(path, f"{name} is made outside of names")


def check_network(path, parsed, problems):
    """Both subnets lie in the network, apart from each other, and belong to the services that use them."""
    properties = body_of(parsed["resources"]["network"])["properties"]
    [space] = [ipaddress.ip_network(each) for each in properties["addressSpace"]["addressPrefixes"]]
    subnets = {each["name"]: each["properties"] for each in properties["subnets"]}
    services = {"app": "Microsoft.App/environments", "database": "Microsoft.DBforPostgreSQL/flexibleServers"}
    ranges = {name: ipaddress.ip_network(subnets[name]["addressPrefix"]) for name in services if name in subnets}
    for name, service in services.items():
        if name not in subnets:
            problems.add(path, f"there is no subnet {name}")
        elif [each["properties"]["serviceName"] for each in subnets[name].get("delegations", [])] != [service]:
            problems.add(path, f"the subnet {name} must be delegated to {service} alone")
    for name, addresses in ranges.items():
        if not addresses.subnet_of(space):
            problems.add(path, f"the subnet {name}, {addresses}, is not in {space}")
        if addresses.num_addresses < (32 if name == "app" else 16):
            problems.add(path, f"the subnet {name} has {addresses.num_addresses} addresses, {RESERVED_ADDRESSES} of them Azure's: too few")
    if len(ranges) == 2 and ranges["app"].overlaps(ranges["database"]):
        problems.add(path, "the subnets overlap")


def check_alerts(path, text, problems):
    """Windows of rules over logs: known spans, none shorter than the time from one evaluation to the next."""
    rules = re.findall(r"name: '([\w-]+)'\n(?:    .*\n)*?    window: '(\w+)'\n    range: '(\w*)'\n    every: '(\w+)'", text)
    if len(rules) < 5:
        problems.add(path, f"only {len(rules)} rules over logs have a window, a range and a frequency")
    for name, window, period, every in rules:
        unknown = [each for each in (window, period, every) if each and each not in SPANS]
        if unknown:
            problems.add(path, f"{name}: {unknown[0]} is no span that a rule admits")
        elif SPANS[window] < SPANS[every]:
            problems.add(path, f"{name}: looks at {window} every {every}, and so misses what happens in between")
        elif SPANS[window] > SPANS["P1D"]:
            problems.add(path, f"{name}: a window is at most a day; range goes back further")


def check_files(folder, texts, problems):
    for path, text in texts.items():
        for name in re.findall(r"loadTextContent\('([^']+)'\)", text):
            target = (folder / path).parent / name
            if not target.exists():
                problems.add(path, f"there is no {name}")
            elif target.suffix == ".json":
                try:
                    json.loads(target.read_text(encoding="utf-8"))
                except ValueError as error:
                    problems.add(path, f"{name} is not JSON: {error}")


def check_parameters(folder, main, problems):
    name = "main.parameters.json"
    given = set(json.loads((folder / name).read_text(encoding="utf-8"))["parameters"])
    declared = main["parameters"]
    for unknown in sorted(given - set(declared)):
        problems.add(name, f"main.bicep has no parameter {unknown}")
    for missing in sorted(each for each in declared if declared[each]["default"] is None and each not in given):
        problems.add(name, f"{missing} has no default and no value")


def check_project(project, texts, problems):
    manifest = (project / "azure.yaml").read_text(encoding="utf-8")
    services = set(re.findall(r"^  (\w+):$", manifest, re.MULTILINE))
    tagged = set(re.findall(r"'azd-service-name': '(\w+)'", "".join(texts.values())))
    if services != tagged:
        problems.add("azure.yaml", f"its services {sorted(services)} are not those of the tags {sorted(tagged)}")
    queues = {
        binding["queueName"] for each in project.glob("*/function.json")
        for binding in json.loads(each.read_text(encoding="utf-8"))["bindings"] if binding["type"].startswith("queue")
    }
    storage = texts["modules/storage.bicep"]
    for queue in sorted(queues):
        if f"name: '{queue}'" not in storage:
            problems.add("modules/storage.bicep", f"a function is bound to the queue {queue}, which is not declared")
    if queues and not any(ROLES[role] == "Storage Queue Data Contributor" and role in storage for role in ROLES):
        problems.add("modules/storage.bicep", "a function has a queue binding: the role for it is missing")


def check(project):
    """What is wrong, and a line on what was looked at."""
    folder = project / "infra"
    texts = {each.relative_to(folder).as_posix(): each.read_text(encoding="utf-8") for each in sorted(folder.rglob("*.bicep"))}
    problems = Problems()
    parsed = {}
    for path, text in texts.items():
        try:
            parsed[path] = parsed_text(text)
        except Exception as error:  # the parser's own errors have no common type
            problems.add(path, f"cannot be parsed: {str(error).strip().splitlines()[0]}")
    if problems:
        return problems, ""
    for path, text in texts.items():
        check_names(path, text, problems)
        check_resources(path, parsed[path], problems)
        check_roles(path, text, parsed[path], problems)
        check_modules(folder, path, text, parsed[path], parsed, problems)
        check_secrets(path, text, problems)
    check_settings(project, "modules/app.bicep", parsed["modules/app.bicep"], problems)
    check_connections("main.bicep", parsed["main.bicep"], parsed["modules/app.bicep"], problems)
    check_resource_names("main.bicep", texts["main.bicep"], problems)
    check_network("modules/network.bicep", parsed["modules/network.bicep"], problems)
    check_alerts("modules/alerts.bicep", texts["modules/alerts.bicep"], problems)
    check_files(folder, texts, problems)
    check_parameters(folder, parsed["main.bicep"], problems)
    check_project(project, texts, problems)
    used = {each["detail"]["path"] for each in parsed["main.bicep"]["modules"].values()}
    for path in sorted(set(parsed) - {"main.bicep"} - used):
        problems.add(path, "no module uses it")
    counted = connections(parsed["main.bicep"], parsed["modules/app.bicep"])
    instances, api, batch, limit = (each or 0 for each in counted)
    resources = sum(len(each.get("resources", {})) for each in parsed.values())
    return problems, (
        f"{len(texts)} Bicep files, {resources} resources; connections: {instances} instances x ({api} for requests + {batch} for batches) "
        f"= {instances * (api + batch)} of {limit}"
    )


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--project", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    problems, summary = check(arguments.parse_args().project)
    if problems:
        sys.exit("\n".join(problems))
    print(f"infra: {summary}; no mistake found")


if __name__ == "__main__":
    main()
