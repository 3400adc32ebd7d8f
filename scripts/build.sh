#!/usr/bin/env bash
# Builds the two programs in release mode: .build/release/FunctionHandler and .build/release/LocalHost, and whatever other
# products are named: `scripts/build.sh Measurements`.
set -euo pipefail
cd "$(dirname "$0")/.."
for product in FunctionHandler LocalHost "$@"; do
    swift build --configuration release --product "$product"
done
