"""Experiments in the dashboard: planned from the shop's own traffic, started, filled by customers, read, concluded."""
import json
import re
import uuid

import pytest
from playwright.sync_api import expect
from test_admin import an_experiment, enter
from test_pages import TAGS, Axe

USERS = 90


@pytest.fixture
def tidy(shop):
    """Leaves no experiment running, and the shop's settings as they were."""
    _, before = shop.get("/config/recommender")
    yield
    for each in shop.get("/experiments")[1]["items"]:
        if each["status"] == "running":
            shop.call("PATCH", f"/experiments/{each['experiment_id']}", {"status": "stopped"}, {"If-Match": "*", "Content-Type": "application/json"})
    shop.call("PUT", "/config/recommender", before["settings"], {"If-Match": "*"})


def visit_and_click(shop, experiment):
    """Customers look at their list; in the variant they click twice as often."""
    users = [each["user_id"] for each in shop.get("/users?page_size=100")[1]["items"]][:USERS]
    arms = {}
    for number, user in enumerate(users):
        _, answer = shop.get(f"/recommendations/{user}?limit=5")
        assert answer["experiment"] == experiment, answer
        arm = answer["variant"]
        arms[arm] = arms.get(arm, 0) + 1
        events = []
        for position, item in enumerate(answer["items"]):
            event = {"user_id": user, "product_id": item["product_id"], "request_id": answer["request_id"], "position": position}
            kinds = ["impression"]
            if position < (2 if arm == "variant" else 1):
                kinds.append("click")
            events += [{**event, "interaction_type": kind, "event_id": f"x-{uuid.uuid4().hex}"} for kind in kinds]
        assert shop.call("POST", "/interactions", events)[0] == 201
    return arms


def test_from_the_plan_to_the_winner(shop, visit, tidy):
    administrator = visit()
    page = administrator.page
    enter(page, "/admin/experiments")
    page.get_by_label("Decided by").select_option("conversion")
    page.get_by_role("button", name="How long will it take?").click()
    expect(page.get_by_text(re.compile(r"To see a difference of 10 %"))).to_be_visible()
    page.get_by_role("button", name="Make a draft").click()
    expect(page.get_by_label("Name", exact=True)).to_have_accessible_description("Give it a name.")
    page.get_by_label("Name", exact=True).fill("Neighbours")
    page.get_by_label("Decided by").select_option("click_through")
    page.get_by_label("Model of the variant").select_option("item_knn")
    page.get_by_role("button", name="Make a draft").click()
    expect(page.get_by_role("heading", name="Neighbours")).to_be_visible()
    expect(page.locator(".say")).to_have_text("It has not been started.")
    experiment = int(page.url.rsplit("/", 1)[1])

    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Start it").click()
    expect(page.get_by_text("Started. Its lists are being made.")).to_be_visible()
    # The run of the variant ends by itself; then customers are told apart.
    user = shop.regular()
    shop.until(lambda: shop.get(f"/recommendations/{user}")[1]["experiment"] == experiment, "the experiment is served")
    arms = visit_and_click(shop, experiment)
    assert set(arms) == {"control", "variant"}

    page.reload()
    metrics = page.get_by_role("group", name="Metrics")
    row = metrics.get_by_role("row").filter(has_text="clicks per impression")
    expect(row.get_by_role("cell").nth(0)).to_have_text("20.0 %")
    expect(row.get_by_role("cell").nth(1)).to_have_text("40.0 %")
    # Fewer than a hundred users in each variant.
    expect(page.locator(".say")).to_contain_text("Not enough data")
    expect(page.get_by_role("group", name="Guardrails")).to_contain_text("The variants have the users that their shares say.")

    page.get_by_role("button", name="Conclude: variant wins").click()
    page.get_by_role("dialog").get_by_role("button", name="Conclude it").click()
    expect(page.get_by_text("Concluded. The winner's settings hold from the next full run on.")).to_be_visible()
    expect(page.get_by_role("group", name="Variants")).to_contain_text("the winner")
    assert shop.get("/config/recommender")[1]["settings"]["candidates"] == ["item_knn"]
    shop.until(lambda: shop.get(f"/recommendations/{user}")[1]["experiment"] is None, "nobody is in the experiment")


def test_results_are_a_sentence_intervals_and_a_table(shop, visit, shoot):
    experiment = an_experiment(shop)
    _, stored = shop.get(f"/experiments/{experiment}")
    started = {**stored, "status": "running", "started_at": "2026-01-01T08:00:00Z"}
    interval = lambda estimate, lower, upper: {"estimate": estimate, "lower": lower, "upper": upper}
    metric = lambda name, values, lift, verdict: {"metric": name, "values": values, "lift": lift, "verdict": verdict, "words": ""}
    results = {
        **shop.get(f"/experiments/{experiment}/results")[1], "words": "variant is clicked 12 % more often (3 % to 21 %).", "verdict": "better",
        "progress": 0.41, "users": [2_050, 2_032], "metrics": [
            metric("click_through", [0.05, 0.056], interval(0.12, 0.03, 0.21), "better"),
            metric("revenue", [12.5, 11.9], interval(-0.05, -0.3, 0.29), "undecided"),
            metric("conversion", [0.01, 0.011], None, "too_early"),
        ],
    }
    administrator = visit()
    page = administrator.page
    answer = lambda body: lambda route: route.fulfill(status=200, headers={"Content-Type": "application/json", "ETag": '"v1"'}, body=json.dumps(body))
    page.route(f"**/api/experiments/{experiment}", answer(started))
    page.route(f"**/api/experiments/{experiment}/results", answer(results))
    enter(page, f"/admin/experiments/{experiment}")
    expect(page.locator(".say")).to_have_text(results["words"])
    metrics = page.get_by_role("group", name="Metrics")
    row = metrics.get_by_role("row").filter(has_text="clicks per impression")
    expect(row.get_by_role("cell").nth(2)).to_have_text("+12 %")
    expect(row.get_by_role("cell").nth(3)).to_have_text("+3 % … +21 %")
    expect(row.get_by_role("img", name="clicks per impression: +3 % to +21 %")).to_be_visible()
    expect(metrics.get_by_role("row").filter(has_text="users who buy")).to_contain_text("too early to say")
    expect(page.get_by_role("progressbar", name="41 % of the planned users")).to_be_visible()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        report = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
        assert report.response["violations"] == []
        shoot(page, f"admin-experiment-results-{theme}")
