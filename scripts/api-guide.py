#!/usr/bin/env python3
"""Writes docs/api.md: the ten calls that an integrator needs, in order, with the answers of a running shop.

    scripts/api-guide.py URL < ADMIN_KEY            prints the page
    scripts/api-guide.py URL --check < ADMIN_KEY    compares it with docs/api.md: the same calls, statuses and members

The admin key comes through standard input, because every user can read command lines. Values differ from shop to shop; the check
compares what does not.
"""
import json
import pathlib
import re
import sys
import urllib.error
import urllib.request

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "api.md"
INTRODUCTION = """# Ten calls

What an integrator needs, in order. Answers are those of the synthetic shop of `make run`, shortened to their first entries;
`$URL` is http://127.0.0.1:7071, `$KEY` the admin key that `make run` prints. All routes, parameters and schemas: `$URL/api/docs`,
and `$URL/api/openapi.json` for programs. A failure is `application/problem+json` that names what is wrong.

This page is written by `scripts/api-guide.py`; with `--check` it compares the page with what a running shop answers.
"""


def calls(shop):
    """Title, method, path, body, whether the admin key is needed; later calls use what earlier ones answered."""
    yield "Is the shop ready?", "GET", "/api/health/ready", None, False
    yield "Add a product", "POST", "/api/products", {
        "product_id": "guide-mug", "name": "Enamel mug, red rim", "category": "Home & Kitchen", "price": 6.5, "stock": 40}, True
    yield "Add a customer", "POST", "/api/users", {"user_id": "guide-ada", "display_name": "Ada"}, True
    yield "What the customer likes, for the first list", "PUT", "/api/users/guide-ada/preferences", {
        "categories": {shop["category"]: 1}}, False
    yield "Products, with facets for a filter panel", "GET", "/api/products?search=mug&in_stock=true&sort=price&page_size=1", None, False
    yield "What a customer does; a retry with the same event_id counts once", "POST", "/api/interactions", [
        {"event_id": "guide-1", "user_id": "guide-ada", "product_id": "guide-mug", "interaction_type": "view"},
        {"event_id": "guide-2", "user_id": "guide-ada", "product_id": "guide-mug", "interaction_type": "purchase", "value": 2,
         "order_id": "guide-order"}], False
    yield "Recommendations for a customer", "GET", f"/api/recommendations/{shop['user']}?limit=1", None, False
    yield "What sells now", "GET", "/api/trending?limit=1&window=30d", None, False
    yield "A customer's orders", "GET", "/api/users/guide-ada/purchases?page_size=1", None, False
    yield "Erase a customer everywhere", "DELETE", "/api/users/guide-ada", None, True


def ask(url, method, path, body, key):
    request = urllib.request.Request(url + path, method=method)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    if key:
        request.add_header("X-Admin-Key", key)
    if method == "DELETE":
        request.add_header("If-Match", "*")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def shortened(value):
    if isinstance(value, list):
        return [shortened(each) for each in value[:2]]
    if isinstance(value, dict):
        return {name: shortened(each) for name, each in value.items()}
    return value


def fits(answer, page):
    """Whether an answer has the members that the page has. A list without entries fits any; what maps hold may differ."""
    if isinstance(answer, list) and isinstance(page, list):
        return not answer or not page or fits(answer[0], page[0])
    if isinstance(answer, dict) and isinstance(page, dict):
        return answer.keys() == page.keys() and all(name in FREE or fits(answer[name], page[name]) for name in answer)
    return True


FREE = {"metadata", "preferences", "database", "blob", "model", "categories", "ranges", "evidence", "facets"}


def section(number, title, method, path, body, is_admin, status, answer):
    command = f"curl -X {method} " if method != "GET" else "curl "
    if is_admin:
        command += '-H "X-Admin-Key: $KEY" '
    if body is not None:
        command += f"-H 'Content-Type: application/json' \\\n  -d '{json.dumps(body)}' \\\n  "
    command += f"\"$URL{path}\""
    text = json.dumps(shortened(answer), indent=2, ensure_ascii=False)
    return f"\n## {number}. {title}\n\n```\n{command}\n```\n\n{status}\n\n```json\n{text}\n```\n"


def main():
    url, is_check = sys.argv[1].rstrip("/"), "--check" in sys.argv[2:]
    key = sys.stdin.readline().strip()
    _, samples = ask(url, "GET", "/api/auth/sample-users", None, None)
    user = samples["items"][0]
    shop = {"user": user["user_id"], "category": user["favourite_category"]}
    sections = []
    for number, (title, method, path, body, is_admin) in enumerate(calls(shop), start=1):
        status, answer = ask(url, method, path, body, key if is_admin else None)
        sections.append((number, title, method, path, body, is_admin, status, answer))
    # The shop is left as it was found: no event names the product any more.
    ask(url, "DELETE", "/api/products/guide-mug", None, key)
    if not is_check:
        print(INTRODUCTION + "".join(section(*each) for each in sections), end="")
        return
    page = PAGE.read_text(encoding="utf-8")
    written = re.findall(r"## \d+\. (.+?)\n\n```\n.+?\n```\n\n(\d+)\n\n```json\n(.+?)\n```", page, re.S)
    problems = []
    for (_, title, *_, status, answer), found in zip(sections, written):
        if (title, str(status)) != (found[0], found[1]):
            problems.append(f"{title} answers {status}; the page has {found[0]} with {found[1]}")
        elif not fits(answer, json.loads(found[2])):
            problems.append(f"{title} answers other members than the page has")
    if len(written) != len(sections):
        problems.append(f"the page has {len(written)} calls instead of {len(sections)}")
    if problems:
        sys.exit("\n".join(problems) + "\nwrite docs/api.md again: scripts/api-guide.py URL > docs/api.md")
    print(f"docs/api.md: {len(sections)} calls answer as it says")


main()
