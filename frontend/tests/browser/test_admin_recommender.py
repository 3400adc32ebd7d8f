"""The recommender's settings in the dashboard: what is saved is what the next lists are made by."""
import re

import pytest
from playwright.sync_api import expect
from test_admin import enter

ADDRESS = "/config/recommender"


@pytest.fixture(autouse=True)
def defaults(shop):
    """Other tests find the settings and the lists as they were."""
    live = shop.get("/batch/status")[1]["live"]["generation"]
    yield
    shop.call("PUT", ADDRESS, {}, {"If-Match": "*"})
    assert shop.call("POST", f"/generations/{live}/activate")[0] == 200


def stored(shop):
    return shop.get(ADDRESS)[1]["settings"]


def test_settings_take_effect_as_the_page_says(shop, visit):
    user = shop.regular(2)
    before = shop.get(f"/recommendations/{user}?limit=20")[1]["items"]
    category, product = before[0]["category"], next(item["product_id"] for item in before if item["category"] != before[0]["category"])
    page = visit().page
    enter(page, "/admin/recommender")
    page.get_by_label("Category to leave out").fill(category)
    page.keyboard.press("Enter")
    page.get_by_label("Product to leave out").fill(product)
    page.get_by_role("button", name="Add the product").click()
    page.get_by_label("List length").fill("12")
    page.get_by_label("Exploration", exact=True).fill("0")
    expect(page.get_by_text("0 is off: nothing is drawn by chance.")).to_be_visible()
    # All candidates after the fourth go, the third becomes the second, with options of its own.
    fifth = page.get_by_role("button", name=re.compile("^Remove model 5"))
    for _ in range(page.get_by_role("button", name=re.compile("^Remove model ")).count() - 4):
        fifth.click()
    fifth.wait_for(state="detached")
    page.get_by_role("button", name="Up with model 3").click()
    page.get_by_label("Options of model 2").fill("part0.weight = 0.5, part1.weight = 0.5")
    page.get_by_role("button", name="Save").click()
    outcome = page.get_by_role("form", name="Recommender").get_by_role("status")
    expect(outcome).to_contain_text("Prices and what is left out hold from the next request on.")
    expect(outcome).to_contain_text("everybody's change with the next full run")
    expect(outcome).to_contain_text("The next full run judges the models again and takes the best of them.")
    settings = stored(shop)
    assert settings["candidates"] == ["ease_demand", {"name": "hybrid", "parameters": {"part0.weight": 0.5, "part1.weight": 0.5}},
                                      "ease_time", "user_knn"]
    assert settings["ranking"]["list_length"] == 12
    assert settings["ranking"]["exploration"] == 0
    assert settings["ranking"]["seed"] == 0, "what the form does not show stays"

    # At once: nothing of what is left out is served, though the stored lists hold it.
    page.wait_for_function(
        """([user, category, product]) => fetch(`/api/recommendations/${user}?limit=20`).then((answer) => answer.json())
             .then(({ items }) => items.length > 0 && items.every((item) => item.category !== category && item.product_id !== product))""",
        arg=[user, category, product],
    )
    # And with the run that the page offers: shorter lists, models judged anew.
    outcome.get_by_role("button", name="Start a full run").click()
    expect(page).to_have_url(re.compile(r"/admin/jobs/job-\d+$"))
    expect(page.get_by_role("main").get_by_role("status").first).to_have_text("done", timeout=120_000)
    expect(page.get_by_role("list", name="Lines of the log")).to_contain_text("models were judged because the candidates have changed")
    assert shop.sql("SELECT max(jsonb_array_length(recommended_products->'p')) FROM recommendation_cache "
                    "WHERE generation = (SELECT generation FROM live) AND list = 'discover'") == "12"


def test_what_cannot_be_is_said_beside_its_field(shop, visit):
    administrator = visit()
    administrator.allow("400")
    page = administrator.page
    enter(page, "/admin/recommender")
    page.get_by_label("List length").fill("101")
    page.get_by_label("Dearer than").fill("2")
    page.get_by_label("Cheaper than").fill("5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("List length")).to_be_focused()
    expect(page.get_by_label("List length")).to_have_accessible_description(re.compile("Must be a whole number from 1 to 100"))
    expect(page.get_by_label("Dearer than")).to_have_accessible_description(re.compile("not below the lowest"))
    page.get_by_role("button", name="Undo my changes").click()
    expect(page.get_by_label("List length")).to_have_value("20")
    # What only the API knows: which models there are.
    page.get_by_label("Model 2", exact=True).fill("crystal_ball")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Model 2", exact=True)).to_be_focused()
    expect(page.get_by_label("Model 2", exact=True)).to_have_accessible_description(re.compile("There is no model crystal_ball; there are popularity"))
    assert stored(shop)["ranking"]["list_length"] == 20


def test_two_who_save_at_once_see_each_other(shop, visit):
    administrator = visit()
    administrator.allow("412")
    page = administrator.page
    enter(page, "/admin/recommender")
    page.get_by_label("Diversity", exact=True).fill("0.4")
    theirs = {"ranking": {"excluded_categories": ["Books"], "seed": 7}}
    assert shop.call("PUT", ADDRESS, theirs, {"If-Match": "*"})[0] == 200
    page.get_by_role("button", name="Save").click()
    rows = page.get_by_role("group", name="Theirs beside yours").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_have_text("Diversity0.70.4")
    expect(rows.nth(2)).to_have_text("Categories left outBooksnone")
    assert stored(shop)["ranking"]["diversity"] == pytest.approx(0.7)
    page.get_by_role("button", name="Keep mine").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("^Saved"))).to_be_visible()
    ranking = stored(shop)["ranking"]
    assert (round(ranking["diversity"], 3), ranking["excluded_categories"]) == (0.4, [])
    assert ranking["seed"] == 7, "what neither form shows is theirs"
