// swift-tools-version:6.2
import PackageDescription

/// One set of strict settings for every target of ours; warnings are errors here and nowhere else.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// For debug builds of what computes more than it calls.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Every symbol is bound when a program starts, so that the table of addresses is read-only from then on.
let bindNow: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "-z", "-Xlinker", "now"])]

let package = Package(
    name: "recommender-shop",
    products: [
        .executable(name: "FunctionHandler", targets: ["FunctionHandler"]),
        .executable(name: "LocalHost", targets: ["LocalHost"]),
        .executable(name: "Measurements", targets: ["Measurements"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-numerics", exact: "1.1.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // C libraries
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // Leaves: nothing of ours below them
        .target(
            name: "Threading",
            dependencies: [.product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: strict
        ),
        .target(name: "TextFormats", dependencies: ["CCrypto", "CKernels"], swiftSettings: strict),
        // HTTP/1.1 on 127.0.0.1 without TLS: LocalHost's way to the handler, and the tests' to both.
        .target(
            name: "LoopbackHTTP",
            dependencies: [
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        // Optimised in debug builds too: tests fit models on a year of orders.
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),
        // The commit of the sources, written by scripts/build.sh.
        .target(name: "CBuildCommit"),
        .target(name: "Reports", dependencies: ["TextFormats"], swiftSettings: strict),
        // Statistics of experiments: assignment, intervals, plans, interleaving, off-policy estimates.
        // Optimised in debug builds too: tests simulate thousands of experiments.
        .target(name: "Experiments", swiftSettings: strict + optimised),
        .target(
            name: "RecEngine",
            dependencies: [
                "CKernels", "CZlib", .product(name: "RealModule", package: "swift-numerics"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "AzureBlob",
            dependencies: ["CCurl", "TextFormats", "Threading"],
            swiftSettings: strict
        ),

        // What is told to Application Insights, and how it gets there.
        .target(
            name: "Telemetry",
            dependencies: ["AzureBlob", "TextFormats", "CZlib", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict
        ),

        // State
        .target(
            name: "Postgres",
            dependencies: [
                "CLibPQ", "Threading", .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Shop",
            dependencies: ["Postgres", "TextFormats", "Threading"],
            swiftSettings: strict
        ),

        // Work
        .target(
            name: "SyntheticData",
            dependencies: ["RecEngine", "TextFormats", .product(name: "RealModule", package: "swift-numerics")],
            swiftSettings: strict
        ),
        .target(
            name: "RecPipeline",
            dependencies: [
                "Shop", "RecEngine", "Experiments", "AzureBlob", "TextFormats", "Threading", "CZlib",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),

        // The content of the pages about data and models
        .target(
            name: "ReportPages",
            dependencies: ["RecPipeline", "RecEngine", "Reports", "Shop", "TextFormats"],
            swiftSettings: strict
        ),

        // What the programs are made of: settings and clients, and the commands for people
        .target(
            name: "Composition",
            dependencies: [
                "CBuildCommit", "RecPipeline", "ReportPages", "Shop", "Postgres", "RecEngine", "AzureBlob",
                "Telemetry", "TextFormats", "Threading",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Commands",
            dependencies: [
                "Composition", "Experiments", "RecPipeline", "ReportPages", "Shop", "SyntheticData", "Reports",
                "Postgres",
                "RecEngine",
                "AzureBlob", "TextFormats", "Threading",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),

        // Programs
        .executableTarget(
            name: "FunctionHandler",
            dependencies: [
                "Commands", "Composition", "Experiments", "RecPipeline", "Shop", "Postgres", "Telemetry",
                "TextFormats", "Threading",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict,
            linkerSettings: bindNow
        ),
        .executableTarget(
            name: "Measurements",
            dependencies: [
                "Commands", "Composition", "RecPipeline", "Shop", "RecEngine", "Threading",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict,
            linkerSettings: bindNow
        ),
        .executableTarget(
            name: "LocalHost",
            dependencies: [
                "LoopbackHTTP", "TextFormats", "Threading",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict,
            linkerSettings: bindNow
        ),

        // Tests. What only tests share is a test target too: a release build leaves it out.
        .testTarget(
            name: "TestSupport",
            dependencies: ["Postgres", .product(name: "Logging", package: "swift-log")],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "ShopTestSupport",
            dependencies: [
                "TestSupport", "Postgres", "Shop", "RecPipeline", "RecEngine", "ReportPages", "Threading",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/ShopTestSupport",
            swiftSettings: strict
        ),
        // A reader of markup for every test that makes a page.
        .testTarget(name: "ReportTestSupport", path: "Tests/ReportTestSupport", swiftSettings: strict),
        // A Blob server for tests, and the same as a program for other clients.
        .target(
            name: "BlobTestSupport",
            dependencies: [
                "AzureBlob", "CCrypto", "TextFormats",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tests/BlobTestSupport",
            swiftSettings: strict
        ),
        // The double of Application Insights' ingestion endpoint, and of a receiver of notifications.
        .target(
            name: "IngestionTestSupport",
            dependencies: [
                "CZlib", "TextFormats", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/IngestionTestSupport",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "BlobDouble",
            dependencies: [
                "BlobTestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/BlobDouble",
            swiftSettings: strict
        ),
        // A batch in a process of its own, which a test has killed.
        .executableTarget(
            name: "BatchProcess",
            dependencies: [
                "Commands", "Composition", "RecPipeline", "Shop",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/BatchProcess",
            swiftSettings: strict
        ),
        .testTarget(
            name: "AzureBlobTests",
            dependencies: [
                "AzureBlob", "BlobTestSupport", "TestSupport", "TextFormats",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TelemetryTests",
            dependencies: [
                "Telemetry", "IngestionTestSupport", "AzureBlob", "TestSupport", "TextFormats",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "TextFormatsTests", dependencies: ["TextFormats"], swiftSettings: strict),
        .testTarget(
            name: "LoopbackHTTPTests",
            dependencies: [
                "LoopbackHTTP", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "ThreadingTests", dependencies: ["Threading"], swiftSettings: strict),
        .testTarget(
            name: "ReportsTests",
            dependencies: ["Reports", "ReportTestSupport", "TextFormats"],
            swiftSettings: strict
        ),
        .testTarget(name: "ExperimentsTests", dependencies: ["Experiments"], swiftSettings: strict + optimised),
        .testTarget(name: "RecEngineTests", dependencies: ["RecEngine"], swiftSettings: strict),
        .testTarget(
            name: "SyntheticDataTests",
            dependencies: ["SyntheticData", "RecEngine", "TextFormats"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PostgresTests",
            dependencies: ["Postgres", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ShopTests",
            dependencies: ["RecPipeline", "Shop", "Postgres", "ShopTestSupport", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RecPipelineTests",
            dependencies: [
                "RecPipeline", "Shop", "Postgres", "RecEngine", "Experiments", "AzureBlob", "TextFormats", "Threading",
                "ShopTestSupport", "TestSupport", "BlobTestSupport", "IngestionTestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CompositionTests",
            dependencies: [
                "Composition", "Postgres", "AzureBlob", "RecPipeline", "Telemetry", "ShopTestSupport", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "Commands", "Experiments", "RecPipeline", "Shop", "SyntheticData", "Postgres", "ShopTestSupport",
                "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ReportPagesTests",
            dependencies: ["ReportPages", "RecPipeline", "RecEngine", "Reports", "Shop", "ReportTestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FunctionHandlerTests",
            dependencies: [
                "FunctionHandler", "Composition", "RecPipeline", "Shop", "Postgres", "TextFormats", "ShopTestSupport",
                "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LocalHostTests",
            dependencies: [
                "LocalHost", "LoopbackHTTP", "TestSupport", "TextFormats", "Threading",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "BlobTestSupport", "IngestionTestSupport", "LoopbackHTTP", "Postgres", "Shop",
                "TextFormats", "Threading",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
