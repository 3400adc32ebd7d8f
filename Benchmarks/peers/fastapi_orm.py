"""The usual stack as usually written: FastAPI, SQLAlchemy's mapped classes, psycopg2, a response model; state in the database.

A plain `def` endpoint (FastAPI runs it in its thread pool), a session from a dependency, one select of the customer's row with
what it is joined to, one of the products that the list names, and a pydantic model that FastAPI serialises in compiled
code. Only the columns that the body needs are read. uvicorn runs two workers of it.
"""

from datetime import datetime, timezone
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

import shop_orm
from answer import answer
from catalogue import Product as Card
from tables import CachedList, Live, Product, User, session


class Evidence(BaseModel):
    product_id: str
    name: str
    share: float
    occurred_at: str


class Item(BaseModel):
    product_id: str
    name: str
    category: str
    price: float
    currency: str
    in_stock: bool
    image: str
    score: float
    explored: bool
    reason: str
    evidence: list[Evidence]


class Recommendations(BaseModel):
    user_id: str
    list: str
    items: list[Item]
    request_id: str
    generation: int
    model_version: str
    generated_at: str
    source: str
    stale: bool
    variant: str
    experiment: int | None


class CatalogueOfList:
    """The products that one list names, as a catalogue."""

    def __init__(self, products: dict[int, Card]) -> None:
        self.products = products


app = FastAPI()
app.include_router(shop_orm.router)

generated, overlay = aliased(CachedList), aliased(CachedList)
lookup = (
    select(User, Live, generated, overlay)
    .select_from(User)
    .outerjoin(Live, Live.variant == "default")
    .outerjoin(
        generated,
        (generated.generation == Live.generation) & (generated.user_key == User.id) & (generated.list == "discover"),
    )
    .outerjoin(overlay, (overlay.generation == 0) & (overlay.user_key == User.id) & (overlay.list == "discover"))
)


def newest(live: Live | None, *rows: CachedList | None) -> CachedList | None:
    usable = [row for row in rows if row is not None and live is not None and row.model_version == live.model_version]
    return max(usable, key=lambda row: (row.data_cut, row.generated_at), default=None)


@app.get("/api/recommendations/{user_id}", response_model=Recommendations)
def recommendations(
    user_id: str, database: Annotated[Session, Depends(session)], limit: Annotated[int, Query(ge=1, le=100)] = 10
) -> Any:
    found = database.execute(lookup.where(User.user_id == user_id)).first()
    if found is None:
        raise HTTPException(404, "no such user")
    user, live, *rows = found
    row = newest(live, *rows)
    if row is None:
        stored, keys = {"p": [], "s": [], "e": [], "w": [], "t": []}, set()
    else:
        stored = row.recommended_products
        keys = {*stored["p"], *stored["e"]}
    products = {
        product.id: Card(
            product.product_id,
            product.name,
            product.category,
            product.price_minor / 100,
            product.currency,
            product.stock > 0,
            product.active and product.stock > 0,
        )
        for product in database.scalars(select(Product).where(Product.id.in_(keys)))
    }
    stamp = (
        user.id,
        user.invalidated_after,
        live.generation if live else None,
        live.model_version if live else None,
        stored,
        row.data_cut if row else 0,
        row.generated_at if row else datetime.now(timezone.utc),
    )
    return answer(CatalogueOfList(products), user_id, limit, stamp, stored)
