import AzureBlob
import Logging
import Postgres
import Testing

@testable import Composition

@Suite struct AppConfigTests {
    static let good = ["DATABASE_URL": "postgresql://u:p@localhost/d", "BLOB_STORAGE": "file:.local/blob"]

    private func load(_ changes: [String: String?], hostJSON: String? = nil) -> (
        config: AppConfig, problems: [SettingProblem]
    ) {
        var environment = Self.good
        for (name, value) in changes { environment[name] = value }
        return AppConfig.load(environment, hostJSON: hostJSON)
    }

    @Test("the smallest good environment has no problem and the documented defaults")
    func defaults() {
        let (config, problems) = load([:])
        #expect(problems.isEmpty)
        #expect(config.port == 8080)
        #expect(config.batchInterval == 21_600)
        #expect(config.database.apiConnections == 3)
        #expect(config.database.batchConnections == 3)
        #expect(config.database.usesPreparedStatements)
        #expect(config.blob.location == .file(directory: ".local/blob"))
        #expect(config.blob.container == "recommendations")
        #expect(config.requestBodyLimit == 1_048_576)
        #expect(config.logLevel == .info)
        #expect(config.adminKey.isClosed)
        #expect(config.allowedOrigins.isEmpty)
        #expect(config.functionTimeout.limit == .seconds(1800))
    }

    @Test(
        "a good value is taken",
        arguments: [
            ("DATABASE_URL", "host=/tmp dbname=x"), ("DATABASE_URL", "postgres://h/d"),
            ("DATABASE_URL", "postgresql:///d?host=/tmp&port=5433"),
            ("DATABASE_URL", "postgresql://u:p%2Fa%40b@[::1]:5432,h-2.example/d?sslmode=require"),
            ("DATABASE_URL", "postgresql://u:p?a#b@h/d"), ("PGPORT", "5432"),
            ("CORS_ALLOWED_ORIGINS", "https://Shop.Example, https://[::1]:8443"),
            ("BLOB_STORAGE", "file:///var/blob"), ("BLOB_STORAGE", "https://acc.blob.core.windows.net"),
            ("BLOB_STORAGE", "https://acc.blob.core.windows.net/?sv=2023-11-03&sig=x"),
            ("BLOB_STORAGE", "UseDevelopmentStorage=true"), ("BLOB_STORAGE", "http://127.0.0.1:10000/acc"),
            ("BLOB_STORAGE", "AccountName=acc;AccountKey=a2V5"), ("AZURE_TOKEN_CREDENTIALS", "prod"),
            ("AUTH_MODE", "demo"), ("AUTH_MODE", "Demo"), ("BATCH_SIZE", "500"), ("LOG_LEVEL", "debug"),
            ("LOG_LEVEL", "WARNING"),
            ("CORS_ALLOWED_ORIGINS", "https://shop.example, http://localhost:5173"), ("CACHE_TTL", " 60 "),
            ("MODEL_VERSION", "20260301-1"),
            ("DATABASE_PREPARED_STATEMENTS", "off"), ("BLOB_CONTAINER", "reco-1"), ("ADMIN_API_KEY", ""),
            ("AzureFunctionsJobHost__functionTimeout", "-1"),
        ]
    )
    func accepted(name: String, value: String) {
        #expect(load([name: value]).problems == [])
    }

