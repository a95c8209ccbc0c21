"""The page in a real browser: by mouse, keyboard, phone, paper, without script, in the dark."""

import base64
import io
import json
from pathlib import Path

import pytest
from seen_pages import CUT, focused, overlapping

pytestmark = pytest.mark.slow

IMAGES = Path(__file__).parents[3] / "docs" / "images"
LINK = {"substance": "ketamine", "doses": [{"amount_mg": 50, "route": "oral"}]}


def fragment(asked):
    raw = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    return "/#v1." + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_fill_the_form_and_read_the_answer(watch):
    page = watch().open()
    page.select_option("#route", "oral")
    page.fill("#amount", "40-60")
    page.fill("#since", "2")
    page.select_option("#since_unit", "d")
    page.click("text=Show the answer")
    page.wait_for_selector("h2.range")

    assert page.inner_text("h2.range").startswith("Usually")
    assert "After 2 days:" in page.inner_text(".at")
    assert "Not a laboratory result" in page.inner_text(".answer .limits")
    assert page.input_value("#amount") == "40-60"
    assert focused(page) == "answer"


def test_limits_stand_with_the_answer_and_nothing_covers_anything(watch):
    page = watch().open("/?preset=six-infusions")

    assert "Not a laboratory result" in page.inner_text(".answer")
    floating = (
        "[...document.querySelectorAll('*')].filter(e => /fixed|sticky/.test(getComputedStyle(e).position)).length"
    )
    assert page.evaluate(floating) == 0


def test_compare_two_cases(watch):
    page = watch().open("/?preset=one-infusion")
    page.click("text=Compare with a second case")
    page.wait_for_selector("text=The first case is kept")
    page.fill("#amount", "70")
    page.click("button.primary")
    page.wait_for_selector(".compare")

    ranges = page.locator("h2.range").all_inner_texts()
    assert len(ranges) == 2
    assert ranges[0] != ranges[1]
    assert not overlapping(page)


def test_the_curve_can_be_read_by_keyboard_and_is_announced(watch):
    page = watch().open("/?preset=one-infusion")
    slider = page.locator("input[type=range]")
    slider.focus()
    before = slider.get_attribute("aria-valuetext")
    page.keyboard.press("ArrowRight")

    after = slider.get_attribute("aria-valuetext")
    assert after != before
    assert page.inner_text(".live output") == after
    assert page.locator(".live output").get_attribute("aria-live") == "polite"
    assert page.locator("canvas").count() == 1


def test_hovering_is_shown_but_not_announced(watch):
    page = watch().open("/?preset=one-infusion")
    page.hover(".u-over", position={"x": 60, "y": 60})

    assert page.locator(".live output").get_attribute("aria-live") == "off"


def test_by_keyboard_alone(watch):
    page = watch().open()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(40):
        page.keyboard.press("Tab")
        if focused(page) == "amount":
            break
    page.keyboard.press("Control+A")
    page.keyboard.type("50")
    page.keyboard.press("Enter")
    page.wait_for_selector("h2.range")

    assert page.input_value("#amount") == "50"
    assert focused(page) == "answer"


def test_errors_name_the_field_keep_what_was_typed_and_take_the_focus(watch):
    watched = watch()
    page = watched.open()
    page.fill("#amount", "lots")
    page.fill("#age_y", "200")
    page.click("text=Show the answer")
    page.wait_for_selector("#errors")

    assert focused(page) == "errors"
    assert "Amount of one dose" in page.inner_text("#errors")
    assert "Age, years" in page.inner_text("#errors")
    assert (page.input_value("#amount"), page.input_value("#age_y")) == ("lots", "200")
    assert page.get_attribute("#age_y", "aria-invalid") == "true"
    page.click("#errors a >> nth=0")
    assert focused(page) == "amount"


def test_without_script(watch):
    page = watch(java_script_enabled=False).open()
    page.fill("#amount", "50")
    page.click("text=Show the answer")
    page.wait_for_selector("h2.range")

    assert page.locator(".drawing svg").count() >= 4
    assert page.locator("table.chances tbody tr").count() > 5
    page.fill("#amount", "")
    page.click("text=Show the answer")
    page.wait_for_selector("#errors")


def test_a_permalink_is_followed_and_never_sent_as_an_address(watch):
    watched = watch()
    page = watched.open(fragment(LINK))
    page.wait_for_selector("h2.range")

    assert page.input_value("#route") == "oral"
    assert page.input_value("#amount") == "50"
    assert not any("v1." in url.partition("/static/")[0] for url in watched.requests)
    link = page.input_value("#answer-link")
    other = watch()
    other.page.goto(link)
    other.page.wait_for_selector("h2.range")
    assert other.page.inner_text("h2.range") == page.inner_text("h2.range")


HOSTILE = "\"'><img src=x onerror=alert(1)><script>alert(2)</script></textarea>{{7*7}}"


