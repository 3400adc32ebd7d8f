"""What the dashboard answers before something is decided: previews, comparisons, estimates, budgets."""
import json
import re

import pytest
from conftest import ready
from playwright.sync_api import expect
from test_admin import enter, problem
from test_pages import TAGS, Axe

RECOMMENDER = "/config/recommender"
OBJECTIVES = "/config/service-objectives"


@pytest.fixture(autouse=True)
def as_before(shop):
    """Other tests find the settings and the lists as they were."""
    live = shop.get("/batch/status")[1]["live"]["generation"]
    yield
    shop.call("PUT", RECOMMENDER, {}, {"If-Match": "*"})
    shop.call("PUT", OBJECTIVES, {}, {"If-Match": "*"})
    shop.call("POST", f"/generations/{live}/activate")


def axe_finds_nothing(page):
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        report = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
        assert report.response["violations"] == [], f"{theme}: {report.generate_report()}"
    page.emulate_media(color_scheme="light")


def region(page, name):
    return page.get_by_role("region", name=name, exact=True)


def test_from_a_preview_of_diversity_to_the_generation_before(shop, visit, shoot):
    """Change λ with preview, save, start a run, watch it, compare both generations, go back."""
    before = shop.get("/batch/status")[1]["live"]["generation"]
    administrator = visit()
    page = administrator.page
    enter(page, "/admin/recommender")
    preview = region(page, "Preview")
    expect(preview).to_contain_text("The form says what is stored")
    page.get_by_label("Diversity", exact=True).fill("0.2")
    preview.get_by_role("button", name="Preview these settings").click()
    expect(preview.locator(".say")).to_contain_text(re.compile(r"of \d customers; on average a list keeps \d+ % of its products"))
    assert shop.get(RECOMMENDER)[1]["settings"]["ranking"]["diversity"] == pytest.approx(0.7), "a preview stores nothing"
    assert shop.get("/batch/status")[1]["live"]["generation"] == before
    # Customers with long and with short histories; newcomers only where there are some.
    expect(preview.get_by_role("group", name="Whose list").get_by_role("button").nth(3)).to_be_visible()
    chosen = preview.get_by_role("group", name="Whose list").get_by_role("button", pressed=True)
    user = chosen.inner_text().split(",")[0]
    rows = preview.get_by_role("group", name=f"Lists of {user}").get_by_role("row")
    expect(rows).to_have_count(21)
    expect(preview.get_by_text(re.compile("number \\d+ by score; diversity moves it")).first).to_be_visible()
    previewed = [cell.split("\n")[0] for cell in preview.locator("tr > td:nth-child(3).preview-cell").all_inner_texts()]
    axe_finds_nothing(page)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        shoot(page, f"admin-preview-1280-{theme}")
    page.emulate_media(color_scheme="light")

    page.get_by_role("button", name="Save").click()
    outcome = page.get_by_role("form", name="Recommender").get_by_role("status")
    expect(outcome).to_contain_text("everybody's change with the next full run")
    outcome.get_by_role("button", name="Start a full run").click()
    expect(page).to_have_url(re.compile(r"/admin/jobs/job-\d+$"))
    expect(page.get_by_role("main").get_by_role("status").first).to_have_text("done", timeout=120_000)
    expect(page.get_by_role("list", name="Lines of the log")).to_contain_text("goes live")
    after = shop.get("/batch/status")[1]["live"]["generation"]
    assert after > before

    page.get_by_role("link", name="Models", exact=True).click()
    compared = region(page, "What changed between two generations")
    expect(compared.get_by_label("Against generation")).to_have_value(str(after))
    compared.get_by_label("Generation", exact=True).select_option(str(before))
    expect(compared.locator(".say")).to_contain_text(re.compile(r"\d+ of \d+ lists have other products"))
    expect(compared.get_by_role("group", name="Listed more often").get_by_role("link").first).to_be_visible()
    axe_finds_nothing(page)
    # What was previewed is what the run made, but for what chance drew in another generation.
    _, answer = shop.get(f"/recommendations/{user}?limit=20")
    made = {item["name"].lower() for item in answer["items"]}
    assert len(made & {name.lower() for name in previewed}) >= 10, (sorted(made), previewed)

    region(page, "Generations").get_by_role("button", name=f"Serve generation {before}", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Serve it").click()
    expect(page.get_by_text(f"Generation {before} is live; before it was {after}.")).to_be_visible()
    assert shop.get("/batch/status")[1]["live"]["generation"] == before


def test_a_preview_of_named_customers_and_of_what_cannot_be(shop, visit):
    administrator = visit()
    administrator.allow("422", "400", "503")
    page = administrator.page
    enter(page, "/admin/recommender")
    preview = region(page, "Preview")
    button = preview.get_by_role("button", name="Preview these settings")
    customers = preview.get_by_label("Customers")
    customers.fill("nobody-at-all")
    button.click()
    expect(customers).to_have_accessible_description(re.compile("There is no user nobody-at-all"))
    newcomer = shop.newcomer()
    customers.fill(f"{shop.regular()}, {newcomer}")
    page.get_by_label("Dearer than").fill("20")
    button.click()
    expect(preview.get_by_role("group", name="Whose list").get_by_role("button")).to_have_count(2)
    expect(preview.get_by_text("leaves: the highest price keeps it out").first).to_be_visible()
    page.get_by_label("Dearer than").fill("30")
    expect(preview.get_by_role("status")).to_have_text("The form has changed since this preview.")
    page.get_by_label("List length").fill("0")
    expect(preview.get_by_role("status")).to_have_text("The form above has faults.")
    expect(button).to_have_attribute("aria-disabled", "true")
    page.get_by_label("List length").fill("20")
    page.route("**/api/config/recommender/preview", problem(503, "model-unavailable", "the live model is being read; ask again"))
    button.click()
    expect(preview.get_by_role("alert")).to_have_text("The live model is being read; ask again.")


def test_the_schedule_tells_its_next_runs_and_why_ticks_started_none(shop, visit, shoot):
    shop.sql(
        "INSERT INTO batch_job_logs (level, message, logged_at) SELECT 'info', 'not due: the schedule is switched off', now() - n * interval '5 minutes' "
        "FROM generate_series(4, 1, -1) AS n"
    )
    shop.sql("INSERT INTO batch_job_logs (level, message) VALUES ('info', 'not due: the next run is at 2027-01-01T02:00:00Z (every 6 hours)')")
    try:
        page = visit().page
        enter(page, "/admin/schedule")
        expect(region(page, "Next five runs").get_by_role("listitem")).to_have_count(5)
        rows = page.get_by_role("group", name="Skipped ticks").get_by_role("row")
        expect(rows.nth(1)).to_contain_text("Not due: the next run is at")
        expect(rows.nth(2)).to_contain_text("Not due: the schedule is switched off")
        expect(rows.nth(2)).to_contain_text("4 ticks")
        axe_finds_nothing(page)
        shoot(page, "admin-schedule-coming-1280-light")
        page.get_by_label("Runs start by themselves").uncheck()
        page.get_by_role("button", name="Save").click()
        expect(region(page, "Next five runs")).to_contain_text("None: runs by the timer are off.")
        page.get_by_role("link", name="Overview", exact=True).click()
        page.get_by_role("region", name="Needs a person").get_by_role("link", name="Change the schedule").click()
        expect(page).to_have_url(re.compile("/admin/schedule$"))
    finally:
        shop.call("PUT", "/config/batch-schedule", {}, {"If-Match": "*"})
        shop.sql("DELETE FROM batch_job_logs WHERE job_id IS NULL")


def test_an_error_budget_that_is_used_up_is_at_the_top_and_its_objectives_can_be_set(shop, visit, shoot):
    shop.sql(
        "INSERT INTO serving_minutes (minute, instance, route, status, source, requests, latencies) VALUES "
        "(date_trunc('minute', now()), 'failing', 'getRecommendations', 503, '', 400, '100:400')"
    )
    try:
        page = visit().page
        enter(page)
        expect(page.get_by_role("region", name="Needs a person")).to_contain_text("the error budget is used up")
        budget = region(page, "Error budget")
        expect(budget).to_contain_text("Answers without an error: 99.5 % wanted")
        budget.get_by_role("button", name="Change the objectives").click()
        budget.get_by_label("In time is within, in ms").fill("0")
        budget.get_by_role("button", name="Save").click()
        expect(budget.get_by_label("In time is within, in ms")).to_have_accessible_description("Must be a whole number from 1 to 60000.")
        axe_finds_nothing(page)
        budget.get_by_label("In time is within, in ms").fill("450")
        budget.get_by_role("button", name="Save").click()
        expect(budget).to_contain_text("Answers within 450 ms: 95 % wanted")
        assert shop.get(OBJECTIVES)[1]["settings"]["latency_ms"] == 450
        shoot(page, "admin-budget-1280-light")
    finally:
        shop.sql("DELETE FROM serving_minutes WHERE instance = 'failing'")


def test_an_estimate_is_asked_for_worked_on_and_told_in_words(shop, visit, shoot):
    page = visit().page
    enter(page, "/admin/experiments")
    room = region(page, "What would another model earn?")
    room.get_by_label("Model to judge").select_option("item_knn")
    room.get_by_role("button", name="Estimate").click()
    # The shop's log holds next to nothing: whatever other tests have shown, it is refused.
    expect(room.get_by_role("status")).to_contain_text("No estimate of item_knn:", timeout=120_000)
    shoot(page, "admin-estimate-refused-1280-light")
    interval = {"estimate": 0.08, "lower": 0.06, "upper": 0.1}
    done = {**shop.get("/experiments/off-policy")[1], "status": "done", "reason": None, "ips": interval, "snips": interval, "logged": 0.04,
            "impressions": 5_000, "users": 400, "generations": [1, 2], "effective_impressions": 812.4}
    page.route("**/api/experiments/off-policy", lambda route: route.fulfill(status=200, content_type="application/json", body=json.dumps(done)))
    page.reload()
    ready(page)
    expect(room.get_by_role("status")).to_have_text("Customers would click more often with item_knn than they did.")
    expect(room).to_contain_text("8.00 %")
    expect(room).to_contain_text("they are worth 812")
    axe_finds_nothing(page)
    shoot(page, "admin-estimate-1280-light")


def judged(job, day, scores):
    return {"job_id": job, "judged_at": f"2026-03-{day:02}T10:00:00Z", "chosen": "ease_demand", "verdict": "ease_demand is best: nDCG@10 0.2.", "reason": "a day has passed", "users_judged": 70,
            "models": [{"model": name, "error": None, "coverage": 0.4,
                        "metrics": {f"{metric}@10": {"mean": mean, "lower": mean * 0.9, "upper": mean * 1.1} for metric in ("ndcg", "recall", "hit_rate")}}
                       for name, mean in scores.items()]}


@pytest.mark.parametrize("runs", [0, 1, 30])
def test_candidates_over_time_survive_none_one_and_many_runs(shop, visit, shoot, runs):
    items = [judged(f"job-{runs - run:06}", runs - run, {"ease_demand": 0.2 + 0.002 * (runs - run), "als": 0.18, "item_knn": 0.1 + 0.001 * run, "popularity": 0.05,
                                                         "ease_time": 0.19, "trending": 0.04}) for run in range(runs)]
    body = {"items": items, "total": runs, "page": 1, "page_size": runs, "next_cursor": None, "facets": None}
    page = visit().page
    page.route("**/api/models/evaluations?*", lambda route: route.fulfill(status=200, content_type="application/json", body=json.dumps(body)))
    enter(page, "/admin/models")
    panel = region(page, "Candidates over time")
    if runs == 0:
        expect(panel).to_contain_text("No run has judged models yet.")
    else:
        expect(panel.get_by_role("img", name=re.compile("^nDCG@10 of the best models in"))).to_be_visible()
        expect(panel.get_by_role("row")).to_have_count(runs + 1)
        panel.get_by_label("Figure", exact=True).select_option("coverage")
        expect(panel.get_by_role("img", name=re.compile("^Coverage@10"))).to_be_visible()
    axe_finds_nothing(page)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        shoot(page, f"admin-models-{runs}-runs-1280-{theme}")


def test_two_models_are_compared(shop, visit):
    page = visit().page
    enter(page, "/admin/models")
    panel = region(page, "Compare two models")
    first, second = panel.get_by_label("Model", exact=True), panel.get_by_label("Beside model")
    assert first.input_value() != second.input_value()
    first.select_option(second.input_value())
    expect(panel).to_contain_text("Choose two different ones.")


@pytest.fixture
def thousand_jobs(shop):
    """A year of jobs, one in ten of them failed."""
    shop.sql(
        "INSERT INTO batch_jobs (job_id, job_type, trigger, status, stage, requested_at, started_at, completed_at, error_message, metrics) "
        "SELECT 'job-x' || lpad(n::text, 5, '0'), CASE n % 3 WHEN 0 THEN 'full' WHEN 1 THEN 'incremental' ELSE 'active_users' END, 'timer', "
        "CASE n % 10 WHEN 0 THEN 'failed' ELSE 'completed' END, 'completed', now() - interval '400 days' + n * interval '8 hours', "
        "now() - interval '400 days' + n * interval '8 hours', now() - interval '400 days' + n * interval '8 hours' + interval '40 seconds', "
        "CASE n % 10 WHEN 0 THEN 'the database was full' END, '{\"users\":150,\"lists\":290}' FROM generate_series(1, 1000) AS n"
    )
    yield
    shop.sql("DELETE FROM batch_jobs WHERE job_id LIKE 'job-x%'")


def test_a_thousand_jobs_are_paged_and_filtered(shop, visit, shoot, thousand_jobs):
    page = visit().page
    enter(page, "/admin/jobs")
    expect(page.get_by_text(re.compile(r"Page 1 of 5\d"))).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(21)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_text(re.compile(r"Page 2 of 5\d"))).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(21)
    axe_finds_nothing(page)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        shoot(page, f"admin-thousand-jobs-1280-{theme}")
    # The last page is a statement with an index like the first.
    status, answer = shop.get("/batch/jobs?page=50&page_size=20")
    assert status == 200 and len(answer["items"]) == 20
