"""The same stack driven as hard as it goes: one hand-written statement a request, the catalogue in memory as the product has
it, no response model, bytes written by orjson. Two uvicorn workers.
"""

import os
from collections.abc import Iterator
from typing import Annotated, Any

import orjson
from fastapi import Depends, FastAPI, HTTPException, Query, Response
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


def read(sql: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(sql)))


catalogue = Catalogue()
catalogue.follow(read)
app = FastAPI()


def session() -> Iterator[Session]:
    with SessionLocal() as opened:
        yield opened


@app.get("/api/recommendations/{user_id}")
def recommendations(
    user_id: str, database: Annotated[Session, Depends(session)], limit: Annotated[int, Query(ge=1, le=100)] = 10
) -> Response:
    row = database.execute(lookup, {"list": "discover", "user": user_id}).first()
    if row is None:
        raise HTTPException(404, "no such user")
    stored = row[4] if row[4] is not None else {"p": [], "s": [], "e": [], "w": [], "t": []}
    return Response(orjson.dumps(answer(catalogue, user_id, limit, row, stored)), media_type="application/json")