def test_hostile_text_in_any_field_is_inert(watch):
    watched = watch()
    page = watched.open()
    page.evaluate(
        """text => document.querySelectorAll(
          '#question input:not([type=hidden], [type=checkbox], [type=datetime-local]), #question textarea'
        ).forEach(e => { if (e.id !== 'request') { e.removeAttribute('maxlength'); e.value = text; } })""",
        HOSTILE,
    )
    page.click("text=Show the answer")
    page.wait_for_selector("#errors")
    assert page.input_value("#amount").startswith("\"'><img")
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize(
    "asked",
    [HOSTILE.encode(), b"{", b"\xff\xfe", {"substance": HOSTILE, "doses": []}, {"doses": "<script>alert(1)</script>"}],
)
def test_a_hostile_fragment_is_inert(watch, asked):
    watched = watch()
    page = watched.open(fragment(asked))
    page.wait_for_selector("#errors")

    assert page.locator("img[src=x]").count() == 0


STATES = {
    "form": ("/", {}),
    "answer": ("/?preset=six-infusions", {}),
    "dark": ("/?preset=nasal-spray", {"color_scheme": "dark"}),
    "german": ("/?preset=heavy-daily&lang=de", {}),
    "spanish": ("/?preset=daily-troche&lang=es", {}),
    "phone": ("/?preset=one-infusion", {"viewport": {"width": 320, "height": 640}}),
    "large phone": (
        "/?preset=nasal-spray&lang=de",
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    ),
    "small screen": ("/?preset=daily-troche", {"viewport": {"width": 1024, "height": 768}}),
    "large screen": ("/?preset=heavy-daily&lang=es", {"viewport": {"width": 1440, "height": 900}}),
    "form on a phone": ("/?lang=de", {"viewport": {"width": 320, "height": 640}}),
    "zoomed": ("/?preset=one-infusion", {"viewport": {"width": 320, "height": 225}, "device_scale_factor": 4}),
    "still": ("/?preset=one-infusion", {"reduced_motion": "reduce", "forced_colors": "active"}),
    "education": ("/embed?education=ketamine", {}),
    "embedded": ("/embed?preset=one-infusion", {}),
    "coloured": ("/embed?preset=one-infusion&paper=fff8e7&ink=3a2a10&accent=8a1c4a&font=serif&size=125", {}),
    "coloured, dark": ("/embed?preset=one-infusion&paper=102030", {"viewport": {"width": 320, "height": 640}}),
    "refused": ("/embed?preset=one-infusion&paper=fff&ink=aaa", {"viewport": {"width": 320, "height": 640}}),
    "editor": ("/embed/editor?paper=fff8e7&accent=8a1c4a", {}),
    "editor on a phone": ("/embed/editor?lang=de", {"viewport": {"width": 320, "height": 640}}),
    "editor with errors": ("/embed/editor?show=use&amount=lots&paper=fff&ink=aaa&lang=es", {"color_scheme": "dark"}),
    "interface": ("/docs", {}),
    "interface on a phone": ("/docs", {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}),
    "numbers": ("/substances/ketamine", {"viewport": {"width": 320, "height": 640}}),
}


@pytest.mark.parametrize("state", STATES)
def test_no_barrier_nothing_cut_nothing_overlapping(watch, state):
    path, circumstances = STATES[state]
    watched = watch(bypass_policy=True, **circumstances)
    page = watched.open(path)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.wait_for_timeout(200)

    assert watched.violations() == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CUT) == []
    assert overlapping(page) == []


def test_no_barrier_in_errors_and_comparison(watch):
    watched = watch(bypass_policy=True)
    page = watched.open()
    page.fill("#amount", "")
    page.fill("#kidney_value", "1")
    page.select_option("#kidney_kind", "serum_creatinine_mg_dl")
    page.click("text=Show the answer")
    page.wait_for_selector("#errors")
    assert watched.violations() == []
    page.fill("#amount", "35")
    page.select_option("#kidney_kind", "")
    page.fill("#kidney_value", "")
    page.click("text=Show the answer")
    page.wait_for_selector("h2.range")
    page.click("text=Compare with a second case")
    page.wait_for_selector("text=The first case is kept")
    page.click("button.primary")
    page.wait_for_selector(".compare")
    assert watched.violations() == []
    assert overlapping(page) == []


def test_a_request_can_be_tried_in_the_viewer(watch):
    page = watch().open("/docs/try")
    page.click("#operations-health-alive button")
    page.click("text=Try it out")
    page.click("text=Execute")
    page.wait_for_selector(".live-responses-table .response-col_status >> text=200")

    assert '"status": "ok"' in page.inner_text(".live-responses-table")


def test_lines_of_the_interface_can_be_copied(watch):
    watched = watch(permissions=["clipboard-read", "clipboard-write"])
    page = watched.open("/docs")
    page.click("#start-curl + button")

    assert page.evaluate("navigator.clipboard.readText()") == page.inner_text("#start-curl")


def test_the_page_prints(watch):
    from pypdf import PdfReader

    page = watch().open("/?preset=six-infusions")
    headline = page.inner_text("h2.range").replace("\n", " ")
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    text = " ".join(sheet.extract_text() for sheet in printed.pages).replace("\n", " ")

    assert len(printed.pages) <= 4
    assert headline in text
    assert "Not a laboratory result" in text
    assert "Show the answer" not in text


@pytest.mark.parametrize("name", ["page-answer", "page-dark", "page-phone"])
def test_the_pictures_of_the_documentation_are_of_this_page(watch, name):
    # Fonts differ between machines, so pixels are not compared; that the picture exists and is small is.
    file = IMAGES / f"{name}.png"

    assert 5_000 < file.stat().st_size < 150_000
