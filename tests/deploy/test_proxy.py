"""The server of the operator's page for nginx: TLS, a limit for callers, counts kept inside."""

import contextlib
import os
import re
import shutil
import ssl
import subprocess
import urllib.error
import urllib.request

import pytest
from architecture import ROOT
from http_server import serving
from processes import free_port, patience

from detectapi.web import create_app

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
LOCATIONS, SERVER = re.findall(
    r"```nginx\n(.*?)```", (ROOT / "docs" / "operating.md").read_text(encoding="utf-8"), re.DOTALL
)
FRAME = """
daemon off; master_process off; pid {folder}/pid; error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  {server}
}}
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: apt-get install nginx-light)"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed, which makes the certificate"),
]


@pytest.fixture
def inner(monkeypatch):
    """The port of a service that believes one proxy and counts."""
    monkeypatch.setenv("DETECTAPI_TRUSTED_PROXIES", "1")
    monkeypatch.setenv("DETECTAPI_METRICS", "1")
    with serving(create_app()) as port:
        yield port


@pytest.fixture
def outer(inner, tmp_path):
    """The address of the proxy, and what trusts its certificate."""
    port, chain, key = free_port(), tmp_path / "chain.pem", tmp_path / "key.pem"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "1",
    ]
    names = ["-subj", "/CN=portal.example", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*make, *names, "-keyout", key, "-out", chain], check=True, capture_output=True)
    server = SERVER.replace(
        "# Here the two locations from above.", LOCATIONS.replace("127.0.0.1:8000", f"127.0.0.1:{inner}")
    )
    server = server.replace("listen 443", f"listen 127.0.0.1:{port}")
    for name, place in (("chain", chain), ("key", key)):
        server = server.replace(f"/etc/ssl/portal.example/{name}.pem", str(place))
    file = tmp_path / "nginx.conf"
    file.write_text(FRAME.format(folder=tmp_path, server=server), encoding="utf-8")
    with open(tmp_path / "errors", "wb") as errors:
        proxy = subprocess.Popen([NGINX, "-p", tmp_path, "-c", file], stderr=errors)
        trust = ssl.create_default_context(cafile=chain)
        for _ in patience(20):
            assert proxy.poll() is None, (tmp_path / "errors").read_text()
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"https://127.0.0.1:{port}/det/healthz", timeout=5, context=trust).close()
                break
        yield f"https://127.0.0.1:{port}/det", trust
        proxy.terminate()
        proxy.wait(10)


def status(outer, path):
    address, trust = outer
    try:
        with urllib.request.urlopen(f"{address}{path}", timeout=10, context=trust) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers


def test_it_speaks_tls_and_keeps_counts_inside(outer):
    code, headers = status(outer, "/healthz")

    assert code == 200
    assert "max-age" in headers["Strict-Transport-Security"]
    assert status(outer, "/metrics")[0] == 404


def test_it_turns_away_whoever_asks_too_often(outer):
    codes = {status(outer, "/healthz")[0] for _ in range(60)}  # 20 may come at once, then 5 in a second

    assert codes == {200, 429}
