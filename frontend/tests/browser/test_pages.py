"""Every page in every state: axe finds nothing, in light and dark; pictures are kept for people to look at."""
import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import WIDTHS, ready, settle
from playwright.sync_api import expect

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CART_KEY = "shop.cart"


def put_into_cart(page, shop):
    _, answer = shop.get("/products?in_stock=true&page_size=2")
    lines = [{**{key: item[key] for key in ("product_id", "name", "category", "price", "currency", "in_stock")}, "quantity": 2}
             for item in answer["items"]]
    saved = json.dumps({"version": 1, "state": {"lines": lines, "notices": []}})
    page.goto("/nowhere")
    page.evaluate("([key, saved]) => localStorage.setItem(key, saved)", [CART_KEY, saved])


def open_page(page, shop, name):
    """Brings the page into the state of this name."""
    if name in ("cart", "checkout", "checkout faulty"):
        put_into_cart(page, shop)
    if name == "failed":
        page.route("**/api/products?*", lambda route: route.fulfill(
            status=503, content_type="application/problem+json",
            body='{"type":"urn:recommender-shop:problem:database-unavailable","status":503,"detail":"no database"}'))
    if name == "loading":
        page.route("**/api/products?*", lambda route: None)
    if name == "product":
        _, answer = shop.get("/products?sort=rating&in_stock=true&page_size=1")
        page.goto(f"/products/{answer['items'][0]['product_id']}")
        expect(page.get_by_role("button", name="Add to cart", exact=True)).to_be_visible()
        return
    address = {
        "home": "/", "front door": "/", "products": "/products", "filtered": "/products?category=Books&min_price=5",
        "nothing found": "/products?search=qzxw", "you": "/you", "welcome": "/welcome", "sign in": "/sign-in", "missing": "/nowhere",
        "cart": "/products", "empty cart": "/products", "checkout": "/checkout", "checkout faulty": "/checkout", "why": "/",
        "failed": "/products", "loading": "/products", "filters": "/products",
    }[name]
    page.goto(address)
    if name == "loading":
        expect(page.locator(".skeleton").first).to_be_visible()
        return
    ready(page)
    if name in ("home", "products", "filtered", "you"):
        expect(page.locator("[data-product]").first).to_be_visible()
    if name in ("cart", "empty cart"):
        page.get_by_role("button", name=re.compile("^Cart")).click()
        expect(page.get_by_role("dialog")).to_be_visible()
    if name == "why":
        page.locator("button.reason").first.click()
        expect(page.get_by_role("dialog")).to_be_visible()
    if name == "filters" and page.viewport_size["width"] < 960:
        page.get_by_role("button", name=re.compile("^Filters")).click()
        expect(page.get_by_role("dialog")).to_be_visible()
    if name == "checkout faulty":
        page.get_by_role("button", name="Place the order").click()
        expect(page.locator(".error-summary")).to_be_visible()
    if name == "failed":
        expect(page.get_by_role("alert")).to_be_visible()


STATES = [
    "home", "front door", "products", "filtered", "nothing found", "failed", "loading", "filters", "product", "you", "welcome",
    "sign in", "missing", "cart", "empty cart", "checkout", "checkout faulty", "why",
]
ANONYMOUS = {"front door", "sign in"}
# States above the page: only what is in the window counts.
COVERING = {"cart", "empty cart", "why", "filters"}


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing(shop, visit, name):
    customer = visit(user=None if name in ANONYMOUS else shop.regular(), width=1280 if name != "filters" else 768)
    if name == "failed":
        customer.allow("503")
    open_page(customer.page, shop, name)
    found = []
    for theme in ("light", "dark"):
        customer.page.emulate_media(color_scheme=theme)
        expect(customer.page.locator("html")).to_have_attribute("data-theme", theme)
        # Colours that fade are there with the next frame.
        customer.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        report = Axe().run(customer.page, options={"runOnly": {"type": "tag", "values": TAGS}})
        found += [
            f"{theme}: {each['id']}: {each['help']} {[node['target'] for node in each['nodes'][:4]]}"
            for each in report.response["violations"]
        ]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_for_people(shop, visit, shoot, width, theme):
    visitors = {
        "front door": visit(theme=theme, width=width),
        "home": visit(user=shop.regular(), theme=theme, width=width),
    }
    for name in ("home", "front door", "products", "product", "you", "welcome", "sign in", "cart", "checkout", "why", "nothing found"):
        page = visitors["front door" if name in ANONYMOUS else "home"].page
        open_page(page, shop, name)
        if name not in COVERING:
            settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than {width} px"
        shoot(page, f"{name.replace(' ', '-')}-{width}-{theme}", full=name not in COVERING)


def test_speed_on_a_slow_network_is_reported(shop, visit):
    """Times depend on the machine: they are printed. Bytes and shifts are what the build and the other tests bound."""
    customer = visit(user=shop.regular())
    session = customer.context.new_cdp_session(customer.page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8})
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    customer.page.goto("/")
    expect(customer.page.locator("[data-product]").first).to_be_visible(timeout=30_000)
    customer.page.wait_for_load_state("networkidle")
    largest = customer.page.evaluate(
        """() => new Promise((resolve) => new PerformanceObserver((list) => resolve(list.getEntries().pop().startTime))
             .observe({ type: 'largest-contentful-paint', buffered: true }))"""
    )
    print(f"largest contentful paint on slow 4G with a quarter of the processor: {largest:.0f} ms")
    assert largest > 0
