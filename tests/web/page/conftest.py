"""A running service, and a browser: Debian's Chromium, driven by Playwright."""

import os
import shutil
from pathlib import Path

import pytest
from http_server import serving

from detectapi.web import create_app

AXE = Path(__file__).parent / "tools" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)


@pytest.fixture(scope="session")
def app():
    return create_app()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture(scope="session")
def address(app):
    """A running service."""
    with serving(app) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield running
        running.close()


class Watched:
    """A page that remembers what went wrong on it and what it asked for."""

    def __init__(self, page, address):
        self.page, self.address = page, address
        self.complaints, self.requests = [], []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("dialog", lambda dialog: (self.complaints.append("a dialog opened"), dialog.dismiss()))

    def open(self, path="/"):
        self.page.goto(self.address + path)
        return self.page

    def violations(self):
        """What axe-core finds against WCAG 2.2 AA and its good practices."""
        if not AXE.exists():
            pytest.fail("axe-core is missing: npm ci --prefix tests/page/tools")
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        # Evaluated as the browser's own tool does: the page's policy allows no script of others.
        result = self.page.evaluate(
            "async ([source, tags]) => { if (!window.axe) (0, eval)(source);"
            " return (await axe.run(document, {runOnly: tags})).violations"
            ".map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | ')); }",
            [AXE.read_text(encoding="utf-8"), tags],
        )
        return result


@pytest.fixture
def watch(browser, address):
    """Open a page under given circumstances; nothing may complain, nothing may be asked of anyone else."""
    opened = []

    def start(bypass_policy=False, **circumstances):
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "bypass_csp": bypass_policy, **circumstances}
        )
        watched = Watched(context.new_page(), address)
        opened.append((context, watched))
        return watched

    yield start
    for context, watched in opened:
        context.close()
        # Chromium reports a 422, which is an answer here, as a resource that failed to load.
        assert [text for text in watched.complaints if "status of 422" not in text] == []
        assert all(url.startswith((watched.address, "data:")) for url in watched.requests)
