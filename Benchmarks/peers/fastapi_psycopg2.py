"""The usual stack: FastAPI, SQLAlchemy's session, psycopg2, a response model. uvicorn runs two workers of it.

As its documentation advises: a plain `def` endpoint (FastAPI runs it in its thread pool), a session from a dependency, the
body described by pydantic models, which FastAPI serialises in compiled code. PEER_LEAN=1 leaves the model out and
writes the bytes with orjson, for whoever wants the fastest this stack can do.
"""

import os
from collections.abc import Iterator
from typing import Annotated, Any

import orjson
from fastapi import Depends, FastAPI, HTTPException, Query, Response
from pydantic import BaseModel
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from answer import LOOKUP_SQL, answer
from catalogue import Catalogue

engine = create_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg2://", 1),
    pool_size=20,
    max_overflow=20,
    json_deserializer=orjson.loads,
)
SessionLocal = sessionmaker(engine, autoflush=False)
lookup = text(LOOKUP_SQL.format(list=":list", user=":user"))


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
    score: float
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


def read(sql: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(sql)))


catalogue = Catalogue()
catalogue.follow(read)
app = FastAPI()


def session() -> Iterator[Session]:
    with SessionLocal() as opened:
        yield opened


def recommend(database: Session, user_id: str, limit: int) -> dict[str, Any]:
    row = database.execute(lookup, {"list": "discover", "user": user_id}).first()
    if row is None:
        raise HTTPException(404, "no such user")
    stored = row[4] if row[4] is not None else {"p": [], "s": [], "e": [], "w": [], "t": []}
    return answer(catalogue, user_id, limit, row, stored)


if os.environ.get("PEER_LEAN") == "1":

    @app.get("/api/recommendations/{user_id}")
    def recommendations_lean(
        user_id: str, database: Annotated[Session, Depends(session)], limit: Annotated[int, Query(ge=1, le=100)] = 10
    ) -> Response:
        return Response(orjson.dumps(recommend(database, user_id, limit)), media_type="application/json")

else:

    @app.get("/api/recommendations/{user_id}", response_model=Recommendations)
    def recommendations(
        user_id: str, database: Annotated[Session, Depends(session)], limit: Annotated[int, Query(ge=1, le=100)] = 10
    ) -> Any:
        return recommend(database, user_id, limit)
