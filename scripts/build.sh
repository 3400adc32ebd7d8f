#!/usr/bin/env bash
# Builds the two programs in release mode: .build/release/FunctionHandler and .build/release/LocalHost.
set -euo pipefail
cd "$(dirname "$0")/.."
for product in FunctionHandler LocalHost; do
    swift build --configuration release --product "$product"
done