    @Test(
        "a bad value is a problem that names its setting",
        arguments: [
            ("DATABASE_URL", "postgresql://shop:super/secret@127.0.0.1/shop"),
            ("DATABASE_URL", "postgresql://shop:12/secret@127.0.0.1/shop"),
            ("DATABASE_URL", "postgresql://shop:se@cret@127.0.0.1/shop"),
            ("DATABASE_URL", "postgresql://u:p@h:99999/d"), ("DATABASE_URL", "postgresql://u:p@h/d?port=x"),
            ("DATABASE_URL", "postgresql://u:p@h/d?no_such_option=1"), ("DATABASE_URL", "host=h port=x dbname=d"),
            ("PGPORT", "x"), ("DATABASE_PIPELINE_LANES", "3"), ("DATABASE_POOL_API", "1"),
            ("CORS_ALLOWED_ORIGINS", "https://[[:::"), ("CORS_ALLOWED_ORIGINS", "https://a.example:0"),
            ("CORS_ALLOWED_ORIGINS", "https://a..example"), ("CORS_ALLOWED_ORIGINS", "https://:80"),
            ("DATABASE_URL", "mysql://h/d"), ("DATABASE_URL", "nonsense"), ("DATABASE_AUTH", "entra"),
            ("BLOB_STORAGE", "http://acc.blob.core.windows.net"), ("BLOB_STORAGE", "http://localhost.example/acc"),
            ("BLOB_STORAGE", "http://127.0.0.1.example/acc"), ("AZURE_AUTHORITY_HOST", "http://127.0.0.1.example"),
            ("BLOB_STORAGE", "AccountName=acc;AccountKey=?"),
            ("BLOB_STORAGE", "AccountKey=a2V5;EndpointSuffix=x"), ("BLOB_STORAGE", "https://acc.example/?x=1"),
            ("AZURE_TOKEN_CREDENTIALS", "anything"), ("TLS_CA_FILE", "/nowhere.pem"),
            ("AZURE_AUTHORITY_HOST", "http://login.example"),
            ("DATABASE_AUTH", "kerberos"),
            ("BLOB_STORAGE", "/var/blob"), ("BLOB_STORAGE", "file:"), ("BLOB_CONTAINER", "No_Good"),
            ("BLOB_CONTAINER", "a--b"),
            ("AUTH_MODE", "swa"), ("AUTH_MODE", "open"), ("RATE_LIMIT", "-1"), ("TRACK_STOCK", "maybe"),
            ("RECOMMENDATION_BATCH_INTERVAL", "0"),
            ("RECOMMENDATION_BATCH_INTERVAL", "6h"), ("BATCH_SIZE", "-1"), ("BATCH_SIZE", "1e3"),
            ("CACHE_TTL", "forever"),
            ("LOG_LEVEL", "verbose"), ("CORS_ALLOWED_ORIGINS", "*"), ("CORS_ALLOWED_ORIGINS", "https://a.example/path"),
            ("CORS_ALLOWED_ORIGINS", "shop.example"), ("DATABASE_POOL_API", "0"), ("DATABASE_POOL_BATCH", "many"),
            ("DATABASE_PREPARED_STATEMENTS", "maybe"), ("REQUEST_BODY_LIMIT", "12"), ("MODEL_VERSION", "../x"),
            ("FUNCTIONS_CUSTOMHANDLER_PORT", "99999"), ("AUTH_MODE_ALLOW_DEMO_ON_AZURE", "perhaps"),
            ("AzureFunctionsJobHost__functionTimeout", "soon"),
        ]
    )
    func refused(name: String, value: String) {
        let problems = load([name: value]).problems
        #expect(problems.map(\.name) == [name])
        #expect(problems.first?.remedy.isEmpty == false)
    }

    /// Of the design's list of settings, and what libpq and the host read.
    private static let settings = [
        "DATABASE_URL", "DATABASE_AUTH", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSSLMODE",
        "BLOB_STORAGE", "BLOB_CONTAINER", "AzureWebJobsStorage", "AzureWebJobsStorage__blobServiceUri",
        "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__clientId", "ADMIN_API_KEY", "AUTH_MODE", "JWT_ISSUER",
        "JWT_AUDIENCE", "JWT_JWKS_URL", "RECOMMENDATION_BATCH_INTERVAL", "BATCH_SIZE", "BATCH_LEASE", "TIMER_SILENCE",
        "MODEL_VERSION", "INSTANCE_MEMORY_MB",
        "CACHE_TTL", "CORS_ALLOWED_ORIGINS", "APPLICATIONINSIGHTS_CONNECTION_STRING", "LOG_LEVEL", "REQUEST_BODY_LIMIT",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "TELEMETRY_SAMPLING", "NOTIFY_WEBHOOK_URL",
        "NOTIFY_WEBHOOK_SECRET",
        "DATABASE_POOL_API", "DATABASE_POOL_BATCH", "DATABASE_PIPELINE_LANES", "DATABASE_PREPARED_STATEMENTS",
        "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_AUTHORITY_HOST",
        "AZURE_FEDERATED_TOKEN_FILE", "AZURE_TOKEN_CREDENTIALS", "TLS_CA_FILE", "IDENTITY_ENDPOINT", "IDENTITY_HEADER",
        "AUTH_MODE_ALLOW_DEMO_ON_AZURE", "FUNCTIONS_CUSTOMHANDLER_PORT", "AzureFunctionsJobHost__functionTimeout",
    ]

