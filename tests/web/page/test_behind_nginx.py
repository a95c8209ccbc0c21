"""The page under a path prefix behind nginx, set up as docs/operating.md shows it."""

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from http_server import serving

from detectapi.web import create_app

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
OPERATING = Path(__file__).parents[3] / "docs" / "operating.md"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: apt-get install nginx-light)"),
]
CONFIGURATION = """
daemon off; master_process off; pid {folder}/pid; error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; absolute_redirect off; {locations} }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def inner():
    """The port of a server that believes one proxy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DETECTAPI_TRUSTED_PROXIES", "1")
        app = create_app()
    with serving(app) as port:
        yield port


@pytest.fixture(scope="module")
def outer(inner, tmp_path_factory):
    """The address of the page behind nginx."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    shown = re.search(r"```nginx\n(.*?)```", OPERATING.read_text(encoding="utf-8"), re.DOTALL)[1]
    # A port of its own is part of the host here; the page shows the usual case, in which it is not.
    locations = shown.replace("127.0.0.1:8000", f"127.0.0.1:{inner}").replace("$host;", "$http_host;")
    file = folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(folder=folder, port=port, locations=locations), encoding="utf-8")
    proxy = subprocess.Popen([NGINX, "-p", folder, "-c", file], stderr=subprocess.PIPE)
    address = f"http://127.0.0.1:{port}/det"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
            break
        except OSError:
            assert proxy.poll() is None, proxy.stderr.read().decode()
            time.sleep(0.05)
    yield address
    proxy.terminate()
    proxy.wait(timeout=10)
    proxy.stderr.close()


@pytest.fixture
def visit(browser, outer):
    """A page behind the proxy. Every request must stay under the prefix."""
    contexts = []

    def start(**circumstances):
        page = browser.new_context(**circumstances).new_page()
        contexts.append(page.context)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{outer}")  # without its slash: the proxy sends on
        return page

    asked: list[str] = []
    yield start
    for context in contexts:
        context.close()
    assert asked
    assert [url for url in asked if not url.startswith((f"{outer}/", "data:")) and url != outer] == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_question_is_asked_and_answered_under_the_prefix(visit, outer, script):
    page = visit(java_script_enabled=script)
    page.select_option("#route", "oral")
    page.fill("#amount", "50")
    page.click("button.primary")
    page.wait_for_selector("h2.range")

    assert page.url.startswith(f"{outer}/")
    assert page.evaluate("getComputedStyle(document.querySelector('.answer')).borderTopWidth") == "5px"  # styled
    page.click("text=See all numbers of the model")
    page.wait_for_selector("#numbers")
    assert page.url.startswith(f"{outer}/substances/ketamine")


def test_links_to_keep_have_the_outer_address_and_work(visit, outer):
    page = visit()
    page.click("button.primary")
    page.wait_for_selector("h2.range")
    link, headline = page.input_value("#answer-link"), page.inner_text("h2.range")
    assert link.startswith(f"{outer}/#v1.")
    assert f"{outer}/v1/estimates" in page.input_value("#answer-curl")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("h2.range")

    assert page.inner_text("h2.range") == headline


def test_files_are_not_sent_again_to_who_has_them(outer):
    for path in ("/static/detect.css", "/static/detect.js", "/static/uplot.js", "/v1/assays", "/openapi.json", "/docs"):
        with urllib.request.urlopen(f"{outer}{path}", timeout=10) as first:
            tag = first.headers["ETag"]
        again = urllib.request.Request(f"{outer}{path}", headers={"If-None-Match": tag})
        with pytest.raises(urllib.error.HTTPError) as unchanged:
            urllib.request.urlopen(again, timeout=10)
        assert unchanged.value.code == 304, path
        unchanged.value.close()
