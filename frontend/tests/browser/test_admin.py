"""The dashboard: from the key to going back to an earlier generation; every room in both themes and three widths."""
import json
import re

import pytest
from conftest import WIDTHS, ready
from playwright.sync_api import expect
from shop import ADMIN_KEY
from test_pages import Axe, TAGS


def enter(page, address="/admin"):
    """Into a room, past the door."""
    page.add_init_script(f"sessionStorage.setItem('shop.admin-key', {json.dumps(ADMIN_KEY)})")
    page.goto(address)
    ready(page)


def start_run(page):
    page.get_by_role("button", name="Start a run").click()
    expect(page).to_have_url(re.compile(r"/admin/jobs/job-\d+$"))
    job = page.url.rsplit("/", 1)[1]
    expect(page.get_by_role("heading", level=1)).to_have_text(job)
    expect(page.get_by_role("main").get_by_role("status").first).to_have_text("done", timeout=120_000)
    return job


def problem(status, kind, detail):
    body = {"type": f"urn:recommender-shop:problem:{kind}", "title": "x", "status": status, "detail": detail}
    return lambda route: route.fulfill(status=status, content_type="application/problem+json", body=json.dumps(body))


def test_from_the_key_to_an_earlier_generation_and_why(shop, visit):
    administrator = visit()
    # A wrong key and an unknown customer are tried on purpose.
    administrator.allow("403", "404")
    page = administrator.page
    page.goto("/admin")
    page.get_by_role("button", name="Open the dashboard").click()
    expect(page.get_by_role("alert")).to_have_text("Enter the key.")
    page.get_by_label("Admin key").fill("not the right key at all")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The key is not accepted")
    expect(page.get_by_label("Admin key")).to_be_focused()
    page.get_by_label("Admin key").fill(ADMIN_KEY)
    page.keyboard.press("Enter")

    expect(page.locator(".say")).to_contain_text("All is well")
    before = shop.get("/batch/status")[1]["live"]["generation"]
    expect(page.locator(".say")).to_contain_text(f"Generation {before}")
    expect(page.get_by_role("region", name="Can it serve?")).to_contain_text("in order")

    page.get_by_role("link", name="Jobs", exact=True).click()
    job = start_run(page)
    expect(page.get_by_role("region", name="Stages")).to_contain_text("making lists")
    log = page.get_by_role("list", name="Lines of the log")
    expect(log).to_contain_text("goes live")
    assert shop.get(f"/batch/jobs/{job}")[1]["trigger"] == "api"

    page.get_by_label("With the words").fill("goes live")
    expect(log.get_by_role("listitem")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == f"{job}.log"
    assert "goes live" in download.value.path().read_text(encoding="utf-8")

    page.get_by_role("link", name="Models", exact=True).click()
    generations = page.get_by_role("region", name="Generations").first
    serve = generations.get_by_role("button", name=f"Serve generation {before}", exact=True)
    serve.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Serve generation {before}?")
    dialog.get_by_role("button", name="Leave it as it is").click()
    expect(dialog).to_have_count(0)
    expect(serve).to_be_focused()
    serve.click()
    dialog.get_by_role("button", name="Serve it").click()
    expect(page.get_by_text(f"Generation {before} is live; before it was {before + 1}.")).to_be_visible()
    expect(generations.get_by_role("row").filter(has_text="it is live")).to_contain_text(re.compile(rf"^{before}\s*live"))
    assert shop.get("/batch/status")[1]["live"]["generation"] == before

    user = shop.regular()
    page.get_by_role("link", name="Customers", exact=True).click()
    page.get_by_label("Customer id").fill("nobody-at-all")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("There is no customer with the id nobody-at-all")
    page.get_by_label("Customer id").fill(user)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/admin/customers/{user}$"))
    page.get_by_role("region", name="Recommended").first.get_by_role("button", name=re.compile("^Why")).first.click()
    trace = page.get_by_role("dialog")
    expect(trace).to_contain_text("It is number 1 of the list.")
    page.keyboard.press("Escape")
    expect(trace).to_have_count(0)

    # And why not: a product that they bought.
    bought = shop.sql(
        "SELECT p.product_id FROM interactions i JOIN users u ON u.id = i.user_key JOIN products p ON p.id = i.product_key "
        f"WHERE u.user_id = '{user}' AND i.interaction_type = 'purchase' ORDER BY i.id LIMIT 1"
    )
    page.get_by_role("searchbox").fill(bought)
    page.keyboard.press("Enter")
    expect(trace).to_contain_text("is not in Recommended")
    expect(trace).to_contain_text("not there")
    page.keyboard.press("Escape")
    assert not any(ADMIN_KEY in call for call in administrator.calls), "the key is in no address"
    assert ADMIN_KEY not in page.evaluate("JSON.stringify(localStorage) + location.href")

    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_label("Admin key")).to_be_visible()
    expect(page.get_by_text(user)).to_have_count(0)


