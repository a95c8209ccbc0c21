"""A frame on the page of another site, in a real browser; and the page for editors, by mouse and without script."""

import html
import re
import urllib.request

import pytest
from http_server import serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def portal(address):
    """The address of another site, whose page has the lines that the page for editors gives."""
    with urllib.request.urlopen(f"{address}/embed/editor") as response:
        editor = response.read().decode()
    lines = html.unescape(re.search(r' id="lines"[^>]*>(.*?)</textarea>', editor, re.DOTALL)[1])

    def page(_environ, start):
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [f"<!doctype html><html lang=en><title>Portal</title><h1>Portal</h1>{lines}<p>After it.</p>".encode()]

    with serving(page) as port, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DETECTAPI_EMBED_ORIGINS", f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}/"


def heights(page):
    """The height of the frame, and that of its content. [px]"""
    inner = page.frames[1]
    content = inner.evaluate("document.documentElement.getBoundingClientRect().height")
    return page.locator("iframe").evaluate("frame => frame.clientHeight"), content


def fits(page):
    page.wait_for_function("document.querySelector('iframe').style.height")
    page.wait_for_timeout(300)
    frame, content = heights(page)
    return 0 <= frame - content < 2


@pytest.mark.parametrize("width", [360, 1280])
def test_a_frame_grows_and_shrinks_with_its_content_on_the_page_of_another_site(browser, portal, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(portal)
    assert fits(page)
    before = heights(page)[0]
    page.frames[1].click("summary")

    assert fits(page)
    assert heights(page)[0] > before + 300
    page.frames[1].click("summary")
    assert fits(page)
    assert heights(page)[0] == before
    page.set_viewport_size({"width": width + 200, "height": 800})
    assert fits(page)
    page.close()


def test_without_script_a_frame_keeps_its_height_and_shows_the_answer(browser, portal):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(portal)
    page.frames[1].wait_for_selector("h2.range")

    assert page.locator("iframe").bounding_box()["height"] == 900
    context.close()


def test_a_page_that_was_not_named_shows_no_frame(browser, portal, address, monkeypatch):
    monkeypatch.setenv("DETECTAPI_EMBED_ORIGINS", "https://elsewhere.example")
    page = browser.new_page()
    page.goto(portal)
    page.wait_for_timeout(500)

    assert page.frames[1].locator("h2.range").count() == 0
    page.close()


def test_the_frame_and_the_lines_follow_the_form(watch):
    page = watch().open("/embed/editor")
    page.check("#show-use")
    page.select_option("#route", "oral")
    page.fill("#amount", "50")
    page.fill("#paper", "#102030")
    page.wait_for_selector("#preview[src*='102030']")
    inner = page.frames[1]
    inner.wait_for_selector("text=50 mg; Swallowed")

    assert "amount=50" in page.input_value("#lines")
    assert "paper=%23102030" in page.input_value("#lines")
    assert inner.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 32, 48)"
    assert not page.is_visible("#preset")
    page.click("button.primary")
    page.wait_for_selector("text=Contrast of the colours")
    assert page.input_value("#amount") == "50"


def test_without_script_the_form_shows_the_frame(watch):
    page = watch(java_script_enabled=False).open("/embed/editor")
    page.check("#show-education")
    page.select_option("#education", "diazepam")
    page.click("button.primary")

    assert "education=diazepam" in page.input_value("#lines")
    assert page.frames[1].locator("h2").first.inner_text()
