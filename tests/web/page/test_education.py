"""What patients read: sources, plain words, nothing that helps to defeat a test."""

import re

import pytest
from every import every

from detectapi.knowledge import catalog, education
from detectapi.web.page.voice import LANGUAGES

FORBIDDEN = re.compile(
    r"\b(pass|passes|passed|passing|detox|flush|beat|cheat|mask|dilute your|clean urine)\b", re.IGNORECASE
)
TOPICS = {"leaving", "metabolites", "half-life", "repeated", "uncertain", "effects", "professional"}


CARDS = [pytest.param(card, id=card["substance"]) for card in education.cards()]


def statements(card=None):
    topics = (card or education.about("ketamine"))["topics"]
    return [statement for topic in topics for statement in topic["statements"]]


def names():
    """The names of all substances and of what they form."""
    listed = {name for one in catalog.substances() for name in (one.id, one.name, *(m.id for m in one.moieties))}
    listed |= {"alpha-hydroxyalprazolam", "1-hydroxymidazolam"}
    return sorted((re.escape(name) for name in listed), key=len, reverse=True)


def syllables(word):
    """A count good enough for a grade: groups of vowels, less a silent e."""
    word = word.lower()
    groups = len(re.findall(r"[aeiouy]+", word)) - (word.endswith("e") and not word.endswith("le") and len(word) > 3)
    return max(1, groups)


def test_every_topic_is_told_and_every_statement_has_a_source():
    card = education.about("ketamine")

    assert {topic["id"] for topic in card["topics"]} == TOPICS
    assert all(statement["sources"] for statement in statements())
    assert {n for s in statements() for n in s["sources"]} == {source["number"] for source in card["sources"]}


@every("card", CARDS)
def test_a_card_says_how_it_leaves_and_what_makes_the_answer_less_certain(card):
    assert {"leaving", "half-life", "uncertain", "professional"} <= {topic["id"] for topic in card["topics"]}
    assert all(statement["sources"] for statement in statements(card))


@every("card", CARDS)
def test_no_statement_helps_to_defeat_a_test(card):
    assert [one["text"] for one in statements(card) if FORBIDDEN.search(one["text"].replace("pass urine", ""))] == []


@every("card", CARDS)
def test_it_can_be_read_at_about_twelve(card):
    text = " ".join(statement["text"] for statement in statements(card))
    # Names that cannot be said otherwise count as two syllables, as readers meet them again and again.
    text = re.sub(rf"(?i)\b({'|'.join(names())})\b|metabolites?|urine|medicines?", "water", text)
    sentences = len(re.findall(r"[.!?](?:\s|$)", text))
    words = re.findall(r"[A-Za-z]+", text)
    grade = 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59

    assert grade <= 7.0  # Flesch-Kincaid: the seventh year of school is age 12 to 13


def test_the_half_life_is_explained_with_what_it_does_not_say(client):
    text = client.get("/v1/education/ketamine").get_data(as_text=True)

    assert "2.5 to 4 hours" in text
    assert "cannot tell how long a urine test stays positive" in text
    assert any(statement["claim"] for statement in statements())


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_served_in_every_language(client, language):
    response = client.get(f"/v1/education/ketamine?lang={language}")

    assert response.status_code == 200
    assert response.headers["Content-Language"] == response.json["language"] == language
    assert len(response.json["topics"]) == len(TOPICS)


def test_an_unknown_substance_has_none(client):
    assert client.get("/v1/education/water").status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/?preset=six-infusions", "/?preset=heavy-daily", "/embed?education=ketamine", "/problems"]
)
def test_no_word_helps_to_defeat_a_test(client, path):
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", client.get(path).get_data(as_text=True), flags=re.DOTALL)
    text = re.sub(r"(?i)passing water|pass urine|urine was last passed", "", text)  # what a bladder does

    assert FORBIDDEN.search(text) is None
