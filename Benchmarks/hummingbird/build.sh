#!/usr/bin/env bash
# Builds .local/hummingbird-handler: the handler's routes behind Hummingbird's HTTP server, for `Benchmarks/serving.py --hummingbird`.
# Two files of the product are exchanged while it builds, and put back.
set -euo pipefail
cd "$(dirname "$0")/../.."
server=Sources/FunctionHandler/Http/HTTPServer.swift
saved=$(mktemp -d)
cp -p Package.swift $server "$saved"
restore() {
    cp -p "$saved/Package.swift" Package.swift
    cp -p "$saved/HTTPServer.swift" $server
    rm -r "$saved"
}
trap restore EXIT
cp Benchmarks/hummingbird/HTTPServer.swift $server
python3 - <<'PYTHON'
import pathlib
package = pathlib.Path("Package.swift")
head, target, rest = package.read_text().partition('name: "FunctionHandler",\n            dependencies: [\n')
assert target, "Package.swift has no target FunctionHandler as it is looked for"
package.write_text(head + target + '                .product(name: "HummingbirdCore", package: "hummingbird"),\n' + rest)
PYTHON
swift build --configuration release --product FunctionHandler
mkdir -p .local
cp .build/release/FunctionHandler .local/hummingbird-handler
restore
trap - EXIT
swift build --configuration release --product FunctionHandler
