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
    expect(page.locator(".say")).to_contain_text("made anew when they are asked for")
    # The next request makes a new one.
    assert shop.get(f"/recommendations/{user}")[1]["source"] != "cache"


def test_everybodys_lists_are_made_anew_by_a_run(shop, visit):
    page = visit().page
    enter(page, "/admin/cache")
    before = shop.get("/batch/status")[1]["live"]["generation"]
    page.get_by_role("button", name="Make all anew").click()
    page.get_by_role("dialog").get_by_role("button", name="Make them anew").click()
    expect(page).to_have_url(re.compile(r"/admin/jobs/job-\d+$"))
    expect(page.get_by_role("main").get_by_role("status").first).to_have_text("done", timeout=120_000)
    assert shop.get("/batch/status")[1]["live"]["generation"] > before
    page.get_by_role("link", name="Cache", exact=True).click()
    stats = discover(shop)
    row = page.get_by_role("group", name="Lists", exact=True).get_by_role("row").filter(has_text="Recommended")
    expect(row.get_by_role("cell").nth(1)).to_have_text(str(stats["fresh"]))
    youngest = page.get_by_role("group", name="Lists by age").get_by_role("row").nth(1)
    expect(youngest.get_by_role("cell").nth(0)).to_have_text(str(stats["users"]))


def test_a_run_that_is_refused_leaves_the_question_open_with_the_reason(shop, visit):
    administrator = visit()
    administrator.allow("409")
    page = administrator.page
    enter(page, "/admin/cache")
    page.route("**/api/cache/invalidate-all", problem(409, "batch-busy", "job-000009 is running; one job of a type runs at a time"))
    page.get_by_role("button", name="Make all anew").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Make them anew").click()
    expect(dialog.get_by_role("alert")).to_have_text("Job-000009 is running; one job of a type runs at a time.")
