#!/usr/bin/env bash
# `make bench`: every measurement of docs/benchmarks.md, in the order of that file.
#
#   ONLINE_RETAIL_CSV=FILE   also measures the import, the batch and the models on the published UCI data
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .local
export PYTHONDONTWRITEBYTECODE=1
if [ -n "${ONLINE_RETAIL_CSV:-}" ]; then
    Benchmarks/online_retail.py "$ONLINE_RETAIL_CSV"
    Benchmarks/served_lists.py "$ONLINE_RETAIL_CSV"
else
    echo "ONLINE_RETAIL_CSV is not set: the import and the batch on the published data are left out"
fi
# Without the file it says for each comparison that needs it that it is left out.
Benchmarks/models.py ${ONLINE_RETAIL_CSV:+--online-retail "$ONLINE_RETAIL_CSV"}
Benchmarks/scale.py
Benchmarks/kills.py
Benchmarks/bulk_load.py
Benchmarks/blob_transfer.py
Benchmarks/serving.py
