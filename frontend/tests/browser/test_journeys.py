"""Customers from the door to the confirmation."""
import re

import pytest
from conftest import ready
from playwright.sync_api import expect


def fill_address(page):
    for label, value in {
        "Full name": "Anna Clarke", "E-mail": "anna@example.com", "Street and number": "1 Mill Lane", "Postcode": "AB1 2CD",
        "Town": "Leeds", "Country": "United Kingdom",
    }.items():
        page.get_by_label(label, exact=True).fill(value)


def cards_of(page, heading):
    return page.get_by_role("region", name=heading).locator("[data-product]")


def products_of(page, heading):
    cards = cards_of(page, heading)
    expect(cards.first).to_be_visible()
    return cards.evaluate_all("cards => cards.map((card) => card.dataset.product)")


def test_a_returning_customer_buys_a_pick_and_the_next_list_knows(shop, visit):
    user = shop.regular()
    page = visit(user=user).page
    page.goto("/")
    picks = products_of(page, "Picked for you")
    assert len(picks) == 8
    # Choosing a recommendation is told to the API with the answer that it came from.
    bought = picks[0]
    with page.expect_response(lambda answer: answer.url.endswith(f"/api/products/{bought}")):
        cards_of(page, "Picked for you").first.get_by_role("heading").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    name = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="Add to cart", exact=True).click()
    page.get_by_role("button", name="Open cart").click()
    cart = page.get_by_role("dialog")
    expect(cart).to_contain_text(name)
    cart.get_by_role("link", name="Go to checkout").click()
    fill_address(page)
    page.get_by_role("button", name="Place the order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, Anna.")
    expect(page.get_by_role("button", name=re.compile("^Cart"))).to_contain_text("0 pieces")
    after = products_of(page, "Your picks, with this in mind")
    assert bought not in after
    rows = shop.sql(
        "SELECT i.interaction_type, count(*) FROM interactions i JOIN users u ON u.id = i.user_key "
        f"JOIN products p ON p.id = i.product_key WHERE u.user_id = '{user}' AND p.product_id = '{bought}' "
        "AND i.event_id ~ '^(o|e)-[0-9a-f]{32}' GROUP BY 1 ORDER BY 1"
    )
    assert "purchase|1" in rows, rows
    page.goto("/")
    assert bought not in products_of(page, "Picked for you")


