// Written by `scripts/packages.py update`, which `make build` compares with what SwiftPM resolves.

extension Build {
    /// Name, version and address of every package.
    static let packageLines = """
        async-http-client 1.37.0 https://github.com/swift-server/async-http-client.git
        hummingbird 2.28.1 https://github.com/hummingbird-project/hummingbird
        swift-algorithms 1.2.1 https://github.com/apple/swift-algorithms.git
        swift-argument-parser 1.8.2 https://github.com/apple/swift-argument-parser
        swift-asn1 1.7.4 https://github.com/apple/swift-asn1.git
        swift-async-algorithms 1.1.4 https://github.com/apple/swift-async-algorithms.git
        swift-atomics 1.3.0 https://github.com/apple/swift-atomics.git
        swift-certificates 1.21.1 https://github.com/apple/swift-certificates.git
        swift-collections 1.6.0 https://github.com/apple/swift-collections
        swift-configuration 1.4.0 https://github.com/apple/swift-configuration.git
        swift-crypto 4.5.2 https://github.com/apple/swift-crypto.git
        swift-distributed-tracing 1.7.3 https://github.com/apple/swift-distributed-tracing.git
        swift-http-structured-headers 1.7.0 https://github.com/apple/swift-http-structured-headers.git
        swift-http-types 1.8.0 https://github.com/apple/swift-http-types
        swift-log 1.16.2 https://github.com/apple/swift-log
        swift-metrics 2.13.0 https://github.com/apple/swift-metrics.git
        swift-nio 2.101.2 https://github.com/apple/swift-nio
        swift-nio-extras 1.35.2 https://github.com/apple/swift-nio-extras
        swift-nio-http2 1.46.0 https://github.com/apple/swift-nio-http2.git
        swift-nio-ssl 2.37.6 https://github.com/apple/swift-nio-ssl.git
        swift-nio-transport-services 1.28.0 https://github.com/apple/swift-nio-transport-services.git
        swift-numerics 1.1.1 https://github.com/apple/swift-numerics
        swift-service-context 1.5.1 https://github.com/apple/swift-service-context.git
        swift-service-lifecycle 2.13.0 https://github.com/swift-server/swift-service-lifecycle
        swift-system 1.8.1 https://github.com/apple/swift-system.git
        """
}
