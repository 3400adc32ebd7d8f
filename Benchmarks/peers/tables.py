"""The shop's tables as SQLAlchemy's mapped classes, and a session a request: state in the database."""

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, DateTime, ForeignKey, create_engine
from sqlalchemy.dialects.postgresql import ENUM, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg2://", 1),
    pool_size=20,
    max_overflow=20,
    json_deserializer=orjson.loads,
)
SessionLocal = sessionmaker(engine, autoflush=False)


def session() -> Iterator[Session]:
    with SessionLocal() as opened:
        yield opened


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[str]
    invalidated_after: Mapped[int] = mapped_column(BigInteger)


class Product(Base):
    __tablename__ = "products"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    product_id: Mapped[str]
    name: Mapped[str]
    category: Mapped[str]
    price_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    stock: Mapped[int]
    active: Mapped[bool]
    # Read only where they are asked for, as the lists do without them.
    description: Mapped[str] = mapped_column(deferred=True)
    extra: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB, deferred=True)
    rating_average: Mapped[float | None] = mapped_column(deferred=True)
    rating_count: Mapped[int] = mapped_column(BigInteger, deferred=True)
    purchase_count: Mapped[int] = mapped_column(BigInteger, deferred=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), deferred=True)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), deferred=True)


class Interaction(Base):
    __tablename__ = "interactions"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[str]
    user_key: Mapped[int] = mapped_column(ForeignKey("users.id"))
    product_key: Mapped[int] = mapped_column(ForeignKey("products.id"))
    interaction_type: Mapped[str] = mapped_column(
        ENUM("view", "add_to_cart", "purchase", "rating", "feedback", "impression", "click", name="interaction_type")
    )
    value: Mapped[float | None]
    timestamp: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Live(Base):
    __tablename__ = "live"
    variant: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(BigInteger)
    model_version: Mapped[str]


class CachedList(Base):
    __tablename__ = "recommendation_cache"
    generation: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_key: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    list: Mapped[str] = mapped_column(ENUM("discover", "buy_again", name="recommendation_list"), primary_key=True)
    recommended_products: Mapped[dict[str, Any]] = mapped_column(JSONB)
    generated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    data_cut: Mapped[int] = mapped_column(BigInteger)
    model_version: Mapped[str]
