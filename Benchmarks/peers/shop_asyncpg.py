"""The same routes driven as hard as the stack goes: prepared statements, one a request, bodies written by orjson, trends for a minute."""

import time
import uuid
from datetime import datetime, timezone
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, HTTPException, Query, Request, Response

router = APIRouter()

COLUMNS = """product_id, name, description, category, price_minor, currency, stock, active, metadata, rating_average, rating_count,
    purchase_count, created_at, updated_at"""
PRODUCT_SQL = f"SELECT {COLUMNS} FROM products WHERE product_id = $1 AND active"
# Null parameters are filters that are not given. Facets leave their own filter out.
PAGE_SQL = f"""
WITH marked AS MATERIALIZED (
    SELECT {COLUMNS}, ($1::text IS NULL OR category = $1) AS in_category,
        price_minor BETWEEN coalesce($2::bigint, 0) AND coalesce($3::bigint, 1000000000000) AS in_price,
        ($4::boolean IS NULL OR (stock > 0) = $4) AS in_stock
    FROM products WHERE active
)
SELECT (SELECT json_agg(row_to_json(page)) FROM (
        SELECT {COLUMNS} FROM marked WHERE in_category AND in_price AND in_stock ORDER BY {{order}} OFFSET $5 LIMIT $6) AS page),
    (SELECT json_agg(json_build_object('name', category, 'count', count)) FROM (
        SELECT category, count(*) FROM marked WHERE in_price AND in_stock GROUP BY category ORDER BY 2 DESC, 1) AS counted),
    count(*) FILTER (WHERE in_category AND in_price AND in_stock),
    count(*) FILTER (WHERE in_category AND in_price AND stock > 0),
    count(*) FILTER (WHERE in_category AND in_price AND stock = 0),
    min(price_minor) FILTER (WHERE in_category AND in_stock), max(price_minor) FILTER (WHERE in_category AND in_stock),
    count(*) FILTER (WHERE in_category AND in_price AND in_stock AND rating_average >= 4),
    count(*) FILTER (WHERE in_category AND in_price AND in_stock AND rating_average >= 3),
    count(*) FILTER (WHERE in_category AND in_price AND in_stock AND rating_average >= 2),
    count(*) FILTER (WHERE in_category AND in_price AND in_stock AND rating_average >= 1)
FROM marked
"""
ORDERS = {"price": "price_minor, product_id", "popular": "purchase_count DESC, product_id"}
TRENDS_SQL = """
WITH newest AS (SELECT max(timestamp) AS at FROM interactions WHERE timestamp <= now())
SELECT p.product_id, p.name, p.category, p.price_minor, p.currency, sum(
    CASE i.interaction_type WHEN 'view' THEN 0.1 WHEN 'add_to_cart' THEN 0.4 ELSE 1 END
    * power(2, extract(epoch FROM i.timestamp - newest.at)::double precision / 151200))::double precision AS score
FROM newest, interactions i JOIN products p ON p.id = i.product_key
WHERE i.timestamp > newest.at - interval '7 days' AND i.timestamp <= newest.at
    AND i.interaction_type IN ('view', 'add_to_cart', 'purchase') AND p.active AND p.stock > 0
GROUP BY p.id ORDER BY score DESC, p.id
"""
RECORD_SQL = """
WITH owner AS (SELECT id FROM users WHERE user_id = $1), added AS (
    INSERT INTO interactions (event_id, user_key, product_key, interaction_type, value, timestamp)
    SELECT $3, owner.id, p.id, $4::text::interaction_type, $5, $6 FROM owner, products p WHERE p.product_id = $2
    ON CONFLICT (event_id) DO NOTHING RETURNING id, user_key
), stale AS (
    UPDATE users SET invalidated_after = added.id FROM added
    WHERE users.id = added.user_key AND $4 IN ('purchase', 'rating', 'feedback')
)
SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM owner), (SELECT count(*) FROM products WHERE product_id = $2)
"""


def json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status_code=status, media_type="application/json")


def whole(row: Any, metadata: Any) -> dict[str, Any]:
    return {
        "product_id": row["product_id"],
        "name": row["name"],
        "description": row["description"],
        "category": row["category"],
        "price": row["price_minor"] / 100,
        "currency": row["currency"],
        "stock": row["stock"],
        "in_stock": row["active"] and row["stock"] > 0,
        "active": row["active"],
        "image": f"/api/products/{row['product_id']}/image.svg",
        "metadata": metadata,
        "rating_average": row["rating_average"],
        "rating_count": row["rating_count"],
        "purchase_count": row["purchase_count"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


@router.get("/api/products/{product_id}")
async def product(product_id: str, request: Request) -> Response:
    row = await request.app.state.pool.fetchrow(PRODUCT_SQL, product_id)
    if row is None:
        raise HTTPException(404, "no such product")
    return json(whole(row, orjson.loads(row["metadata"])))


@router.get("/api/products")
async def products(
    request: Request,
    category: str | None = None,
    min_price: float | None = None,
    max_price: float | None = None,
    in_stock: bool | None = None,
    sort: Literal["price", "popular"] = "popular",
    page: Annotated[int, Query(ge=1)] = 1,
    page_size: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    minimum, maximum = (None if price is None else round(price * 100) for price in (min_price, max_price))
    row = await request.app.state.pool.fetchrow(
        PAGE_SQL.format(order=ORDERS[sort]), category, minimum, maximum, in_stock, (page - 1) * page_size, page_size
    )
    items, categories, total, stocked, sold_out, lowest, highest, *stars = row
    return json(
        {
            "items": [whole(item, item["metadata"]) for item in orjson.loads(items or "[]")],
            "total": total,
            "page": page,
            "page_size": page_size,
            "facets": {
                "categories": orjson.loads(categories or "[]"),
                "in_stock": {"true": stocked, "false": sold_out},
                "price": {"min": lowest and lowest / 100, "max": highest and highest / 100},
                "rating": [{"stars": least, "count": count} for least, count in zip((4, 3, 2, 1), stars)],
            },
        }
    )


class Trends:
    """What sells now, computed again when it is a minute old."""

    items: list[dict[str, Any]] = []
    computed_at = -1e9


@router.get("/api/trending")
async def trending(request: Request, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> Response:
    if time.monotonic() - Trends.computed_at >= 60:
        Trends.computed_at = time.monotonic()
        Trends.items = [
            {
                "product_id": row["product_id"],
                "name": row["name"],
                "category": row["category"],
                "price": row["price_minor"] / 100,
                "currency": row["currency"],
                "in_stock": True,
                "image": f"/api/products/{row['product_id']}/image.svg",
                "score": row["score"],
            }
            for row in await request.app.state.pool.fetch(TRENDS_SQL)
        ]
    return json({"items": Trends.items[:limit], "total": len(Trends.items), "window_seconds": 604_800})


@router.post("/api/interactions")
async def record(request: Request) -> Response:
    event = orjson.loads(await request.body())
    event_id = event.get("event_id") or f"srv-{uuid.uuid4()}"
    inserted, users, products = await request.app.state.pool.fetchrow(
        RECORD_SQL, event["user_id"], event["product_id"], event_id, event["interaction_type"], event.get("value"),
        datetime.now(timezone.utc),
    )  # fmt: skip
    if not users or not products:
        raise HTTPException(422, "no such user or product")
    return json({"recorded": inserted, "duplicates": 1 - inserted, "event_ids": [event_id]}, 201)
