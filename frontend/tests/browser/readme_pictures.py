"""Takes the two pictures of README.md from the running product: the front page, and why a product is on it."""
import os
import pathlib

from conftest import Visit, settle
from playwright.sync_api import expect, sync_playwright
from shop import Shop

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "docs/pictures"


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    shop = Shop(os.environ["RECSHOP_TEST_DATABASE_URL"])
    try:
        shop.start()
        with sync_playwright() as playwright:
            arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=os.environ["RECSHOP_BROWSER"], args=arguments)
            customer = Visit(browser, shop.url, user=shop.regular(), name="Anna Clarke")
            page = customer.page
            page.set_viewport_size({"width": 1120, "height": 860})
            page.goto("/")
            settle(page)
            page.screenshot(path=FOLDER / "shop.jpg", type="jpeg", quality=80)
            page.locator("button.reason").filter(has_text="Because you bought").first.click()
            expect(page.get_by_role("dialog")).to_be_visible()
            page.screenshot(path=FOLDER / "evidence.jpg", type="jpeg", quality=80)
            browser.close()
    finally:
        shop.stop()
    for picture in sorted(FOLDER.iterdir()):
        print(f"{picture.relative_to(FOLDER.parents[1])}: {picture.stat().st_size // 1024} kB")


main()
