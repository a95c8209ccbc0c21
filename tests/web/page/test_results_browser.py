"""The page about results in a real browser: a report is typed and its answer read, by mouse, keyboard, phone, without script."""

import pytest
from seen_pages import CUT, focused, overlapping

pytestmark = pytest.mark.slow

REPORT = {
    "s0_collected": "2026-11-20T08:00", "s0_r0_value": "<1", "s0_r1_value": "4.2", "s0_r2_value": "61",
    "s0_urine_creatinine_mg_dl": "88", "s0_urine_ph": "6.1", "s1_collected": "2026-11-24T08:00",
    "a0_amount": "20-60", "a0_duration_min": "40", "a0_at": "2026-11-16T09:40",
    "a1_amount": "30-150", "a1_earliest": "2026-11-20T08:00", "a1_latest": "2026-11-24T08:00",
    "planned_at": "2026-12-01T08:00", "draws": "100",
}  # fmt: skip
CHOSEN = {
    "s0_r0_analyte": "ketamine", "s0_r1_analyte": "norketamine", "s0_r2_analyte": "dehydronorketamine",
    "s1_screen": "taiwan-screen", "s1_verdict": "positive", "a0_route": "intravenous", "a1_route": "intranasal-powder",
    "planned_assay": "mayo-ketau",
}  # fmt: skip
OPEN = "document.querySelectorAll('details').forEach(d => d.open = true)"


def type_report(page):
    """Type the report and send it."""
    page.evaluate(OPEN)
    for name, value in CHOSEN.items():
        page.select_option(f"#{name}", value)
    for name, text in REPORT.items():
        page.fill(f"#{name}", text)
    page.click("text=Show the answer")
    page.wait_for_selector("h2.range")


@pytest.mark.parametrize("script", [True, False])
def test_a_report_is_typed_and_its_answer_read(watch, script):
    page = watch(java_script_enabled=script).open("/interpret")
    if not script:  # what is folded away is opened by a click
        closed = page.locator("details:not([open]) > summary")
        while closed.count():
            closed.first.click()
        page.evaluate = lambda *_: None
    type_report(page)

    assert page.inner_text("h2.range").startswith("These results are")
    assert "It is not the probability that" in page.inner_text(".answer")
    assert "no proof of use or of abstinence" in page.inner_text(".answer .limits")
    assert page.locator(".drawing svg").count() == 4  # two accounts, wide and narrow
    assert page.input_value("#s0_r1_value") == "4.2"


TWO_SUBSTANCES = {
    "s0_collected": "2026-11-20T08:00", "s0_r0_value": "4.2", "s0_r1_value": "300", "a0_amount": "50", "a0_at": "2026-11-18T22:00",
    "a0_u0_amount": "40", "draws": "100",
}  # fmt: skip


@pytest.mark.parametrize("script", [True, False])
def test_an_account_of_two_substances_is_typed_and_answered(watch, script):
    watched = watch(java_script_enabled=script, bypass_policy=script, viewport={"width": 320, "height": 640})
    page = watched.open("/interpret")
    page.click("text=Add a use >> nth=0")
    page.wait_for_selector("#a0_u0_substance")
    assert not script or focused(page) == "a0_u0_substance"
    page.select_option("#a0_u0_substance", "cocaine")
    routes = page.locator("#a0_u0_route option").evaluate_all("all => all.map(o => o.value)")
    assert "smoked" in routes
    assert ("transdermal" in routes) != script  # with script a list offers what fits the substance
    page.click("text=The person, and the calculation")
    page.select_option("#a0_route", "intranasal-powder")
    page.select_option("#a0_u0_route", "smoked")
    page.select_option("#s0_r0_analyte", "norketamine")
    page.select_option("#s0_r1_analyte", "benzoylecgonine")
    for name, text in TWO_SUBSTANCES.items():
        page.fill(f"#{name}", text)
    if script:
        assert watched.violations() == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(CUT) == []
        assert overlapping(page) == []
    page.click("text=Show the answer")
    page.wait_for_selector("h2.range")

    assert page.input_value("#a0_u0_amount") == "40"
    assert page.input_value("#s0_r1_analyte") == "benzoylecgonine"
    assert '"substance": "cocaine"' in page.text_content("body")


def test_by_keyboard_alone(watch):
    page = watch().open("/interpret")
    values = {"s0_r1_value": "4.2", "a0_amount": "35"}
    page.fill("#s0_collected", "2026-11-20T08:00")
    page.fill("#a0_at", "2026-11-16T09:40")
    page.focus("#substance")
    for _ in range(90):
        page.keyboard.press("Tab")
        if values.get(focused(page)):
            page.keyboard.type(values[focused(page)])
        if focused(page) == "a0_amount":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("h2.range")

    assert page.input_value("#s0_r1_value") == "4.2"
    assert focused(page) == "answer"


def test_the_analytes_are_those_of_the_substance(watch):
    page = watch().open("/interpret")
    page.select_option("#substance", "cocaine")

    chosen = [page.input_value(f"#s0_r{i}_analyte") for i in range(2)]
    offered = page.locator("#s0_r0_analyte option").evaluate_all("all => all.map(o => o.value)")
    assert "ketamine" not in offered
    assert chosen == offered[:2]


def test_a_mistake_takes_the_focus_and_leads_to_its_field(watch):
    page = watch().open("/interpret")
    page.fill("#s0_r1_value", "lots")
    page.click("text=Show the answer")
    page.wait_for_selector("#errors")

    assert focused(page) == "errors"
    page.click("#errors a >> nth=0")
    assert focused(page) == "s0_collected"


def test_a_row_more_has_the_focus(watch):
    page = watch().open("/interpret")
    page.fill("#s0_r1_value", "4.2")
    page.click("text=Add a result >> nth=0")
    page.wait_for_selector("#s0_r4_value")

    assert focused(page) == "s0_r4_analyte"
    assert page.input_value("#s0_r1_value") == "4.2"


STATES = {
    "form": ("/interpret", {}),
    "form on a phone": ("/interpret?lang=de", {"viewport": {"width": 320, "height": 640}}),
    "answer": ("/interpret?example=1", {}),
    "answer on a phone": ("/interpret?example=1&lang=es", {"viewport": {"width": 320, "height": 640}}),
    "answer in the dark": (
        "/interpret?example=1&lang=de",
        {"color_scheme": "dark", "viewport": {"width": 1024, "height": 768}},
    ),
    "ratio": ("/interpret/ratio", {}),
    "ratio on a phone": ("/interpret/ratio?lang=de", {"viewport": {"width": 320, "height": 640}}),
}


@pytest.mark.parametrize("state", STATES)
def test_no_barrier_nothing_cut_nothing_overlapping(watch, state):
    path, circumstances = STATES[state]
    watched = watch(bypass_policy=True, **circumstances)
    page = watched.open(path)
    page.evaluate(OPEN)
    page.wait_for_timeout(200)

    assert watched.violations() == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CUT) == []
    assert overlapping(page) == []


def test_no_barrier_among_mistakes(watch):
    watched = watch(bypass_policy=True)
    page = watched.open("/interpret")
    page.fill("#s0_r0_value", "lots")
    page.click("text=Show the answer")
    page.wait_for_selector("#errors")

    assert watched.violations() == []
