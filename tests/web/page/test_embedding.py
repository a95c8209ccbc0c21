"""What editors of other sites get: the frame in their colours, the page that makes it, oEmbed."""

import html
import json
import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from detectapi.telling.languages import LANGUAGES
from detectapi.web.page.look import read_look
from detectapi.web.page.voice import BabelVoice

EXAMPLE = "/embed?preset=one-infusion"


def text_of(response):
    return html.unescape(re.sub("<[^>]+>", " ", response.text))


# -- colours and type -------------------------------------------------------------------------------------------------


def test_a_fragment_takes_colours_that_its_policy_allows_by_their_hash_alone(client):
    response = client.get("/embed?education=ketamine&paper=102030&font=serif&size=120")
    look, _ = read_look({"paper": "102030", "font": "serif", "size": "120"}, BabelVoice("page"))
    policy = response.headers["Content-Security-Policy"]

    assert f"<style>{look.style}</style>" in response.text
    assert f"style-src 'self' '{look.style_hash}';" in policy
    assert "unsafe" not in policy


def test_colours_that_cannot_be_read_are_refused_with_words_and_never_kept(client):
    response = client.get("/embed?education=ketamine&paper=ffffff&ink=aaaaaa")

    assert 422 == response.status_code
    assert "The contrast to #ffffff is 2.32 and must be 4.5 or more." in text_of(response)
    assert "no-store" == response.headers["Cache-Control"]


def test_a_fragment_says_what_was_used(client):
    assert "35 mg; Into a vein (infusion, IV); over 40 minutes" in text_of(client.get(EXAMPLE))
    assert "50 mg; Swallowed" in text_of(client.get("/embed?substance=ketamine&route=oral&amount=50"))


@pytest.mark.parametrize("file", ["embed.js", "frame.js"])
def test_only_the_script_for_other_sites_may_be_loaded_by_them(client, file):
    policy = client.get(f"/static/{file}").headers["Cross-Origin-Resource-Policy"]

    assert policy == ("cross-origin" if file == "embed.js" else "same-origin")


# -- oEmbed -----------------------------------------------------------------------------------------------------------


def described(client, address, **more):
    return client.get("/oembed", query_string={"url": address, **more})


def test_a_site_finds_the_description_of_a_fragment_and_gets_its_frame(client):
    page = client.get(EXAMPLE).text
    link = html.unescape(re.search(r'<link rel="alternate" type="application/json\+oembed" href="([^"]*)"', page)[1])
    response = client.get(link)
    source = html.unescape(re.search(r'src="([^"]*)"', response.json["html"])[1])

    assert {"version": "1.0", "type": "rich", "width": 720, "height": 900}.items() <= response.json.items()
    assert "One infusion" in response.json["title"]
    assert f"http://localhost{EXAMPLE}" == source == parse_qs(urlsplit(link).query)["url"][0]
    assert client.get(source).text == page
    assert "application/json" == response.content_type


@pytest.mark.parametrize(
    ("room", "size"),
    [
        ({"maxwidth": "320"}, (320, 900)),
        ({"maxheight": "400"}, (720, 400)),
        ({"maxwidth": "9999", "maxheight": "9999"}, (720, 900)),
        ({"maxwidth": "1", "maxheight": "1"}, (1, 1)),
    ],
)
def test_the_frame_fits_into_the_room_that_the_site_has(client, room, size):
    answer = described(client, f"http://localhost{EXAMPLE}", **room).json

    assert size == (answer["width"], answer["height"])
    assert f'width="{size[0]}" height="{size[1]}"' in answer["html"]


@pytest.mark.parametrize("room", ["0", "-1", "many", "1e3", "²", "", "9" * 5000])
def test_a_room_that_is_none_is_refused(client, room):
    for name in ("maxwidth", "maxheight"):
        assert 400 == described(client, f"http://localhost{EXAMPLE}", **{name: room}).status_code


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://elsewhere.example/embed?preset=one-infusion",
        "ftp://localhost/embed?preset=one-infusion",
        "http://localhost/embed?preset=no-such",
        "http://localhost/embed?education=no-such",
        "http://localhost/embed?preset=one-infusion&age_y=42",
        "http://localhost/embed?substance=ketamine&route=oral&amount=lots",
        "http://localhost/embed?education=ketamine&paper=fff&ink=eee",
        "http://localhost/embed/editor",
        "http://localhost/v1/substances",
        "http://localhost/",
        "http://[",
        "javascript:alert(1)",
    ],
)
def test_any_other_address_has_no_description(client, address):
    assert 404 == described(client, address).status_code


def test_the_page_of_a_worked_example_has_the_frame_of_its_fragment(client):
    answer = described(client, "http://localhost/?preset=one-infusion&lang=de").json

    assert "http://localhost/embed?preset=one-infusion&amp;lang=de" in answer["html"]
    assert answer["title"].startswith("Wie lange")


