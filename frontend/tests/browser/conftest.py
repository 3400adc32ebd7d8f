"""What the browser tests share: one shop, one browser, and pages that complain about what a customer must never cause."""
import contextlib
import json
import os
import pathlib
import signal

import pytest
from playwright.sync_api import expect, sync_playwright
from shop import Shop

ARTIFACTS = pathlib.Path(__file__).resolve().parents[3] / ".local/screenshots"
WIDTHS = {360: 740, 768: 1024, 1280: 900}
# Milliseconds that a step may take on a busy machine. They bound hanging and are no expectation.
DEADLINE = 30_000
expect.set_options(timeout=DEADLINE)

# Sums the layout shifts that no input caused and that came before a picture was taken, names what moved, and notes what the
# security policy blocked.
OBSERVERS = """
window.shiftSum = 0;
window.shifted = [];
window.pictureTime = Infinity;
window.blocked = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput || entry.startTime >= window.pictureTime) continue;
    window.shiftSum += entry.value;
    for (const { node } of entry.sources) window.shifted.push(node?.cloneNode().outerHTML ?? node?.textContent ?? 'a node that is gone');
  }
}).observe({ type: 'layout-shift', buffered: true });
document.addEventListener('securitypolicyviolation', (event) => window.blocked.push(event.violatedDirective + ' ' + event.blockedURI));
"""


def end(*_):
    raise KeyboardInterrupt


@pytest.fixture(scope="session")
def shop():
    # Whoever is told to end stops the shop first.
    signal.signal(signal.SIGTERM, end)
    admin_url = os.environ.get("RECSHOP_TEST_DATABASE_URL")
    assert admin_url, "RECSHOP_TEST_DATABASE_URL names the PostgreSQL server of the tests (CONTRIBUTING.md)"
    shop = Shop(admin_url)
    try:
        shop.start()
        yield shop
    finally:
        shop.stop()


@pytest.fixture(scope="session")
def browser():
    # Chromium's sandbox does not work for root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["RECSHOP_BROWSER"], args=arguments)
        yield browser
        browser.close()


class Visit:
    """A page of one visitor, with everything that went wrong on it."""

    def __init__(self, browser, url, user=None, name=None, width=1280, theme="light", **options):
        self.url = url
        self.problems = []
        self.allowed = []
        self.calls = []
        self.context = browser.new_context(
            viewport={"width": width, "height": WIDTHS.get(width, 900)}, color_scheme=theme, reduced_motion="reduce",
            base_url=url, **options,
        )
        self.context.set_default_timeout(DEADLINE)
        self.context.add_init_script(OBSERVERS)
        if user is not None:
            saved = json.dumps({"version": 1, "state": {"userId": user, "displayName": name or "Anna Clarke"}})
            self.context.add_init_script(
                f"localStorage.getItem('shop.session') ?? localStorage.setItem('shop.session', {json.dumps(saved)})"
            )
        self.page = self.open_tab()

    def open_tab(self):
        page = self.context.new_page()
        page.on("console", lambda message: message.type in ("error", "warning") and self.complain(message.text))
        page.on("pageerror", lambda error: self.complain(f"page error: {error}"))
        page.on("request", lambda request: "/api/" in request.url and self.calls.append(f"{request.method} {request.url}"))
        return page

    def complain(self, text):
        self.problems.append(text)

    def allow(self, *parts):
        """Complaints that hold one of these are expected: a test breaks something on purpose."""
        self.allowed += parts

    def check(self):
        for page in self.context.pages:
            with contextlib.suppress(Exception):
                self.problems += [f"blocked by the security policy: {each}" for each in page.evaluate("window.blocked")]
                shift = page.evaluate("window.shiftSum")
                if shift >= 0.02:
                    self.problems.append(f"layout shift {shift:.3f} on {page.url} of {page.evaluate('window.shifted')}")
        self.context.close()
        left = [each for each in self.problems if not any(part in each for part in self.allowed)]
        assert left == [], "\n".join(left)


@pytest.fixture
def visit(browser, shop):
    """Makes visits; at the end of the test each must have been without a complaint."""
    visits = []

    def make(**options):
        visits.append(Visit(browser, shop.url, **options))
        return visits[-1]

    yield make
    for each in visits:
        each.check()


@pytest.fixture
def shoot():
    """Keeps a picture of a page for people."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)

    def take(page, name, full=True):
        # Chromium resizes the page for a picture of all of it: what moves then, no visitor sees.
        page.evaluate("window.pictureTime = performance.now()")
        page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=full)

    return take


def ready(page):
    """The page has its data: nothing is a place for something else any more."""
    page.wait_for_function("() => document.querySelector('h1') && !document.querySelector('.bone')")


def settle(page):
    """The page has its data and all of its pictures, also those that nobody has scrolled to."""
    ready(page)
    page.evaluate(
        """async () => {
          for (const image of document.images) image.loading = 'eager';
          await Promise.all([...document.images].map((image) => image.complete || new Promise((done) => {
            image.addEventListener('load', done);
            image.addEventListener('error', done);
          })));
        }"""
    )