def test_views_clicks_and_impressions_reach_the_shop_once_with_their_request(shop, visit):
    user = shop.regular(1)
    page = visit(user=user).page
    # Half visible for a second.
    with page.expect_response(lambda answer: answer.url.endswith("/api/interactions") and answer.status == 201):
        page.goto("/")
        page.get_by_role("region", name="Picked for you").scroll_into_view_if_needed()
        card = cards_of(page, "Picked for you").first
        card.scroll_into_view_if_needed()
        product = card.get_attribute("data-product")
    card.get_by_role("heading").get_by_role("link").click()
    expect(page.get_by_role("button", name="Add to cart", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Add to cart", exact=True)).to_be_visible()
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('shop.event.'))")
    rows = shop.sql(
        "SELECT i.interaction_type, count(*), bool_and(i.request_id IS NOT NULL) FROM interactions i "
        "JOIN users u ON u.id = i.user_key JOIN products p ON p.id = i.product_key "
        f"WHERE u.user_id = '{user}' AND p.product_id = '{product}' AND i.event_id ~ '^e-[0-9a-f]{{32}}' GROUP BY 1"
    ).splitlines()
    assert "impression|1|t" in rows and "click|1|t" in rows and "view|1|f" in rows, rows


def test_a_sample_customer_signs_in_and_out(shop, visit):
    page = visit().page
    page.goto("/checkout")
    page.goto("/you")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    person = page.locator(".person").first
    name = person.locator("b").inner_text()
    person.click()
    expect(page).to_have_url(re.compile("/you$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    orders = page.get_by_role("region", name="Your orders")
    expect(orders.locator("details").first).to_be_visible()
    orders.locator("summary").first.click()
    expect(orders.get_by_text("Total").first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Come in, look around")


def test_a_newcomer_says_what_they_like_and_the_next_page_follows(shop, visit):
    page = visit(user=shop.newcomer(), name="Nora Newcomer").page
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tell us what you like")
    page.get_by_role("link", name="Pick what you like").click()
    tiles = page.locator(".picker-tile")
    chosen = []
    for place in (0, 2, 4):
        chosen.append(tiles.nth(place).inner_text().strip())
        tiles.nth(place).click()
    page.get_by_role("button", name="Show me my picks").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Picked for you")
    expect(page.get_by_role("heading", name="Picked for you", level=2)).to_be_visible()
    products_of(page, "Picked for you")
    reasons = page.get_by_role("region", name="Picked for you").locator(".reason").all_inner_texts()
    assert any(name in reason for reason in reasons for name in chosen), (chosen, reasons)


def test_a_newcomer_may_skip(shop, visit):
    page = visit(user=shop.newcomer(), name="Nora Newcomer").page
    page.goto("/welcome")
    page.get_by_role("link", name="Skip this").click()
    expect(page.get_by_role("region", name="To begin with").locator("[data-product]")).to_have_count(8)


def test_a_product_that_is_sent_away_leaves_at_once_and_can_come_back(shop, visit):
    user = shop.regular(2)
    page = visit(user=user).page
    page.goto("/you")
    before = products_of(page, "Recommended for you")
    card = cards_of(page, "Recommended for you").nth(1)
    card.get_by_role("button", name=re.compile("^Not for me")).click()
    expect(page.locator(f"[data-product='{before[1]}']")).to_have_count(0)
    after = products_of(page, "Recommended for you")
    assert len(after) == len(before) and [after[0], *after[2:]] == [before[0], *before[2:]], "the others stay where they are"
    page.reload()
    assert before[1] not in products_of(page, "Recommended for you")
    away = page.get_by_role("region", name="Sent away")
    away.get_by_text("What you said is not for you").click()
    away.get_by_role("button", name=re.compile("^Bring back")).click()
    expect(away).to_contain_text("Nothing so far")
    page.wait_for_load_state("networkidle")
    status, answer = shop.get(f"/recommendations/{user}?limit=50")
    assert status == 200 and before[1] in [item["product_id"] for item in answer["items"]]


def test_a_recommendation_says_why(shop, visit):
    page = visit(user=shop.regular_whose_list_says("Because")).page
    page.goto("/")
    reason = page.locator("button.reason").filter(has_text="Because").first
    reason.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The parts add up to the whole score")
    shares = [int(text.split()[0]) for text in dialog.locator(".evidence b").all_inner_texts()]
    assert 98 <= sum(shares) <= 102, shares
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(reason).to_be_focused()


def test_filters_are_the_address(visit):
    page = visit().page
    page.goto("/products")
    status = page.locator(".products-head").get_by_role("status")
    expect(status).to_have_text("240 products")
    box = page.get_by_role("complementary", name="Filters").get_by_role("checkbox").first
    box.check()
    expect(page).to_have_url(re.compile(r"\?category="))
    expect(status).not_to_have_text("240 products")
    expect(status).to_have_text(re.compile("products$"))
    few = status.inner_text()
    page.get_by_label("To", exact=True).fill("40")
    page.get_by_label("To", exact=True).press("Enter")
    expect(page).to_have_url(re.compile("max_price=40"))
    prices = page.locator(".products-list .price")
    expect(prices.first).to_be_visible()
    page.go_back()
    expect(page).not_to_have_url(re.compile("max_price"))
    expect(status).to_have_text(few)
    page.get_by_role("button", name=re.compile("^Remove the filter")).click()
    expect(page).to_have_url(re.compile("/products$"))
    expect(status).to_have_text("240 products")


def test_search_follows_the_typing_and_nothing_found_offers_a_way_on(visit):
    customer = visit()
    page = customer.page
    page.goto("/")
    word = page.locator("[data-product] h3").first.inner_text().split()[0]
    page.get_by_role("searchbox").fill(word)
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"“{word}”")
    expect(page.locator("[data-product]").first).to_be_visible()
    page.get_by_role("searchbox").fill("qzxw nothing")
    expect(page.get_by_text("We have nothing like “qzxw nothing”.")).to_be_visible()
    page.get_by_role("button", name="Show all products").click()
    expect(page.locator("[data-product]").first).to_be_visible()


def test_back_returns_to_where_the_list_was(visit):
    page = visit().page
    page.goto("/products?page=2")
    last = page.locator("[data-product]").last
    last.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    top = page.evaluate("window.scrollY")
    last.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/products/P-"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("window.scrollY") == 0
    page.go_back()
    expect(page).to_have_url(re.compile(r"page=2"))
    page.wait_for_function("top => Math.abs(window.scrollY - top) < 5", arg=top)


def test_a_page_that_is_loaded_anew_starts_at_its_top(visit):
    page = visit().page
    page.goto("/products")
    page.locator("[data-product]").last.scroll_into_view_if_needed()
    assert page.evaluate("window.scrollY") > 500
    page.goto("/products?page=2")
    expect(page.locator("[data-product]").first).to_be_visible()
    assert page.evaluate("window.scrollY") == 0
    page.locator("[data-product]").last.scroll_into_view_if_needed()
    top = page.evaluate("window.scrollY")
    page.reload()
    page.wait_for_function("top => Math.abs(window.scrollY - top) < 5", arg=top)


def test_two_tabs_have_one_cart_and_it_survives_a_reload(visit):
    customer = visit()
    page = customer.page
    page.goto("/products")
    other = customer.open_tab()
    other.goto("/products")
    other.locator(".card-add").nth(0).click()
    page.locator(".card-add").nth(1).click()
    for tab in (page, other):
        expect(tab.locator(".top-cart")).to_contain_text("2 pieces")
    other.reload()
    other.get_by_role("button", name=re.compile("^Cart")).click()
    expect(other.locator(".lines > li")).to_have_count(2)
    other.get_by_role("button", name=re.compile("^Remove ")).first.click()
    expect(page.locator(".top-cart")).to_contain_text("1 piece")


def test_the_cart_says_what_changed_in_the_shop(shop, visit):
    customer = visit()
    page = customer.page
    page.goto("/products")
    card = page.locator("[data-product]").filter(has=page.locator(".card-add")).first
    product, name = card.get_attribute("data-product"), card.get_by_role("heading").inner_text()
    card.locator(".card-add").click()
    before = shop.set_price(product, lambda price: price + 1)
    try:
        page.goto("/checkout")
        expect(page.locator(".notices")).to_contain_text(f"{name} now costs")
    finally:
        shop.set_price(product, lambda _: before)


def test_a_faulty_form_is_explained_and_takes_the_focus(shop, visit):
    page = visit(user=shop.regular(4)).page
    page.goto("/products")
    page.locator(".card-add").first.click()
    page.goto("/checkout")
    page.get_by_label("E-mail").fill("anna")
    page.get_by_role("button", name="Place the order").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(5)
    summary.get_by_role("link", name=re.compile("e-mail")).click()
    expect(page.get_by_label("E-mail")).to_be_focused()


def test_an_order_whose_answer_was_lost_is_not_doubled(shop, visit):
    user = shop.regular(5)
    customer = visit(user=user)
    customer.allow("net::ERR_FAILED")
    page = customer.page
    page.goto("/products")
    page.locator(".card-add").first.click()
    page.goto("/checkout")
    fill_address(page)
    lost = []

    def lose_first_answer(route):
        body = route.request.post_data or ""
        if '"purchase"' in body and not lost:
            lost.append(body)
            route.fetch()
            return route.abort()
        return route.continue_()

    page.route("**/api/interactions", lose_first_answer)
    page.get_by_role("button", name="Place the order").click()
    expect(page.locator(".error-summary")).to_contain_text("did not go through")
    page.get_by_role("button", name="Place the order").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    order = page.locator("code").inner_text()
    assert lost and shop.sql(f"SELECT count(*) FROM interactions WHERE order_id = '{order}'") == "1"


def test_when_the_database_goes_away_the_shop_stays_up(shop, visit):
    customer = visit(user=shop.regular(6))
    customer.allow("503", "Failed to load resource")
    page = customer.page
    page.goto("/products")
    expect(page.locator("[data-product]").first).to_be_visible()
    page.locator(".card-add").first.click()
    shop.relay.cut()
    try:
        # What needs the database says so and offers another try; the rest of the page stands.
        page.get_by_role("link", name="Anna").click()
        orders = page.get_by_role("region", name="Your orders")
        expect(orders.get_by_role("alert")).to_contain_text("We could not fetch your orders")
        page.get_by_role("button", name=re.compile("^Cart")).click()
        expect(page.locator(".lines > li")).to_have_count(1)
        page.keyboard.press("Escape")
        # What was seen before stays.
        page.go_back()
        expect(page.locator("[data-product]").first).to_be_visible()
        page.go_forward()
        expect(orders.get_by_role("alert")).to_be_visible(timeout=30_000)
    finally:
        shop.relay.mend()
    # The handler connects again in its own time: a customer presses the button until it is there.
    page.wait_for_function(
        """() => {
          const orders = [...document.querySelectorAll('section')].find((each) => each.innerText.startsWith('Your orders'));
          if (orders.querySelector('details')) return true;
          orders.querySelector('[role=alert] button')?.click();
          return false;
        }""",
        polling=500, timeout=60_000,
    )
    expect(orders.locator("details").first).to_be_visible()


def test_offline_is_said_and_what_was_seen_stays(visit):
    customer = visit()
    customer.allow("net::ERR_INTERNET_DISCONNECTED", "Failed to load resource")
    page = customer.page
    page.goto("/products")
    expect(page.locator("[data-product]").first).to_be_visible()
    page.wait_for_function("() => performance.getEntriesByType('resource').some((each) => each.name.includes('otherPages'))")
    customer.context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    page.locator("[data-product]").first.get_by_role("link").click()
    expect(page.get_by_role("alert")).to_contain_text("We cannot reach the shop")
    customer.context.set_offline(False)
    expect(page.get_by_role("button", name="Add to cart", exact=True).or_(page.get_by_text("Sold out for now"))).to_be_visible()


def test_unknown_pages_and_products_have_a_way_on(visit):
    customer = visit()
    customer.allow("404")
    page = customer.page
    for address, heading in {"/nowhere/at/all": "There is nothing on this shelf", "/products/none": "We no longer have this"}.items():
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        page.get_by_role("main").get_by_role("link", name="products").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("All products")


def test_no_page_makes_more_than_four_calls(shop, visit):
    for address in ("/", "/products", "/you", "/welcome", "/sign-in"):
        customer = visit(user=shop.regular(7))
        customer.allow("404")
        customer.page.goto(address)
        customer.page.wait_for_load_state("networkidle")
        calls = [each for each in customer.calls if "/interactions" not in each and "image.svg" not in each]
        assert len(calls) <= 4, (address, calls)


@pytest.mark.parametrize(("address", "code", "data"), [
    ("/products?search=tea", "otherPages", "/api/products?"), ("/", None, "/api/recommendations/"), ("/admin", "adminPages", None),
])
def test_the_first_page_asks_for_its_code_and_its_data_before_it_is_drawn_and_once(shop, visit, address, code, data):
    customer = visit(user=shop.regular())
    customer.page.goto(address)
    ready(customer.page)
    customer.page.wait_for_load_state("networkidle")
    found = customer.page.evaluate(
        """() => ({
          painted: performance.getEntriesByName('first-contentful-paint')[0].startTime,
          preloaded: [...document.querySelectorAll('link[rel=modulepreload]')].map(({ href }) => href),
          asked: performance.getEntriesByType('resource').map(({ name, startTime }) => [name, startTime]),
        })"""
    )
    if code is not None:
        names = [name for name, _ in found["asked"] if f"/{code}-" in name and name.endswith(".js")]
        assert len(names) == 1, names
        assert names[0] in found["preloaded"], "the code waits for the program that would ask for it"
    if data is not None:
        asked = [(name, time) for name, time in found["asked"] if data in name and not name.endswith(".svg")]
        assert len(asked) == len({name for name, _ in asked}) > 0, asked
        # Other pages show the frame while their code arrives.
        assert code is not None or all(time < found["painted"] for _, time in asked), "the data waits for the drawing"


def test_a_cart_of_eight_lines_is_compared_with_the_shop_in_one_call(shop, visit):
    customer = visit(user=shop.regular(7))
    page = customer.page
    page.goto("/products")
    for place in range(8):
        page.locator(".card-add").nth(place).click()
    expect(page.get_by_role("button", name=re.compile("^Cart"))).to_contain_text("8 pieces")
    page.wait_for_load_state("networkidle")
    before = len(customer.calls)
    page.goto("/checkout")
    page.wait_for_load_state("networkidle")
    calls = [each for each in customer.calls[before:] if "/interactions" not in each and "image.svg" not in each]
    assert len(calls) <= 4, calls
    assert sum("product_ids=" in each for each in calls) >= 1, calls
    assert not any(re.search(r"/api/products/[^/?]+$", each) for each in calls), calls