def test_a_use_has_a_description_too_and_nothing_in_it_can_close_the_frame(client):
    address = 'http://localhost/embed?education=ketamine&lang=de&font=serif&paper="><script>'
    assert 404 == described(client, address).status_code
    answer = described(client, "http://localhost/embed?substance=ketamine&route=oral&amount=50").json

    assert answer["html"].count("<") == 2


def test_no_other_format_than_json_is_offered(client):
    assert 501 == described(client, f"http://localhost{EXAMPLE}", format="xml").status_code
    assert 200 == described(client, f"http://localhost{EXAMPLE}", format="json").status_code


# -- the page for editors ---------------------------------------------------------------------------------------------


def lines_of(page):
    return html.unescape(re.search(r'<textarea[^>]* id="lines"[^>]*>(.*?)</textarea>', page.text, re.DOTALL)[1])


def test_the_page_for_editors_begins_with_a_worked_example(client):
    page = client.get("/embed/editor")

    assert 200 == page.status_code
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert 'src="../embed?preset=one-infusion"' in page.text
    assert lines_of(page).startswith('<iframe data-detectapi src="http://localhost/embed?preset=one-infusion" title="')
    assert lines_of(page).endswith('<script src="http://localhost/static/embed.js" async></script>')


@pytest.mark.parametrize(
    ("chosen", "parts"),
    [
        ({"show": "education", "education": "diazepam"}, {"education": ["diazepam"]}),
        ({"show": "preset", "preset": "daily-troche", "amount": "5"}, {"preset": ["daily-troche"]}),
        (
            {"show": "use", "substance": "ketamine", "route": "oral", "amount": "50", "frequency": "once"},
            {"substance": ["ketamine"], "route": ["oral"], "amount": ["50"]},
        ),
        (
            {"show": "preset", "preset": "one-infusion", "language": "es", "paper": "#fff8e7", "size": "120"},
            {"preset": ["one-infusion"], "paper": ["#fff8e7"], "size": ["120"], "lang": ["es"]},
        ),
    ],
)
def test_the_lines_hold_what_was_chosen_and_the_fragment_answers(client, chosen, parts):
    page = client.get("/embed/editor", query_string=chosen)
    address = html.unescape(re.search(r'src="([^"]*)"', lines_of(page))[1])

    assert parts == parse_qs(urlsplit(address).query)
    assert 200 == client.get(address).status_code


@pytest.mark.parametrize(
    ("chosen", "name"),
    [
        ({"show": "use", "substance": "ketamine", "route": "oral", "amount": "lots"}, "amount"),
        ({"show": "use", "substance": "ketamine", "route": "oral"}, "amount"),
        ({"show": "preset", "preset": "no-such"}, "preset"),
        ({"show": "education", "education": "no-such"}, "education"),
        ({"paper": "fff", "ink": "ccc"}, "ink"),
        ({"size": "1000"}, "size"),
        ({"language": "fr"}, "language"),
        ({"paper": "f" * 100}, "paper"),
    ],
)
def test_what_is_wrong_is_named_beside_its_field_and_no_frame_is_shown(client, chosen, name):
    page = client.get("/embed/editor", query_string=chosen)

    assert 422 == page.status_code
    assert f'<a href="#{name}">' in page.text
    assert f'id="{name}-fault"' in page.text
    assert "<iframe" not in page.text


def test_the_contrasts_are_shown_where_colours_were_chosen(client):
    assert "Text colour / Ground" in text_of(client.get("/embed/editor?paper=fff8e7"))
    assert "Contrast of the colours" not in client.get("/embed/editor").text


def test_the_page_says_which_sites_may_show_the_frame(client, monkeypatch):
    assert "DETECTAPI_EMBED_ORIGINS" in client.get("/embed/editor").text
    monkeypatch.setenv("DETECTAPI_EMBED_ORIGINS", "https://portal.example")

    assert "https://portal.example" in client.get("/embed/editor").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_in_every_language_what_an_editor_may_promise(client, language):
    words = {"en": "You may not say", "de": "Sie dürfen nicht sagen", "es": "No puede decir"}[language]

    assert words in client.get(f"/embed/editor?lang={language}").text


def test_hostile_text_is_text_here_too(client):
    hostile = "\"'></iframe><script>alert(1)</script>"
    for name in ("show", "preset", "education", "substance", "amount", "paper", "font", "size", "language", "lang"):
        page = client.get(f"/embed/editor?{name}={quote(hostile)}").text

        assert "<script>alert" not in page, name
        assert "</iframe><script>" not in page, name


def test_what_the_script_needs_is_in_the_form(client):
    page = client.get("/embed/editor").text
    shown = json.loads(html.unescape(re.search(r'data-shown="([^"]*)"', page)[1]))
    names = {name for names in shown.values() for name in names}

    assert all(f'name="{name}"' in page for name in (*names, "show", "language"))
