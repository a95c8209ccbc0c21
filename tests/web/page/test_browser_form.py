"""The form in a real browser: what it offers, what it shows when, doses in rows, and where the answer stands."""

import pytest

pytestmark = pytest.mark.slow

PHONES = [{"width": 320, "height": 640}, {"width": 390, "height": 844}]


def options(page, name):
    return page.eval_on_selector_all(f"#{name} option", "all => all.map(o => o.value)")


def test_lists_follow_the_substance(watch):
    page = watch().open()
    page.select_option("#substance", "amphetamine")

    assert "nasal-spray" not in options(page, "route")
    assert "mayo-ketau" not in options(page, "assay")
    assert "hhs-amphetamine-screen" in options(page, "assay")
    assert options(page, "analyte") == ["amphetamine"]
    assert page.locator("#parameters option").count() == 0
    assert not page.is_visible("#education")
    assert page.input_value("#amount") == ""  # that of another substance
    page.select_option("#substance", "ketamine")
    assert "nasal-spray" in options(page, "route")
    assert "hhs-amphetamine-screen" not in options(page, "assay")
    assert page.is_visible("#education")


def test_without_script_the_lists_have_a_group_for_other_substances(watch):
    page = watch(java_script_enabled=False).open()
    groups = page.eval_on_selector_all("#assay optgroup", "all => all.map(g => g.label)")

    assert groups[:2] == ["Panels of several tests", "Rules and recommendations"]
    assert groups[-1] == "For other substances" or "Amphetamine" in groups


def test_fields_open_when_another_field_needs_them(watch):
    page = watch().open()
    assert not page.is_visible("#count")
    assert not page.is_visible("#cutoff_ng_ml")
    page.select_option("#frequency", "every")
    assert page.is_visible("#every_h")
    assert page.is_visible("#count")
    page.select_option("#assay", "own")
    assert page.is_visible("#cutoff_ng_ml")
    page.select_option("#route", "oral")
    assert not page.is_visible("#duration_min")
    page.select_option("#frequency", "dates")
    assert page.is_visible("#dose_at_0")


def test_a_wrong_field_of_the_advanced_part_is_in_sight(watch):
    page = watch().open()
    page.click("text=Advanced: everything else")
    page.fill("#level", "7")
    page.click("button.primary")
    page.wait_for_selector("#errors")

    assert page.is_visible("#level")
    assert "0.99" in page.inner_text("#level-fault")


def test_doses_with_dates_are_added_by_keyboard_and_answered(watch):
    page = watch(timezone_id="Europe/Berlin").open()
    page.select_option("#route", "oral")
    page.select_option("#frequency", "dates")
    page.fill("#dose_at_0", "2026-11-16T09:00")
    page.focus("#add-row")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "dose_at_3"
    page.fill("#dose_at_3", "2026-11-17T09:00")
    page.fill("#dose_amount_3", "20")
    page.click("button.primary")
    page.wait_for_selector("h2.range")

    assert "2026-11-17T09:00:00+01:00" in page.input_value("#answer-json")
    assert "Date and time (UTC+01:00)" in page.inner_text(".answer")
    assert page.input_value("#dose_at_3") == "2026-11-17T09:00"


def test_doses_with_dates_are_added_without_script(watch):
    page = watch(java_script_enabled=False).open()
    page.select_option("#route", "oral")
    page.select_option("#frequency", "dates")
    page.click("text=Doses with date and time")
    page.fill("#dose_at_0", "2026-11-16T09:00")
    page.fill("#dose_at_2", "2026-11-18T09:00")
    page.click("#add-row")
    page.wait_for_selector("#dose_at_3")
    assert page.input_value("#dose_at_2") == "2026-11-18T09:00"
    page.click("button.primary")
    page.wait_for_selector("h2.range")


@pytest.mark.parametrize("viewport", PHONES, ids=["320", "390"])
def test_on_a_phone_the_first_screen_after_asking_is_the_answer(watch, viewport):
    page = watch(viewport=viewport).open()
    page.click("button.primary")
    page.wait_for_selector("h2.range")
    box = page.locator("h2.range").bounding_box()

    assert 0 <= box["y"]
    assert box["y"] + box["height"] <= viewport["height"] * 0.6
    assert page.locator("#substance").bounding_box()["y"] > viewport["height"]


@pytest.mark.parametrize("viewport", PHONES, ids=["320", "390"])
def test_on_a_phone_tables_are_cards_and_nothing_is_off_screen(watch, viewport):
    page = watch(viewport=viewport).open("/?preset=one-infusion")
    wider = "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).length"

    assert page.evaluate(wider) == 0
    first = page.locator(".inputs tbody tr").first
    assert first.evaluate("e => getComputedStyle(e).display") == "block"
    caption, name = page.locator("#answer-inputs").bounding_box(), first.locator("th").bounding_box()
    assert caption["y"] + caption["height"] <= name["y"]
    heights = page.eval_on_selector_all(".inputs tbody tr", "all => all.map(e => e.offsetHeight)")
    assert max(heights) < 300  # no white where reasons are


def test_two_cases_stand_side_by_side_from_1000_pixels(watch):
    page = watch(viewport={"width": 1000, "height": 800}).open("/?preset=one-infusion")
    page.click("text=Compare with a second case")
    page.wait_for_selector("text=The first case is kept")
    page.click("button.primary")
    page.wait_for_selector(".compare")

    def tops_and_lefts():
        return [
            (box["y"], box["x"]) for box in (one.bounding_box() for one in page.locator(".compare > article").all())
        ]

    (first, left), (second, right) = tops_and_lefts()
    assert (first, left < right) == (second, True)
    ends = "[...document.querySelectorAll('canvas')].length"
    assert page.evaluate(ends) == 2
    page.set_viewport_size({"width": 390, "height": 844})
    (first, left), (second, right) = tops_and_lefts()
    assert (left, first < second) == (right, True)


def test_the_slider_starts_where_the_chance_falls_through_one_half(watch):
    page = watch().open("/?preset=nasal-spray")
    start = page.evaluate("""() => {
      const curve = JSON.parse(document.getElementById("answer-data").textContent).curve.probability_positive;
      const at = Number(document.getElementById("answer-time").value);
      return [curve[0], curve[at - 1], curve[at]]; }""")

    assert start[0] < 0.5  # it rises first
    assert start[1] >= 0.5 > start[2]


def test_a_test_that_does_not_look_for_it_is_an_answer(watch):
    watched = watch(bypass_policy=True)
    page = watched.open()
    page.select_option("#assay", "dot-panel")
    page.click("button.primary")
    page.wait_for_selector("h2.range")

    assert "laboratories must not test these specimens for other drugs" in page.inner_text(".answer")
    assert watched.violations() == []


def test_another_language_keeps_the_question(watch):
    page = watch().open()
    page.select_option("#route", "oral")
    page.fill("#amount", "70")
    page.click("button.primary")
    page.wait_for_selector("h2.range")
    page.click("header button[lang=de]")
    page.wait_for_selector("html[lang=de] h2.range")

    assert page.input_value("#amount") == "70"
    assert page.input_value("#route") == "oral"