def test_a_key_that_is_refused_later_leads_to_the_door(visit):
    administrator = visit()
    administrator.allow("403")
    page = administrator.page
    enter(page)
    page.route("**/api/batch/jobs?*", problem(403, "admin-key-wrong", "the key in the X-Admin-Key header is not the admin key"))
    page.get_by_role("link", name="Jobs", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("The key is not accepted")
    assert page.evaluate("sessionStorage.getItem('shop.admin-key')") is None


def test_a_second_run_at_the_same_time_is_refused_in_words(visit):
    administrator = visit()
    administrator.allow("409")
    page = administrator.page
    enter(page, "/admin/jobs")
    page.route("**/api/batch/trigger", problem(409, "batch-busy", "job-000009 is running; one job of a type runs at a time"))
    page.get_by_role("button", name="Start a run").click()
    expect(page.get_by_role("alert")).to_have_text("Job-000009 is running; one job of a type runs at a time.")


def test_a_failed_run_is_at_the_top_with_its_reason_and_the_way_to_it(shop, visit):
    job = shop.sql(
        "INSERT INTO batch_jobs (job_id, job_type, trigger, status, stage, started_at, completed_at, error_message) "
        "VALUES ('job-990001', 'full', 'timer', 'failed', 'load', now() + interval '1 hour', now() + interval '1 hour', "
        "'the database was full') RETURNING job_id"
    )
    try:
        page = visit().page
        enter(page)
        concern = page.get_by_role("region", name="Needs a person")
        expect(concern).to_contain_text("The last run failed: the database was full.")
        expect(page.get_by_text("All is well")).to_have_count(0)
        concern.get_by_role("link", name="See the job").click()
        expect(page.get_by_role("alert")).to_contain_text("It failed while reading the shop's data.")
        expect(page.get_by_role("alert")).to_contain_text("the database was full")
    finally:
        shop.sql(f"DELETE FROM batch_jobs WHERE job_id = '{job}'")


def test_nobody_asks_for_a_job_that_is_over_nor_while_nobody_looks(shop, visit):
    administrator = visit()
    page = administrator.page
    page.clock.install()
    enter(page, "/admin/jobs/job-000001")
    expect(page.get_by_role("main").get_by_role("status").first).to_have_text("done")
    calls = len(administrator.calls)
    page.clock.run_for(600_000)
    assert administrator.calls[calls:] == []
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(page.locator(".say")).to_be_visible()
    page.evaluate("Object.defineProperty(document, 'visibilityState', { get: () => window.isAway ? 'hidden' : 'visible' }); "
                  "window.isAway = true; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_load_state("networkidle")
    calls = len(administrator.calls)
    page.clock.run_for(600_000)
    assert administrator.calls[calls:] == []
    with page.expect_request("**/api/batch/status"):
        page.evaluate("window.isAway = false; document.dispatchEvent(new Event('visibilitychange'))")
        page.clock.run_for(1_000)


def test_what_cannot_be_read_again_stays_with_a_note(visit):
    administrator = visit()
    administrator.allow("503")
    page = administrator.page
    page.clock.install()
    enter(page)
    expect(page.locator(".say")).to_be_visible()
    page.route("**/api/batch/status", problem(503, "database-unavailable", "the database does not answer"))
    page.clock.run_for(20_000)
    expect(page.get_by_text("This page may be older than it says: The database does not answer.")).to_be_visible()
    expect(page.locator(".say")).to_be_visible()
    page.unroute("**/api/batch/status")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("may be older")).to_have_count(0)


def somebody_else_saved(shop):
    """The schedule as it is, but with another interval and a newer version, which no form knows yet."""
    _, answer = shop.get("/config/batch-schedule")
    body = {**answer, "version": answer["version"] + 1, "settings": {**answer["settings"], "interval_seconds": 7_200}}

    def answer_with(route):
        if route.request.method == "PUT":
            return problem(412, "precondition-failed", "what is stored is not what If-Match names; read it again")(route)
        return route.fulfill(status=200, headers={"Content-Type": "application/json", "ETag": f'"v{body["version"]}"'}, body=json.dumps(body))

    return answer_with


def somebody_else_priced(shop):
    answer = shop.get("/config/prices")[1]
    prices = [{**each, "price": 13 if each["key"] == "database" else each["price"]} for each in answer["prices"]]
    body = {**answer, "version": answer["version"] + 1, "prices": prices}

    def answer_with(route):
        if route.request.method == "PUT":
            return problem(412, "precondition-failed", "what is stored is not what If-Match names; read it again")(route)
        return route.fulfill(status=200, headers={"Content-Type": "application/json", "ETag": f'"v{body["version"]}"'}, body=json.dumps(body))

    return answer_with


def changed(shop, path, **members):
    """What the API answers, but for some members."""
    answer = {**shop.get(path)[1], **members}
    return lambda route: route.fulfill(status=200, content_type="application/json", body=json.dumps(answer))


def a_summary_with_warnings(shop):
    """Each kind of warning once."""
    examples = {"price_missing": ["P-000001"], "text_missing": ["P-000002", "P-000003"], "same_name": ["P-000004"], "lone_product": ["Garden"],
                "never_met": ["P-000005"], "busy_user": [shop.regular()], "future": [], "gap": ["2025-12-24 to 2026-01-06"]}
    return {**shop.get("/data/summary")[1]["summary"],
            "warnings": [{"kind": kind, "count": max(1, 3 * len(each)), "examples": each} for kind, each in examples.items()]}


def an_experiment(shop):
    """An experiment of the shop, which nobody has started; one is made when there is none."""
    items = shop.get("/experiments")[1]["items"]
    if items:
        return items[-1]["experiment_id"]
    body = {"name": "Neighbours", "variants": [{"name": "control"}, {"name": "variant", "configuration": {"candidates": ["item_knn"]}}]}
    return shop.call("POST", "/experiments", body)[1]["experiment_id"]


def open_room(page, shop, name):
    empty = {"items": [], "total": 0, "page": 1, "page_size": 20, "next_cursor": None, "facets": None}
    nothing = lambda route: route.fulfill(status=200, content_type="application/json", body=json.dumps(empty))
    down = problem(503, "database-unavailable", "the database does not answer")
    if name == "door":
        page.goto("/admin")
        return ready(page)
    if name.endswith("empty"):
        for path in ("batch/jobs", "models", "models/evaluations", "generations", "users", "products", "experiments"):
            page.route(f"**/api/{path}?*", nothing)
        page.route("**/api/cache/stats", nothing)
        page.route("**/api/metrics/costs", changed(shop, "/metrics/costs", runs=[], per_thousand_lists=None))
        page.route("**/api/data/summary", changed(shop, "/data/summary", summary=None, data_sets=[], reports=[]))
        page.route("**/api/metrics/timeseries?*", problem(404, "no-such-route", "there is nothing at this path"))
    if name.endswith("failed"):
        page.route(re.compile("/api/(batch|cache|config|data|experiments|models|products|generations|users|metrics|health)"), down)
    if name == "data warnings":
        page.route("**/api/data/summary", changed(shop, "/data/summary", summary=a_summary_with_warnings(shop)))
    if name == "loading":
        page.route("**/api/batch/jobs?*", lambda route: None)
    if name == "running":
        _, answer = shop.get("/batch/jobs/job-000001")
        job = {**answer, "status": "running", "stage": "generate", "progress": 61.0, "eta_seconds": 20, "completed_at": None}
        page.route("**/api/batch/jobs/job-000001", lambda route: route.fulfill(
            status=200, content_type="application/json", body=json.dumps(job)))
    address = {
        "overview": "/admin", "jobs": "/admin/jobs", "job": "/admin/jobs/job-000001", "running": "/admin/jobs/job-000001",
        "loading": "/admin/jobs", "models": "/admin/models", "confirm": "/admin/models", "customers": "/admin/customers",
        "customer": f"/admin/customers/{shop.regular()}", "why": f"/admin/customers/{shop.regular()}?why=P-000001", "missing": "/admin/nowhere",
        "schedule": "/admin/schedule", "cache": "/admin/cache", "experiments": "/admin/experiments", "experiment": f"/admin/experiments/{an_experiment(shop)}",
        "data": "/admin/data", "cost": "/admin/cost", "products": "/admin/products", "product": "/admin/products/P-000001", "recommender": "/admin/recommender",
    }[name.split()[0]]
    page.add_init_script(f"sessionStorage.setItem('shop.admin-key', {json.dumps(ADMIN_KEY)})")
    page.goto(address)
    if name == "loading":
        return expect(page.locator(".skeleton").first).to_be_visible()
    ready(page)
    if name == "confirm":
        page.get_by_role("button", name=re.compile("^Serve ")).first.click()
        expect(page.get_by_role("dialog")).to_be_visible()
    if name == "schedule":
        page.get_by_label("Full runs only at certain hours").check()
    if name == "recommender":
        page.get_by_label("Category to leave out").fill("Books")
        page.keyboard.press("Enter")
    if name == "recommender faulty":
        page.get_by_label("List length").fill("0")
        page.get_by_label("Options of model 1").fill("nonsense")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Not saved: 2 fields have to be put right.")).to_be_visible()
    if name == "schedule conflict":
        page.route("**/api/config/batch-schedule", somebody_else_saved(shop))
        page.get_by_label("Everybody's lists, every", exact=True).fill("9")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Somebody else has saved meanwhile")).to_be_visible()
    if name == "cost faulty":
        page.get_by_label("Logs, GB", exact=True).fill("-1")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Not saved: 1 field has to be put right.")).to_be_visible()
    if name == "cost conflict":
        page.route("**/api/config/prices", somebody_else_priced(shop))
        page.get_by_label("Logs, GB", exact=True).fill("9")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Somebody else has saved meanwhile")).to_be_visible()
    if name == "why":
        expect(page.locator(".trace")).to_be_visible()
    if name.endswith("failed"):
        expect(page.get_by_role("alert").first).to_be_visible()


ROOMS = ["door", "overview", "jobs", "job", "running", "models", "confirm", "customers", "customer", "why", "missing", "schedule", "schedule conflict", "recommender", "cache",
         "products", "product", "experiments", "experiment", "data", "data warnings", "cost", "cost conflict"]
STATES = [*ROOMS, "loading", "overview failed", "overview empty", "jobs empty", "jobs failed", "models empty", "models failed",
          "customers empty", "customers failed", "schedule failed", "recommender faulty", "recommender failed", "cache empty", "cache failed", "products empty", "products failed",
          "experiments empty", "experiments failed", "data empty", "data failed", "cost empty", "cost failed", "cost faulty"]


@pytest.fixture(scope="module", autouse=True)
def two_generations(shop):
    """So that there is one to go back to."""
    if shop.get("/generations")[1]["total"] < 2:
        shop.command("generate")


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing(shop, visit, name):
    administrator = visit(width=1280)
    if name.endswith("failed"):
        administrator.allow("503")
    if name in ("overview empty", "cache empty"):
        administrator.allow("404")
    if name.endswith("conflict"):
        administrator.allow("412")
    page = administrator.page
    open_room(page, shop, name)
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        report = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
        found += [f"{theme}: {each['id']}: {each['help']} {[node['target'] for node in each['nodes'][:4]]}"
                  for each in report.response["violations"]]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_for_people(shop, visit, shoot, width, theme):
    for name in ROOMS:
        administrator = visit(width=width, theme=theme)
        administrator.allow("412")
        open_room(administrator.page, shop, name)
        assert administrator.page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than {width} px"
        shoot(administrator.page, f"admin-{name.replace(' ', '-')}-{width}-{theme}", full=name not in ("confirm", "why"))


def test_the_rooms_work_without_a_mouse(shop, visit):
    from test_keyboard import tab_to

    page = visit().page
    page.goto("/admin")
    ready(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to the content"
    tab_to(page, "admin-key")
    page.keyboard.type(ADMIN_KEY)
    page.keyboard.press("Enter")
    expect(page.locator(".say")).to_be_visible()
    tab_to(page, "^Models$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    tab_to(page, "^Serve")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert "Serve" in page.evaluate("document.activeElement.innerText")