    @Test("an unresolved Key Vault reference is a problem for every setting", arguments: settings)
    func keyVault(name: String) {
        let problems = load([name: "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)"]).problems
        #expect(problems.map(\.name) == [name])
    }

    @Test("all problems are collected, in the order of the settings")
    func collected() {
        let (config, problems) = load(["BATCH_SIZE": "x", "LOG_LEVEL": "y", "DATABASE_URL": nil, "BLOB_STORAGE": nil])
        #expect(problems.map(\.name) == ["DATABASE_URL", "BLOB_STORAGE", "BATCH_SIZE", "LOG_LEVEL"])
        #expect(config.batchSize == 1_000)
    }

    @Test("no value appears in a message")
    func noValues() {
        let secret = "hunter2hunter2hunter2"
        let names = [
            "DATABASE_URL", "DATABASE_AUTH", "BLOB_STORAGE", "AUTH_MODE", "RECOMMENDATION_BATCH_INTERVAL", "BATCH_SIZE",
            "CACHE_TTL", "LOG_LEVEL", "CORS_ALLOWED_ORIGINS", "DATABASE_POOL_API", "REQUEST_BODY_LIMIT",
            "FUNCTIONS_CUSTOMHANDLER_PORT",
        ]
        let (_, problems) = AppConfig.load(Dictionary(uniqueKeysWithValues: names.map { ($0, secret) }))
        #expect(problems.count == names.count)
        for problem in problems { #expect(!problem.description.contains(secret)) }
    }

    @Test("an origin is kept as a browser sends it")
    func origins() {
        let config = load(["CORS_ALLOWED_ORIGINS": "HTTPS://Shop.Example:443,http://LOCALHOST:5173,http://[::1]:80"])
            .config
        #expect(config.allowedOrigins == ["https://shop.example", "http://localhost:5173", "http://[::1]"])
    }

    @Test("an instance holds three connections for requests, lanes included, and three for batches")
    func connections() {
        let database = load([:]).config.database
        let api = database.apiConfiguration(name: "api")
        #expect(api.maximumConnections == 2)
        #expect(api.pipelineLanes == 1)
        let batch = database.batchConfiguration(name: "batch")
        #expect(batch.maximumConnections == 3)
        #expect(batch.pipelineLanes == 0)
        let wide = load(["DATABASE_POOL_API": "8", "DATABASE_PIPELINE_LANES": "2"]).config.database
        let wideAPI = wide.apiConfiguration(name: "api")
        #expect(wideAPI.maximumConnections == 6)
        #expect(wideAPI.pipelineLanes == 2)
    }

    @Test("PG* stands in for DATABASE_URL")
    func pgVariables() {
        let (config, problems) = load(["DATABASE_URL": nil, "PGHOST": "/tmp", "PGDATABASE": "shop"])
        #expect(problems.isEmpty)
        #expect(config.database.uri.isEmpty)
    }

    @Test(
        "without BLOB_STORAGE the host's own storage is used",
        arguments: [
            ("AzureWebJobsStorage", "UseDevelopmentStorage=true", "http://127.0.0.1:10000/devstoreaccount1"),
            ("AzureWebJobsStorage__blobServiceUri", "https://shop1.blob.core.windows.net", nil),
            ("AzureWebJobsStorage__accountName", "shop1", "https://shop1.blob.core.windows.net"),
        ] as [(String, String, String?)]
    )
    func inheritedStorage(name: String, value: String, expected: String?) {
        let (config, problems) = load(["BLOB_STORAGE": nil, name: value, "AzureWebJobsStorage__clientId": "client-9"])
        #expect(problems == [])
        guard case .azure(let endpoint, let access) = config.blob.location else {
            Issue.record("not an account: \(config.blob.location)")
            return
        }
        #expect(endpoint == expected ?? value)
        #expect((access == .identity) == (name != "AzureWebJobsStorage"))
        #expect(config.azure.entra.clientID == "client-9")
    }

    @Test("BLOB_STORAGE comes before the host's storage")
    func ownStorageFirst() {
        let config = load(["AzureWebJobsStorage": "UseDevelopmentStorage=true"]).config
        #expect(config.blob.location == .file(directory: ".local/blob"))
    }

    @Test("a container in the URL is the container, once, and BLOB_CONTAINER may say the same and nothing else")
    func containerInURL() {
        let url = "https://acc.blob.core.windows.net/lists?sv=2023-11-03&sr=c&sp=rcwdl&sig=x"
        for container in [nil, "lists"] {
            let (config, problems) = load(["BLOB_STORAGE": url, "BLOB_CONTAINER": container])
            #expect(problems == [])
            #expect(config.blob.container == "lists")
            guard case .azure("https://acc.blob.core.windows.net", .sas) = config.blob.location else {
                Issue.record("\(config.blob.location)")
                continue
            }
        }
        #expect(load(["BLOB_STORAGE": url, "BLOB_CONTAINER": "other"]).problems.map(\.name) == ["BLOB_CONTAINER"])
    }

    @Test("with tokens for the database the address names a role and no password")
    func databaseTokens() {
        let good = load(["DATABASE_AUTH": "entra", "DATABASE_URL": "postgresql://shop-app@h/d"])
        #expect(good.problems == [] && good.config.database.authentication == .entra)
        for uri in ["postgresql://u:p@h/d", "host=h dbname=d password=p user=u"] {
            #expect(load(["DATABASE_AUTH": "entra", "DATABASE_URL": uri]).problems.map(\.name) == ["DATABASE_AUTH"])
        }
    }

    @Test("keys, signatures and client secrets are masked in logs")
    func redaction() {
        let redaction = load([
            "BLOB_STORAGE": "https://acc.blob.core.windows.net/?sv=1&sig=abc%2Bdefghi",
            "AZURE_CLIENT_SECRET": "entra-secret",
            "AzureWebJobsStorage": "AccountName=acc;AccountKey=c2VjcmV0a2V5",
        ]).config.redaction
        let text = redaction.apply(
            to: "sv=1&sig=abc%2Bdefghi abc+defghi entra-secret AccountName=acc;AccountKey=c2VjcmV0a2V5"
        )
        for secret in ["abc%2Bdefghi", "abc+defghi", "entra-secret", "c2VjcmV0a2V5"] { #expect(!text.contains(secret)) }
    }

    @Test(
        "demo mode on Azure is refused unless it is forced",
        arguments: [
            ([:], true), (["WEBSITE_SITE_NAME": "shop"], false),
            (["WEBSITE_SITE_NAME": "shop", "AUTH_MODE": "demo"], false),
            (["WEBSITE_SITE_NAME": "shop", "AUTH_MODE": "demo", "AUTH_MODE_ALLOW_DEMO_ON_AZURE": "true"], true),
            (["WEBSITE_SITE_NAME": "shop", "AUTH_MODE_ALLOW_DEMO_ON_AZURE": "false"], false),
        ] as [([String: String], Bool)]
    )
    func demoOnAzure(environment: [String: String], isAllowed: Bool) {
        let problems = load(environment).problems
        #expect(problems.isEmpty == isAllowed)
        #expect(
            problems.allSatisfy { $0.name == "AUTH_MODE" && $0.remedy.contains("AUTH_MODE_ALLOW_DEMO_ON_AZURE=true") }
        )
    }

    @Test("tokens need an issuer and an audience, and keys come over TLS")
    func tokens() {
        let good = ["AUTH_MODE": "jwt", "JWT_ISSUER": "https://id.example/", "JWT_AUDIENCE": "shop"]
        #expect(load(good).problems.isEmpty)
        #expect(load(good.merging(["WEBSITE_SITE_NAME": "shop"]) { old, _ in old }).problems.isEmpty)
        #expect(load(["AUTH_MODE": "jwt"]).problems.map(\.name) == ["JWT_ISSUER", "JWT_AUDIENCE"])
        for (name, value) in [
            ("JWT_ISSUER", "http://id.example"), ("JWT_ISSUER", "id.example"),
            ("JWT_JWKS_URL", "http://id.example/keys"),
            ("JWT_JWKS_URL", "http://127.0.0.1.example/keys"),
        ] {
            #expect(load(good.merging([name: value]) { _, new in new }).problems.map(\.name) == [name], "\(value)")
        }
    }

    @Test("the principal header is trusted only where the platform removes what clients send")
    func principalHeader() {
        #expect(load(["AUTH_MODE": "swa"]).problems.map(\.name) == ["AUTH_MODE"])
        #expect(load(["AUTH_MODE": "swa", "WEBSITE_AUTH_ENABLED": "False"]).problems.map(\.name) == ["AUTH_MODE"])
        #expect(load(["AUTH_MODE": "swa", "WEBSITE_AUTH_ENABLED": "True"]).problems.isEmpty)
    }

    @Test("an admin key under 16 characters closes the admin routes", arguments: [nil, "", "short", "fifteen-chars-k"])
    func shortKey(key: String?) {
        let config = load(["ADMIN_API_KEY": key]).config
        #expect(config.adminKey.isClosed)
        #expect(!config.adminKey.matches(key ?? ""))
    }

    @Test(
        "functionTimeout is read where the host reads it",
        arguments: [
            (nil, nil, 1800), (#"{"functionTimeout":"00:10:00"}"#, nil, 600),
            (#"{"functionTimeout":"00:10:00"}"#, "01:00:00", 3600),
            (#"{"functionTimeout":"1.00:00:00"}"#, nil, 86_400), (#"{"version":"2.0"}"#, nil, 1800),
            ("not json", nil, 1800),
            ("{ // shorter\n \"FunctionTimeout\": \"00:01:00\", /* all of it */ }", nil, 60),
        ] as [(String?, String?, Int64)]
    )
    func functionTimeout(hostJSON: String?, override: String?, seconds: Int64) {
        let config = load(["AzureFunctionsJobHost__functionTimeout": override], hostJSON: hostJSON).config
        #expect(config.functionTimeout.limit == .seconds(seconds))
        #expect(config.functionTimeout.deadline == .seconds(seconds) * 9 / 10)
        #expect(config.functionTimeout.workDeadline == .seconds(seconds) * 17 / 20)
    }

    @Test(
        "the app setting functionTimeout is read in any case and with : for __, as .NET reads it",
        arguments: [
            "azurefunctionsjobhost__functiontimeout", "AZUREFUNCTIONSJOBHOST__FUNCTIONTIMEOUT",
            "AzureFunctionsJobHost:functionTimeout", "AzureFunctionsJobHost:FunctionTimeout",
        ]
    )
    func functionTimeoutSpelling(name: String) {
        let hostJSON = #"{"functionTimeout":"00:10:00"}"#
        #expect(load([name: "00:05:00"], hostJSON: hostJSON).config.functionTimeout.limit == .seconds(300))
        #expect(load([name: "soon"], hostJSON: hostJSON).problems.map(\.name) == [name])
    }

    @Test("an unbounded functionTimeout has no deadline")
    func unbounded() {
        #expect(load([:], hostJSON: #"{"functionTimeout":"-1"}"#).config.functionTimeout.deadline == nil)
    }
}
