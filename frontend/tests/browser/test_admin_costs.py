"""What the recommendations cost, and what they are made from."""
import csv
import re

import pytest
from playwright.sync_api import expect
from test_admin import enter

PRICES = "/config/prices"


@pytest.fixture(autouse=True)
def prices_as_before(shop):
    yield
    shop.call("PUT", PRICES, {}, {"If-Match": "*"})


@pytest.fixture(autouse=True)
def measured_run(shop):
    if not any(run["cost"] for run in shop.get("/metrics/costs")[1]["runs"]):
        shop.command("generate")


def priced(shop, key):
    return next(each["price"] for each in shop.get(PRICES)[1]["prices"] if each["key"] == key)


def test_a_new_price_changes_what_everything_costs(shop, visit):
    page = visit().page
    enter(page, "/admin/cost")
    expect(page.locator(".say")).to_contain_text(re.compile(r"A month like the last day costs US\$\d+\.\d\d"))
    runs = shop.get("/metrics/costs")[1]["runs"]
    newest = next(run for run in runs if run["cost"])
    table = page.get_by_role("group", name="Cost of each run")
    row = table.get_by_role("row").filter(has_text=newest["job_id"])
    expect(row.get_by_role("cell").nth(0)).to_have_text(re.compile("cents"))
    page.get_by_label("PostgreSQL server, Standard_B1ms, month").fill("50")
    page.get_by_label("Functions, memory on demand, GB-second").fill("0.5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This is what is stored.")).to_be_visible()
    assert (priced(shop, "database"), priced(shop, "gb-second")) == (50, 0.5)
    # A second of 2 GB is a dollar now.
    expect(row.get_by_role("cell").nth(0)).to_have_text(re.compile(r"^US\$\d"))
    bill = page.get_by_role("group", name="Parts of a month")
    expect(bill.get_by_role("row").filter(has_text="Database: the server").get_by_role("cell").last).to_have_text("US$50.00")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    assert download.value.suggested_filename == "runs.csv"
    lines = list(csv.DictReader(download.value.path().read_text(encoding="utf-8").splitlines()))
    line = next(each for each in lines if each["job_id"] == newest["job_id"])
    assert float(line["memory_USD"]) == pytest.approx(0.5 * newest["cost"]["used"]["gb_seconds"])
    assert int(line["lists"]) == newest["lists"]

    # The jobs say the same.
    page.get_by_role("link", name="Jobs", exact=True).click()
    job = page.get_by_role("group", name="Jobs").get_by_role("row").filter(has_text=newest["job_id"])
    expect(job.get_by_role("cell").last).to_have_text(re.compile(r"^US\$\d"))
    job.get_by_role("link").click()
    expect(page.get_by_role("region", name="Cost")).to_contain_text("GB-seconds")


def test_two_who_change_prices_at_once_see_each_other(shop, visit):
    administrator = visit()
    administrator.allow("412")
    page = administrator.page
    enter(page, "/admin/cost")
    field = page.get_by_label("PostgreSQL server, Standard_B1ms, month")
    field.fill("20")
    assert shop.call("PUT", PRICES, {"prices": {"database": 30}}, {"If-Match": "*"})[0] == 200
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Somebody else has saved meanwhile")).to_be_focused()
    rows = page.get_by_role("group", name="Theirs beside yours").get_by_role("row")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_have_text("PostgreSQL server, Standard_B1ms, month3020")
    assert priced(shop, "database") == 30
    page.get_by_role("button", name="Keep mine").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This is what is stored.")).to_be_visible()
    assert priced(shop, "database") == 20


def test_the_data_are_counted_and_what_is_stored_can_be_had(shop, visit):
    page = visit().page
    enter(page, "/admin/data")
    answer = shop.get("/data/summary")[1]
    summary = answer["summary"]
    expect(page.locator(".say")).to_contain_text(f"{summary['interactions']:,} events of {summary['active_users']} customers")
    kinds = page.get_by_role("group", name="Kinds of events").get_by_role("row")
    expect(kinds).to_have_count(1 + len(summary["by_type"]))
    categories = page.get_by_role("group", name="Categories").get_by_role("row")
    expect(categories).to_have_count(1 + len(summary["categories"]))
    page.get_by_text("Show them as a table").click()
    expect(page.get_by_role("group", name="Events of each week").get_by_role("row")).to_have_count(1 + len(summary["weeks"]))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    lines = list(csv.DictReader(download.value.path().read_text(encoding="utf-8").splitlines()))
    assert sum(int(line["events"]) for line in lines) == sum(week["events"] for week in summary["weeks"])
    sets = page.get_by_role("group", name="Data sets").get_by_role("row")
    expect(sets).to_have_count(1 + len(answer["data_sets"]))
    assert answer["reports"], "the shop is large enough to judge models"
    report = answer["reports"][0]["job_id"]
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Download the report of {report}").click()
    assert "<html" in download.value.path().read_text(encoding="utf-8")


def test_a_fault_in_the_catalogue_is_named_with_the_way_to_it(shop, visit):
    product = shop.get("/products?page_size=1&sort=name")[1]["items"][0]["product_id"]
    before = shop.set_price(product, lambda price: 0)
    try:
        shop.command("generate")
        page = visit().page
        enter(page, "/admin/data")
        warnings = page.get_by_role("region", name="To look at")
        expect(warnings.get_by_role("heading", name="1 product without a price")).to_be_visible()
        warnings.get_by_role("listitem").filter(has_text="without a price").get_by_role("link", name=product).click()
        expect(page).to_have_url(re.compile(f"/admin/products/{product}$"))
    finally:
        shop.set_price(product, lambda _: before)
