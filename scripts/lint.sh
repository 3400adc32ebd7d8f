#!/usr/bin/env bash
# Checks the format of every Swift file against .swift-format; --fix rewrites them instead.
set -euo pipefail
cd "$(dirname "$0")/.."
paths=(Package.swift Sources Tests)
if [ "${1:-}" = --fix ]; then
    swift format --in-place --parallel --recursive --configuration .swift-format "${paths[@]}"
else
    swift format lint --strict --parallel --recursive --configuration .swift-format "${paths[@]}"
fi
