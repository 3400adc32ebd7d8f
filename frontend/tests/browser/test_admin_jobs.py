"""The dashboard's jobs: cancelling one, finding some."""
import json
import re

import pytest
from playwright.sync_api import expect
from test_admin import enter


@pytest.fixture
def running_job(shop):
    """A job that another process holds for an hour."""
    job = shop.sql(
        "INSERT INTO batch_jobs (job_id, job_type, trigger, status, stage, progress, started_at, attempts, lease_owner, lease_until, "
        "lease_seconds, fencing_token) VALUES ('job-990002', 'incremental', 'timer', 'running', 'generate', 40, now(), 1, 'another', "
        "now() + interval '1 hour', 3600, 990002) RETURNING job_id"
    )
    yield job
    shop.sql(f"DELETE FROM batch_jobs WHERE job_id = '{job}'")


def test_a_run_is_cancelled_after_a_question(shop, visit, running_job):
    page = visit().page
    enter(page, f"/admin/jobs/{running_job}")
    cancel = page.get_by_role("button", name="Cancel the run")
    cancel.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The lists that are live stay live")
    dialog.get_by_role("button", name="Leave it as it is").click()
    expect(cancel).to_be_focused()
    assert shop.get(f"/batch/jobs/{running_job}")[1]["status"] == "running"
    cancel.click()
    dialog.get_by_role("button", name="Cancel the run").click()
    expect(page.get_by_role("main").get_by_role("status").first).to_have_text("cancelled")
    expect(page.get_by_text("It was ended while making lists.")).to_be_visible()
    expect(cancel).to_have_count(0)
    assert shop.get(f"/batch/jobs/{running_job}")[1]["status"] == "cancelled"


def test_a_run_that_ended_meanwhile_is_not_cancelled(shop, visit, running_job):
    administrator = visit()
    administrator.allow("409")
    page = administrator.page
    # The page does not see the end before the question is answered.
    answer = json.dumps(shop.get(f"/batch/jobs/{running_job}")[1])
    page.route(f"**/api/batch/jobs/{running_job}", lambda route: route.fulfill(status=200, content_type="application/json", body=answer))
    enter(page, f"/admin/jobs/{running_job}")
    page.get_by_role("button", name="Cancel the run").click()
    shop.sql(f"UPDATE batch_jobs SET status = 'completed', stage = 'completed', completed_at = now() WHERE job_id = '{running_job}'")
    page.get_by_role("dialog").get_by_role("button", name="Cancel the run").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text(f"{running_job.capitalize()} is completed already.")
    page.keyboard.press("Escape")
    page.unroute(f"**/api/batch/jobs/{running_job}")
    expect(page.get_by_role("main").get_by_role("status").first).to_have_text("done")


def test_jobs_are_found_by_state_and_type(shop, visit, running_job):
    page = visit().page
    enter(page, "/admin/jobs")
    rows = page.get_by_role("group", name="Jobs").get_by_role("row")
    page.get_by_label("State").select_option("running")
    expect(rows).to_have_count(2)
    expect(page).to_have_url(re.compile("status=running"))
    page.get_by_label("Whose lists").select_option("full")
    expect(page.get_by_text("No job is like that.")).to_be_visible()
    page.get_by_label("Whose lists").select_option("incremental")
    expect(rows.nth(1)).to_contain_text(running_job)
    # Back works, and the address alone shows the same.
    page.go_back()
    expect(page.get_by_text("No job is like that.")).to_be_visible()
    page.goto("/admin/jobs?type=incremental&status=running")
    expect(rows.nth(1)).to_contain_text(running_job)


def test_the_models_that_a_run_judged_are_a_table_with_the_verdict_on_top(shop, visit):
    job, verdict, best = shop.sql(
        "SELECT job_id, evaluation->>'verdict', evaluation->'report'->>'best' FROM batch_jobs "
        "WHERE evaluation->'report'->>'best' IS NOT NULL ORDER BY job_id LIMIT 1"
    ).split("|")
    page = visit().page
    enter(page, f"/admin/jobs/{job}")
    judged = page.get_by_role("region", name="Models judged").first
    expect(judged.locator(".say")).to_have_text(verdict)
    rows = judged.get_by_role("row")
    expect(rows.nth(1)).to_contain_text(best)
    expect(rows.nth(1)).to_contain_text("the best")
    expect(rows.nth(1)).to_contain_text(re.compile(r"\d\.\d{3} \(\d\.\d{3}–\d\.\d{3}\)"))
    expect(rows.nth(2)).to_contain_text(re.compile(r"[−+]\d\.\d{3} \([−+]\d\.\d{3} to [−+]\d\.\d{3}\)"))
    expect(judged).to_contain_text("popularity")
