"""The shop's catalogue in memory, as the product itself has it: all rows are read, again when its version row changes."""

import asyncio
import threading
import time
from typing import Any, Callable, NamedTuple

VERSION_SQL = "SELECT version FROM catalogue_version"
PRODUCTS_SQL = "SELECT id, product_id, name, category, price_minor, currency, stock, active FROM products"
# How old the answer to "is there a newer version" may be: the product asks once a second too.
CHECK_SECONDS = 1.0


class Product(NamedTuple):
    """What a product card needs; the price is in major units already."""

    product_id: str
    name: str
    category: str
    price: float
    currency: str
    in_stock: bool
    sellable: bool


class Catalogue:
    """Products by internal key."""

    def __init__(self) -> None:
        self.version = -1
        self.products: dict[int, Product] = {}

    def replace(self, version: int, rows: list[Any]) -> None:
        self.products = {
            row[0]: Product(row[1], row[2], row[3], row[4] / 100, row[5], row[6] > 0, row[7] and row[6] > 0)
            for row in rows
        }
        self.version = version

    def follow(self, read: Callable[[str], list[Any]]) -> None:
        """Keeps the catalogue current from a thread of its own."""

        def check() -> None:
            version = read(VERSION_SQL)[0][0]
            if version != self.version:
                self.replace(version, read(PRODUCTS_SQL))

        def loop() -> None:
            while True:
                time.sleep(CHECK_SECONDS)
                try:
                    check()
                except Exception as error:  # the old catalogue serves while the database is away
                    print(f"catalogue not checked: {error}")

        check()
        threading.Thread(target=loop, daemon=True).start()

    async def follow_async(self, fetch: Callable[[str], Any]) -> asyncio.Task[None]:
        """Keeps the catalogue current from a task of its own."""

        async def check() -> None:
            version = (await fetch(VERSION_SQL))[0][0]
            if version != self.version:
                self.replace(version, await fetch(PRODUCTS_SQL))

        async def loop() -> None:
            while True:
                await asyncio.sleep(CHECK_SECONDS)
                try:
                    await check()
                except Exception as error:
                    print(f"catalogue not checked: {error}")

        await check()
        return asyncio.create_task(loop())
