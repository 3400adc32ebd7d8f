"""Checks an OpenAPI document: openapi_document.py FILE"""
import json
import sys

from openapi_spec_validator import OpenAPIV30SpecValidator

with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)
errors = [f"{list(error.absolute_path)}: {error.message}" for error in OpenAPIV30SpecValidator(document).iter_errors()]
if errors:
    sys.exit("\n".join(errors))
print(f"valid OpenAPI {document['openapi']}, {len(document['paths'])} paths")
