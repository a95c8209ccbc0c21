"""Every sentence of the code in every language, and answers whose sentences are all in the reader's language."""

import html
import json
import re

import pytest
import translations

from detectapi import service
from detectapi.knowledge import catalog
from detectapi.telling import pdf
from detectapi.telling.evidence import with_access
from detectapi.telling.languages import LANGUAGES, TranslatedVoice
from detectapi.telling.retelling import quoted, retold
from detectapi.telling.summary import summarize

OTHERS = [language for language in LANGUAGES if language != "en"]
VALUES = re.compile(r"%\(\w+\)s|%%")
INFUSION = {"amount_mg": 35, "route": "intravenous", "duration_min": 40}
QUESTIONS = {
    "one infusion": {"substance": "ketamine", "doses": [INFUSION]},
    "long daily use": {
        "substance": "ketamine",
        "pattern": {"frequency": "daily", "route": "intranasal-powder", "amount_mg": 1000, "for_days": 180},
    },
    "textbook": {"substance": "ketamine", "doses": [INFUSION], "model": {"kind": "half-life"}},
    "a person in full": {
        "substance": "ketamine",
        "doses": [{"amount_mg": 50, "route": "oral"}],
        "person": {
            "age_y": 15, "sex": "female", "weight_kg": 40, "hepatic_class": "B", "interactions": ["grapefruit", "rifampicin"],
        },
        "renal": {"serum_creatinine_mg_dl": 1.9},
        "model": {"adjust": {"ketamine.clearance": {"scale": 0.8}}},
    },
    "pregnancy": {
        "substance": "amphetamine",
        "doses": [{"amount_mg": 20, "route": "oral", "basis": "mixed-salts"}],
        "person": {"sex": "female", "pregnant": "yes", "height_cm": 165},
        "hydration": {"level": "high"},
    },
    "kidney failure": {"substance": "esketamine", "doses": [INFUSION], "renal": {"ckd_stage": "G5"}},
    "a measured specimen": {
        "substance": "methamphetamine",
        "doses": [{"amount_mg": 10, "route": "intranasal-powder"}],
        "specimen": {"urine_creatinine_mg_dl": 15, "specific_gravity": 1.002},
    },
    "a dilute specimen perhaps": {
        "substance": "amphetamine",
        "doses": [{"amount_mg": 10, "route": "intranasal-powder"}],
        "specimen": {"urine_creatinine_mg_dl": 15},
    },
    "nothing used": {"substance": "ketamine", "doses": []},
    "hardly ever": {"substance": "ketamine", "doses": [{"amount_mg": 0.5, "route": "oral"}], "assay": "taiwan-screen"},
}  # fmt: skip


def test_there_are_german_and_spanish():
    assert translations.languages() == sorted(OTHERS)


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_of_the_code_is_complete(language):
    catalog = translations.catalogue(language)
    known = {(message.id, message.context): message for message in catalog if message.id}

    assert set(known) == set(translations.of_code()), "run make translations"
    assert [m.id for m in known.values() if not translations.is_translated(m) or m.fuzzy] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_keeps_its_values(language):
    for name in translations.collected():
        for message in translations.catalogue(language, name):
            asked = [message.id] if isinstance(message.id, str) else message.id
            forms = [message.string] if isinstance(message.string, str) else message.string
            for sentence, form in zip(asked, forms, strict=True) if translations.is_translated(message) else ():
                assert sorted(VALUES.findall(sentence)) == sorted(VALUES.findall(form)), name


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("case", QUESTIONS)
def test_no_sentence_of_an_answer_is_left_in_english(case, language):
    answer = service.answer({**QUESTIONS[case], "options": {"draws": 100}})
    said = summarize(answer, TranslatedVoice("page", language))
    cited = {f"{entry['origin']['source']['citation']}: {entry['origin']['locator']}"
             for entry in answer["inputs_used"] if "source" in entry.get("origin", {})}  # fmt: skip

    details = [one.detail for one in said.inputs if one.detail and one.detail.text not in cited]
    left = [one.text for one in (said.evidence.because, *said.notes, *details) if one.language != language]

    assert left == []


def test_a_sentence_with_values_is_said_with_the_values_of_the_language():
    german = TranslatedVoice("page", "de")

    assert (
        retold("drawn among people: poor 7%, normal 93%", german)
        == "unter den Menschen gezogen: langsam 7 %, normal 93 %"
    )
    assert quoted("About 62 in 100 specimens like this would be reported as substituted. That is neither positive nor"
                  " negative, and nothing can be read from it.", german).text.startswith(
        "Anteil solcher Proben, die als substituiert gemeldet würden: etwa 62 von 100."
    )  # fmt: skip


def test_sentences_that_follow_each_other_are_said_one_by_one():
    german = TranslatedVoice("page", "de")
    joined = "No urine study was of pregnant women. No dose was given, so there is nothing to detect."

    assert quoted(joined, german).text == (
        "Keine Urinstudie untersuchte Schwangere. Es wurde keine Dosis angegeben, also gibt es nichts nachzuweisen."
    )
    assert quoted(joined + " Nobody translated this.", german).language == "en"


