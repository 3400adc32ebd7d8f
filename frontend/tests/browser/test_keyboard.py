"""Everything works without a mouse."""
from playwright.sync_api import expect


def tab_to(page, matches, limit=120):
    """Presses Tab until the element with the focus fits; fails when the focus cannot be seen on the way."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """(matches) => {
              const element = document.activeElement;
              const label = (element.getAttribute('aria-label') ?? element.innerText ?? '').trim();
              const card = element.closest('.card');
              const outline = getComputedStyle(element).outlineStyle;
              const isSeen = outline !== 'none' || (card && getComputedStyle(card).outlineStyle !== 'none')
                || element.closest('.search') !== null || element === document.body;
              return { label, isSeen, isIt: new RegExp(matches).test(label) || element.id === matches };
            }""",
            matches,
        )
        assert found["isSeen"], f"the focus on {found['label']!r} cannot be seen"
        if found["isIt"]:
            return
    raise AssertionError(f"Tab does not reach {matches}")


def test_a_purchase_from_the_front_page_to_the_confirmation(shop, visit):
    page = visit(user=shop.regular(8)).page
    page.goto("/")
    expect(page.locator("[data-product]").first).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    tab_to(page, "^Add .* to the cart")
    page.keyboard.press("Enter")
    expect(page.locator(".top-cart")).to_contain_text("1 piece")
    page.keyboard.press("Home")
    page.evaluate("document.activeElement.blur()")
    tab_to(page, "^Cart")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("heading").first).to_be_focused()
    tab_to(page, " more$")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("Your cart · 2")
    # The focus cannot leave the dialog.
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || document.activeElement.closest('dialog') !== null")
    tab_to(page, "^Go to checkout")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    for field, text in {"name": "", "email": "anna@example.com", "street": "1 Mill Lane", "postcode": "AB1", "town": "Leeds", "country": "UK"}.items():
        tab_to(page, f"field-{field}")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_the_drawer_gives_the_focus_back(visit):
    page = visit().page
    page.goto("/products")
    cart = page.locator(".top-cart")
    cart.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(cart).to_be_focused()


def test_the_page_fits_320_pixels_and_zoom(visit):
    for address in ("/", "/products", "/sign-in", "/welcome", "/checkout"):
        customer = visit(width=320)
        customer.allow("404")
        customer.page.goto(address)
        customer.page.wait_for_load_state("networkidle")
        assert customer.page.evaluate("document.documentElement.scrollWidth") <= 320, address
