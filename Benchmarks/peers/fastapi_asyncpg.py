"""The fast stack of the same language: FastAPI, asyncpg with its prepared statements, orjson. Two uvicorn workers."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
import orjson
from fastapi import FastAPI, HTTPException, Query, Response

import shop_asyncpg
from answer import LOOKUP_SQL, answer
from catalogue import Catalogue

lookup = LOOKUP_SQL.format(list="$1", user="$2")
catalogue = Catalogue()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=8, max_size=8) as pool:
        app.state.pool = pool
        follower = await catalogue.follow_async(pool.fetch)
        yield
        follower.cancel()


app = FastAPI(lifespan=lifespan)
app.include_router(shop_asyncpg.router)


@app.get("/api/recommendations/{user_id}")
async def recommendations(user_id: str, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> Response:
    row = await app.state.pool.fetchrow(lookup, "discover", user_id)
    if row is None:
        raise HTTPException(404, "no such user")
    stored = orjson.loads(row[4]) if row[4] is not None else {"p": [], "s": [], "e": [], "w": [], "t": []}
    return Response(orjson.dumps(answer(catalogue, user_id, limit, row, stored)), media_type="application/json")
