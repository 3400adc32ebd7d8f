"""The schedule in the dashboard: changed, refused, and changed by two at once."""
import pytest
from playwright.sync_api import expect
from test_admin import enter

ADDRESS = "/config/batch-schedule"


@pytest.fixture(autouse=True)
def defaults(shop):
    yield
    shop.call("PUT", ADDRESS, {}, {"If-Match": "*"})


def stored(shop):
    return shop.get(ADDRESS)[1]["settings"]


def test_a_schedule_is_one_sentence_before_and_after_it_is_saved(shop, visit):
    page = visit().page
    enter(page, "/admin/schedule")
    sentence = page.locator(".say")
    expect(sentence).to_have_text("Everybody's lists are made anew every 6 hours, at any hour; those of active customers every minute.")
    page.get_by_label("Everybody's lists, every", exact=True).fill("90")
    page.get_by_label("Everybody's lists, every: unit").select_option("minutes")
    page.get_by_label("Full runs only at certain hours").check()
    page.get_by_label("From").fill("23:15")
    page.get_by_label("To", exact=True).fill("05:30")
    page.get_by_label("Time zone").fill("Europe/Berlin")
    page.get_by_label("Slower while little happens").check()
    wanted = ("Everybody's lists are made anew every 90 minutes, between 23:15 and 05:30 (Europe/Berlin), or once a day while hardly "
              "anything happens; those of active customers every minute.")
    expect(page.locator(".preview")).to_contain_text(wanted)
    expect(sentence).to_contain_text("every 6 hours")
    page.get_by_role("button", name="Save").click()
    expect(sentence).to_have_text(wanted)
    expect(page.get_by_text("This is what is stored.")).to_be_visible()
    assert stored(shop) == {
        "interval_seconds": 5_400, "active_interval_seconds": 60, "adaptive": True, "enabled": True,
        "off_peak": {"start": "23:15", "end": "05:30", "time_zone": "Europe/Berlin"},
    }
    # The overview says the same.
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(page.get_by_role("region", name="Next run")).to_contain_text("Full runs start between 23:15 and 05:30, Europe/Berlin.")


def test_what_cannot_be_is_said_beside_its_field(shop, visit):
    administrator = visit()
    administrator.allow("400")
    page = administrator.page
    enter(page, "/admin/schedule")
    interval = page.get_by_label("Everybody's lists, every", exact=True)
    interval.fill("0")
    page.get_by_role("button", name="Save").click()
    expect(interval).to_be_focused()
    expect(interval).to_have_accessible_description("Must be a whole number of seconds, 1 to 30 days. From the start of one run to the start of the next.")
    interval.fill("3")
    expect(interval).to_have_attribute("aria-invalid", "false")
    # What only the API knows.
    page.get_by_label("Full runs only at certain hours").check()
    zone = page.get_by_label("Time zone")
    zone.fill("Mars/Olympus")
    page.get_by_role("button", name="Save").click()
    expect(zone).to_be_focused()
    expect(zone).to_have_accessible_description("Must be a time zone of the IANA database, such as Europe/Berlin or UTC.")
    assert stored(shop)["interval_seconds"] == 21_600
    page.get_by_role("button", name="Undo my changes").click()
    expect(interval).to_have_value("6")
    expect(page.get_by_text("This is what is stored.")).to_be_visible()


def test_two_who_save_at_once_see_each_other(shop, visit):
    administrator = visit()
    administrator.allow("412")
    page = administrator.page
    enter(page, "/admin/schedule")
    interval = page.get_by_label("Everybody's lists, every", exact=True)
    interval.fill("9")
    assert shop.call("PUT", ADDRESS, {"interval_seconds": 7_200, "adaptive": True}, {"If-Match": "*"})[0] == 200
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Somebody else has saved meanwhile")).to_be_focused()
    rows = page.get_by_role("group", name="Theirs beside yours").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_have_text("Everybody's listsevery 2 hoursevery 9 hours")
    expect(rows.nth(2)).to_have_text("Slower while little happensyesno")
    assert stored(shop)["interval_seconds"] == 7_200
    page.get_by_role("button", name="Keep mine").click()
    expect(interval).to_have_value("9")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".say")).to_contain_text("every 9 hours")
    assert (stored(shop)["interval_seconds"], stored(shop)["adaptive"]) == (32_400, False)

    interval.fill("4")
    assert shop.call("PUT", ADDRESS, {"interval_seconds": 3_600}, {"If-Match": "*"})[0] == 200
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Take what is stored").click()
    expect(interval).to_have_value("1")
    expect(page.locator(".say")).to_contain_text("every hour")
    assert stored(shop)["interval_seconds"] == 3_600
