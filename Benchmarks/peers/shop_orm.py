"""The shop's other routes as usually written: plain `def` endpoints, mapped classes, response models, a statement for each question."""

import uuid
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, undefer

from tables import Interaction, Product, User, session

router = APIRouter()
Database = Annotated[Session, Depends(session)]


class Card(BaseModel):
    product_id: str
    name: str
    category: str
    price: float
    currency: str
    in_stock: bool
    image: str


class ProductOut(Card):
    description: str
    stock: int
    active: bool
    metadata: dict[str, Any]
    rating_average: float | None
    rating_count: int
    purchase_count: int
    created_at: datetime
    updated_at: datetime


class CategoryCount(BaseModel):
    name: str
    count: int


class PriceFacet(BaseModel):
    min: float | None
    max: float | None


class RatingCount(BaseModel):
    stars: int
    count: int


class Facets(BaseModel):
    categories: list[CategoryCount]
    in_stock: dict[str, int]
    price: PriceFacet
    rating: list[RatingCount]


class Page(BaseModel):
    items: list[ProductOut]
    total: int
    page: int
    page_size: int
    facets: Facets


class Trend(Card):
    score: float


class Trends(BaseModel):
    items: list[Trend]
    total: int
    window_seconds: int


class NewInteraction(BaseModel):
    user_id: str
    product_id: str
    interaction_type: Literal["view", "add_to_cart", "purchase", "rating", "feedback", "impression", "click"]
    value: float | None = None
    event_id: str | None = None
    timestamp: datetime | None = None


class Recorded(BaseModel):
    recorded: int
    duplicates: int
    event_ids: list[str]


def card(product: Product) -> dict[str, Any]:
    return {
        "product_id": product.product_id,
        "name": product.name,
        "category": product.category,
        "price": product.price_minor / 100,
        "currency": product.currency,
        "in_stock": product.active and product.stock > 0,
        "image": f"/api/products/{product.product_id}/image.svg",
    }


def whole(product: Product) -> dict[str, Any]:
    return card(product) | {
        "description": product.description,
        "stock": product.stock,
        "active": product.active,
        "metadata": product.extra,
        "rating_average": product.rating_average,
        "rating_count": product.rating_count,
        "purchase_count": product.purchase_count,
        "created_at": product.created_at,
        "updated_at": product.updated_at,
    }


everything = undefer("*")


@router.get("/api/products/{product_id}", response_model=ProductOut)
def product(product_id: str, database: Database) -> Any:
    found = database.scalar(select(Product).options(everything).where(Product.product_id == product_id, Product.active))
    if found is None:
        raise HTTPException(404, "no such product")
    return whole(found)


orders = {
    "price": (Product.price_minor, Product.product_id),
    "popular": (Product.purchase_count.desc(), Product.product_id),
}


@router.get("/api/products", response_model=Page)
def products(
    database: Database,
    category: str | None = None,
    min_price: float | None = None,
    max_price: float | None = None,
    in_stock: bool | None = None,
    sort: Literal["price", "popular"] = "popular",
    page: Annotated[int, Query(ge=1)] = 1,
    page_size: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Any:
    filters: dict[str, ColumnElement[bool]] = {}
    if category is not None:
        filters["category"] = Product.category == category
    if min_price is not None or max_price is not None:
        filters["price"] = Product.price_minor.between(round((min_price or 0) * 100), round((max_price or 1e12) * 100))
    if in_stock is not None:
        filters["stock"] = (Product.stock > 0) == in_stock

    def others(own: str) -> list[ColumnElement[bool]]:
        """A facet leaves its own filter out."""
        return [Product.active, *(test for name, test in filters.items() if name != own)]

    matching = [Product.active, *filters.values()]
    items = database.scalars(
        select(Product).options(everything).where(*matching).order_by(*orders[sort])
        .offset((page - 1) * page_size).limit(page_size)
    ).all()  # fmt: skip
    total = database.scalar(select(func.count()).select_from(Product).where(*matching))
    categories = database.execute(
        select(Product.category, func.count()).where(*others("category")).group_by(Product.category)
        .order_by(func.count().desc(), Product.category)
    ).all()  # fmt: skip
    stock = dict(
        database.execute(select(Product.stock > 0, func.count()).where(*others("stock")).group_by(Product.stock > 0)).all()
    )
    lowest, highest = database.execute(
        select(func.min(Product.price_minor), func.max(Product.price_minor)).where(*others("price"))
    ).one()
    stars = database.execute(
        select(*(func.count(case((Product.rating_average >= least, 1))) for least in (4, 3, 2, 1))).where(*matching)
    ).one()
    return {
        "items": [whole(item) for item in items],
        "total": total,
        "page": page,
        "page_size": page_size,
        "facets": {
            "categories": [{"name": name, "count": count} for name, count in categories],
            "in_stock": {"true": stock.get(True, 0), "false": stock.get(False, 0)},
            "price": {"min": lowest and lowest / 100, "max": highest and highest / 100},
            "rating": [{"stars": least, "count": count} for least, count in zip((4, 3, 2, 1), stars)],
        },
    }


# What an event adds to a product's score, as the product has it.
WEIGHTS = {"view": 0.1, "add_to_cart": 0.4, "purchase": 1.0}
WINDOW = timedelta(days=7)


@router.get("/api/trending", response_model=Trends)
def trending(database: Database, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> Any:
    newest = database.scalar(select(func.max(Interaction.timestamp)).where(Interaction.timestamp <= func.now()))
    age = func.extract("epoch", newest - Interaction.timestamp)
    weight = case(WEIGHTS, value=Interaction.interaction_type)
    score = func.sum(weight * func.power(2, -age / (WINDOW.total_seconds() / 4))).label("score")
    rows = database.execute(
        select(Product, score).join(Interaction, Interaction.product_key == Product.id)
        .where(
            Interaction.timestamp > newest - WINDOW, Interaction.timestamp <= newest,
            Interaction.interaction_type.in_(WEIGHTS), Product.active, Product.stock > 0,
        )
        .group_by(Product.id).order_by(score.desc(), Product.id)
    ).all()  # fmt: skip
    return {
        "items": [card(product) | {"score": score} for product, score in rows[:limit]],
        "total": len(rows),
        "window_seconds": int(WINDOW.total_seconds()),
    }


@router.post("/api/interactions", status_code=201, response_model=Recorded)
def record(event: NewInteraction, database: Database) -> Any:
    user = database.scalar(select(User).where(User.user_id == event.user_id))
    product = database.scalar(select(Product).where(Product.product_id == event.product_id))
    if user is None or product is None:
        raise HTTPException(422, "no such user or product")
    stored = Interaction(
        event_id=event.event_id or f"srv-{uuid.uuid4()}",
        user_key=user.id,
        product_key=product.id,
        interaction_type=event.interaction_type,
        value=event.value,
        timestamp=event.timestamp or datetime.now(timezone.utc),
    )
    event_id = stored.event_id
    database.add(stored)
    database.flush()
    if event.interaction_type in ("purchase", "rating", "feedback"):
        user.invalidated_after = stored.id
    database.commit()
    return {"recorded": 1, "duplicates": 0, "event_ids": [event_id]}
