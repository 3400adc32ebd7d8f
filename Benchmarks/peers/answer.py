"""The body of GET /api/recommendations/{user_id}, the same as the product's: names, prices, reasons, evidence."""

import uuid
from datetime import datetime, timezone
from typing import Any

from catalogue import Catalogue

CACHE_TTL_SECONDS = 86_400

# The product's own query: everything that serving needs about a customer, in one row. Parameters: list, list, user.
LOOKUP_SQL = """
SELECT u.id, u.invalidated_after, l.generation, l.model_version,
    g.recommended_products, g.data_cut, g.generated_at,
    o.recommended_products, o.data_cut, o.generated_at, o.model_version
FROM users u
LEFT JOIN live l ON l.variant = 'default'
LEFT JOIN recommendation_cache g
    ON g.generation = l.generation AND g.user_key = u.id AND g.list = CAST({list} AS text)::recommendation_list
LEFT JOIN recommendation_cache_overlay o
    ON o.generation = 0 AND o.user_key = u.id AND o.list = CAST({list} AS text)::recommendation_list
WHERE u.user_id = {user}
"""


def timestamp(seconds: int) -> str:
    # Not strftime, which takes four times as long.
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat()[:19] + "Z"


def answer(catalogue: Catalogue, user_id: str, limit: int, row: Any, stored: dict[str, Any]) -> dict[str, Any]:
    """The body for one customer from one row; `stored` is the row's list, decoded."""
    products = catalogue.products
    items: list[dict[str, Any]] = []
    for key, score, evidence_key, share, at in zip(stored["p"], stored["s"], stored["e"], stored["w"], stored["t"]):
        if len(items) == limit:
            break
        product = products.get(key)
        if product is None or not product.sellable:
            continue
        evidence = []
        reason = "Popular with other customers"
        source = products.get(evidence_key) if evidence_key else None
        if source is not None:
            reason = f"Because you chose {source.name}"
            evidence.append(
                {"product_id": source.product_id, "name": source.name, "share": share, "occurred_at": timestamp(at)}
            )
        items.append(
            {
                "product_id": product.product_id,
                "name": product.name,
                "category": product.category,
                "price": product.price,
                "currency": product.currency,
                "in_stock": product.in_stock,
                "image": f"/api/products/{product.product_id}/image.svg",
                "score": score,
                "explored": False,
                "reason": reason,
                "evidence": evidence,
            }
        )
    generated_at = row[6]
    age = (datetime.now(timezone.utc) - generated_at).total_seconds()
    return {
        "user_id": user_id,
        "list": "discover",
        "items": items,
        "request_id": str(uuid.uuid4()),
        "generation": row[2],
        "model_version": row[3],
        "generated_at": generated_at.astimezone(timezone.utc).isoformat()[:19] + "Z",
        "source": "cache",
        "stale": row[5] < row[1] or age > CACHE_TTL_SECONDS,
        "variant": "default",
        "experiment": None,
    }
