"""The stored lists in the dashboard: what is there, one customer's dropped, everybody's made anew."""
import re

from playwright.sync_api import expect
from test_admin import enter, problem


def discover(shop):
    return next(each for each in shop.get("/cache/stats")[1]["items"] if (each["variant"], each["list"]) == ("default", "discover"))


def test_one_customers_lists_are_dropped_after_a_question(shop, visit):
    user = shop.regular(5)
    # A list that is fresh before, whatever other tests did.
    assert shop.get(f"/recommendations/{user}")[0] == 200
    administrator = visit()
    administrator.allow("404")
    page = administrator.page
    enter(page, "/admin/cache")
    fresh = discover(shop)["fresh"]
    row = page.get_by_role("group", name="Lists", exact=True).get_by_role("row").filter(has_text="Recommended")
    expect(row.get_by_role("cell").nth(1)).to_have_text(str(fresh))
    field = page.get_by_label("Customer id")
    field.fill("nobody-at-all")
    page.keyboard.press("Enter")
    expect(field).to_have_accessible_description("There is no customer with the id nobody-at-all.")
    field.fill(user)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Leave it as it is").click()
    assert discover(shop)["fresh"] == fresh
    page.get_by_role("button", name="Drop their lists").click()
    dialog.get_by_role("button", name="Drop them").click()
    expect(page.get_by_text(re.compile(rf"of {user} (is|are) dropped\."))).to_be_visible()
    expect(row.get_by_role("cell").nth(1)).to_have_text(str(fresh - 1))
    expect(page.locator(".say")).to_contain_text("when they are asked for")
    # The next request makes a new one.
    assert shop.get(f"/recommendations/{user}")[1]["source"] != "cache"


def test_everybodys_lists_are_made_anew_by_the_refresh(shop, visit):
    page = visit().page
    enter(page, "/admin/cache")
    user = shop.regular(5)
    page.get_by_role("button", name="Make all anew").click()
    page.get_by_role("dialog").get_by_role("button", name="Make them anew").click()
    expect(page.get_by_text(re.compile(r"The lists of \d+ customers are made anew"))).to_be_visible()
    row = page.get_by_role("group", name="Lists", exact=True).get_by_role("row").filter(has_text="Recommended")
    expect(row.get_by_role("cell").nth(1)).to_have_text("0")
    answer = shop.get(f"/recommendations/{user}?limit=5")[1]
    assert (answer["source"], answer["stale"]) == ("cache", True), answer
    status, job = shop.call("POST", "/batch/trigger", {"job_type": "active_users"})
    assert status == 202, job
    shop.until(lambda: discover(shop)["fresh"] == discover(shop)["users"], "all lists are fresh")
    page.reload()
    expect(row.get_by_role("cell").nth(1)).to_have_text(str(discover(shop)["users"]))


def test_a_refusal_leaves_the_question_open_with_the_reason(shop, visit):
    administrator = visit()
    administrator.allow("409")
    page = administrator.page
    enter(page, "/admin/cache")
    page.route("**/api/cache/invalidate-all", problem(409, "no-lists", "there are no lists yet"))
    page.get_by_role("button", name="Make all anew").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Make them anew").click()
    expect(dialog.get_by_role("alert")).to_have_text("There are no lists yet.")
