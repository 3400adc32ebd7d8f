#!/usr/bin/env bash
# Puts Swagger UI, which GET /docs shows, into swagger-ui/: the files of the PyPI package swagger-ui-bundle, which `make package` takes
# along. Does nothing when they are there.
set -euo pipefail
cd "$(dirname "$0")/.."
version=1.1.0
folder=swagger-ui
[ "$(cat "$folder/version.txt" 2>/dev/null)" = "$version" ] && exit 0
python=$(scripts/python-venv.sh swagger-ui "swagger-ui-bundle==$version")
source=$("$python" -c 'import swagger_ui_bundle; print(swagger_ui_bundle.swagger_ui_path)')
rm -rf "$folder"
mkdir "$folder"
cp "$source/swagger-ui.css" "$source/swagger-ui-bundle.js" "$folder/"
# Last: an interrupted installation starts again.
echo "$version" >"$folder/version.txt"