def test_what_is_said_of_each_of_several_substances_begins_with_its_name():
    said = "No urine study was of pregnant women."
    names = {"Ketamine": "Ketamin", "MDMA": "MDMA", "Poppy seed": "Mohn"}
    german = quoted(" ".join(f"{name}: {said}" for name in names), TranslatedVoice("page", "de")).text

    assert german.count("Keine Urinstudie untersuchte Schwangere.") == len(names)
    assert re.findall(r"(\w+): ", german) == list(names.values())
    assert quoted(f"Nobody: {said}", TranslatedVoice("page", "de")).language == "en"


def test_english_stays_as_it_is():
    assert quoted("Nobody translated this.").language == "en"


def test_a_page_speaks_the_language_asked_for(client):
    asked = client.get("/?lang=de")
    accepted = client.get("/", headers={"Accept-Language": "es-MX, en;q=0.5"})

    assert '<html lang="de">' in asked.get_data(as_text=True)
    assert "Wie lange ist es im Urin nachweisbar?" in asked.get_data(as_text=True)
    assert accepted.headers["Content-Language"] == "es"
    assert "Accept-Language" in accepted.headers["Vary"]


def test_what_a_reader_chooses_or_gets_wrong_is_in_the_readers_language(client):
    page = client.post(
        "/?lang=de", data={"substance": "ketamine", "route": "teleport", "amount": "5", "interactions": "grapefruit"}
    ).get_data(as_text=True)

    assert "Das ist hier nicht bekannt." in page
    assert "Johanniskraut" in page
    assert "Hydrochlorid" in page
    assert "Mayo, Bestätigung von Ketamin und Abbauprodukt, Urin (KETAU)" in page


ENGLISH_WORDS = re.compile(
    r"\b(the|and|of|with|is|are|were|by|for|from|or|that|this|which|not|be|its|what|how|hours?|days?|after|dose|urine|than|at"
    r"|on|has|have|usual|assumed|given)\b"
)


def visible(written):
    """What a reader sees of a page or a report, in pieces; without what is marked as English, and the marked pieces."""
    marked = r'<(\w+)[^>]*\blang="en"[^>]*>(.*?)</\1>'
    text = re.sub(r"<(script|style|textarea)\b.*?</\1>", " ", written, flags=re.DOTALL)
    english = [match[1] for match in re.findall(marked, text, flags=re.DOTALL)]
    rest = re.sub(marked, " ", text, flags=re.DOTALL)
    return [html.unescape(piece.strip()) for piece in re.split(r"<[^>]+>", rest) if piece.strip()], english


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("case", QUESTIONS)
@pytest.mark.slow
def test_no_visible_text_of_a_page_or_a_report_is_english(case, language, client):
    asked = {**QUESTIONS[case], "options": {"draws": 100, "include": ["concentration"]}}
    answer = service.answer(asked)
    page = client.post(f"/?lang={language}", data={"request": json.dumps(asked)}).get_data(as_text=True)
    report = pdf.Report(answer, asked, TranslatedVoice("report", language)).written()
    voice = TranslatedVoice("page", language)
    citations = [with_access(reference.citation, voice) for reference in catalog.references().values()]

    for written in (page, report):
        pieces, english = visible(re.sub(r'<p class="code">.*?</p>', "", written))
        assert [piece for piece in pieces if ENGLISH_WORDS.search(piece)] == []
        for piece in english:  # sources only: the list of them, and where a number was read
            plain = html.unescape(re.sub(r"<[^>]+>", "", piece))
            assert plain == "English" or any(plain.startswith(one) for one in citations), plain


@pytest.mark.parametrize("substance", catalog.ids())
def test_no_sentence_about_a_substance_is_left_in_english(substance):
    known = catalog.substance(substance)
    worn = {"transdermal": {"duration_min": 1440}}  # a patch needs the time for which it was worn
    doses = [{"amount_mg": 1, "route": route, **worn.get(route, {})} for route in known.routes]
    answers = [service.answer({"substance": substance, "doses": doses, "options": {"draws": 100}})]

    for language in OTHERS:
        voice = TranslatedVoice("page", language)
        for answer in answers:
            said = summarize(answer, voice)
            left = [one.text for one in (said.evidence.because, *said.notes) if one.language != language]
            assert left == []
            names = [entry["analyte"] for entry in answer["analytes"]]
            assert [name for name in (substance, *names) if not voice.knows(name)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_how_a_source_was_consulted_is_said_in_the_readers_language(language, client):
    asked = {"substance": "ketamine", "doses": [{"amount_mg": 10, "route": "oral"}], "options": {"draws": 100}}
    answer = service.answer(asked)
    second_hand = [one.citation for one in catalog.references().values() if one.access == "second-hand"]
    answer["evidence"]["sources"] = second_hand[:2]
    report = pdf.Report(answer, asked, TranslatedVoice("report", language)).written()
    substance = next(
        one for one in catalog.ids() if "[known second-hand]" in json.dumps(service.substance(one)["parameters"])
    )
    numbers = client.get(f"/substances/{substance}?lang={language}").get_data(as_text=True)

    for written in (report, numbers):
        assert f"[{TranslatedVoice('page', language).say('known second-hand')}]" in written
        assert "[known second-hand]" not in written
