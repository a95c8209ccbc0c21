"""Take the pictures of docs/page.md and README.md anew, in Chromium: `make pictures`."""

import io
import os
import shutil
import threading
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from detectapi.web import create_app

FOLDER = Path(__file__).parent.parent / "docs" / "images"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def answered(page, preset):
    """A worked example, as the page opens it."""
    page.goto(f"/?preset={preset}")
    page.wait_for_selector("h2.range")


def answer(page):
    """The answer to six infusions."""
    answered(page, "six-infusions")


def compare(page):
    """Two cases side by side."""
    answered(page, "one-infusion")
    page.click("text=Compare with a second case")
    page.wait_for_selector("text=The first case is kept")
    page.fill("#amount", "70")
    page.click("button.primary")
    page.wait_for_selector(".compare")
    page.locator("h2.range").first.evaluate("e => e.closest('.answer').scrollIntoView({behavior: 'instant'})")


def phone(page):
    """An answer on a narrow screen."""
    answered(page, "one-infusion")
    page.locator("h2.range").evaluate("e => scrollBy({top: e.getBoundingClientRect().top - 50, behavior: 'instant'})")


def dark(page):
    """The course of nasal spray, in German, in the dark."""
    answered(page, "nasal-spray&lang=de")


def errors(page):
    """Fields to correct."""
    page.goto("/")
    page.fill("#amount", "lots")
    page.fill("#age_y", "300")
    page.click("button.primary")
    page.wait_for_selector("#errors")


def results(page):
    """The worked example about results."""
    page.goto("/interpret?example=1")
    page.wait_for_selector("h2.range")


def editor(page):
    """The page for editors of other sites, with colours of their own."""
    page.goto("/embed/editor?paper=fff8e7&ink=3a2a10&accent=8a1c4a&font=serif")
    page.frames[1].wait_for_selector("h2.range")


# Name: what to do, width, height, colours.
PICTURES = {
    "answer": (answer, 1280, 1000, "light"),
    "compare": (compare, 1440, 1000, "light"),
    "phone": (phone, 320, 760, "light"),
    "dark": (dark, 1280, 1000, "dark"),
    "errors": (errors, 1280, 900, "light"),
    "editor": (editor, 1280, 1000, "light"),
    "results": (results, 1280, 1000, "light"),
}


def main():
    """Take every picture."""
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for name, (prepare, width, height, colours) in PICTURES.items():
            page = browser.new_page(
                base_url=f"http://127.0.0.1:{server.server_port}",
                viewport={"width": width, "height": height},
                color_scheme=colours,
                reduced_motion="reduce",
            )
            prepare(page)
            page.wait_for_timeout(300)
            taken = Image.open(io.BytesIO(page.screenshot()))
            taken.convert("RGB").quantize(128).save(FOLDER / f"page-{name}.png", optimize=True)
            page.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
