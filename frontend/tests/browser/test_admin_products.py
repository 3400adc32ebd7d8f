"""Products in the dashboard: found, switched off, priced, and changed by two at once."""
import pytest
from playwright.sync_api import expect
from test_admin import enter


@pytest.fixture
def product(shop):
    """A product that customers can buy; afterwards it is as it was."""
    found = shop.get("/products?in_stock=true&sort=name&page_size=1")[1]["items"][0]
    yield found
    back = {name: found[name] for name in ("price", "stock", "active", "description")}
    assert shop.call("PATCH", f"/products/{found['product_id']}", back, {"If-Match": "*"})[0] == 200


def stored(shop, product):
    return shop.get(f"/products/{product['product_id']}")[1]


def test_a_product_is_switched_off_and_on_again(shop, visit, product):
    page = visit().page
    enter(page, "/admin/products")
    page.get_by_role("searchbox").fill(product["product_id"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(product["name"])
    offered = page.get_by_label("The shop offers it")
    offered.uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The shop does not offer it.")).to_be_visible()
    expect(page.get_by_text("This is what is stored")).to_be_visible()
    assert stored(shop, product)["active"] is False
    # The shop does not have it any more, the dashboard still finds it.
    customer = visit()
    customer.allow("404")
    customer.page.goto(f"/products/{product['product_id']}")
    expect(customer.page.get_by_role("heading", level=1)).not_to_have_text(product["name"])
    page.get_by_role("link", name="All products").click()
    page.get_by_role("searchbox").fill(product["product_id"])
    page.keyboard.press("Enter")
    expect(offered).not_to_be_checked()
    offered.check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It is offered for")).to_be_visible()
    assert stored(shop, product)["active"] is True


def test_price_and_stock_are_checked_and_change_nothing_else(shop, visit, product):
    page = visit().page
    enter(page, f"/admin/products/{product['product_id']}")
    price = page.get_by_label("Price, ")
    price.fill("3.999")
    page.get_by_role("button", name="Save").click()
    expect(price).to_be_focused()
    expect(price).to_have_accessible_description("Must be an amount such as 12.99, with at most two decimals.")
    price.fill("3.99")
    page.get_by_label("In stock").fill("0")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It is sold out.")).to_be_visible()
    after = stored(shop, product)
    assert (after["price"], after["stock"], after["in_stock"]) == (3.99, 0, False)
    same = ("name", "description", "category", "currency", "metadata", "active")
    assert {name: after[name] for name in same} == {name: product[name] for name in same}


def test_somebody_elses_price_is_shown_and_not_overwritten(shop, visit, product):
    administrator = visit()
    administrator.allow("412")
    page = administrator.page
    address = f"/products/{product['product_id']}"
    enter(page, f"/admin{address}")
    page.get_by_label("Price, ").fill("1.11")
    assert shop.call("PATCH", address, {"price": 2.22}, {"If-Match": "*"})[0] == 200
    page.get_by_role("button", name="Save").click()
    rows = page.get_by_role("group", name="Theirs beside yours").get_by_role("row")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_have_text("Price2.221.11")
    assert stored(shop, product)["price"] == 2.22
    page.get_by_role("button", name="Take what is stored").click()
    expect(page.get_by_label("Price, ")).to_have_value("2.22")

    # What this form does not show is no conflict: it is saved over the newer version at once.
    page.get_by_label("Price, ").fill("1.11")
    assert shop.call("PATCH", address, {"description": "Told anew."}, {"If-Match": "*"})[0] == 200
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It is offered for £1.11")).to_be_visible()
    assert (stored(shop, product)["price"], stored(shop, product)["description"]) == (1.11, "Told anew.")


def test_products_are_found_by_words_and_page_by_page(shop, visit):
    page = visit().page
    enter(page, "/admin/products")
    rows = page.get_by_role("group", name="Products").get_by_role("row")
    expect(rows).to_have_count(21)
    first = rows.nth(1).inner_text()
    page.get_by_role("button", name="Next").click()
    expect(rows.nth(1)).not_to_have_text(first)
    page.get_by_role("searchbox").fill("qzxw wxzq")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No product is like that.")).to_be_visible()
    page.go_back()
    expect(rows).to_have_count(21)
