"""A panel of tests as an answer: a part for each class, and `tested: false` with the reason for what no class looks for."""

import numpy as np
import pytest
import toys
from toys import Moiety

from detectapi import service
from detectapi.batch import chunk
from detectapi.batch.options import Options
from detectapi.telling import terminal
from detectapi.telling.picture import picture
from detectapi.telling.summary import summarize
from detectapi.values.errors import InputError, NotSupported
from schemas.response import EstimateResponseSchema

SCREEN = toys.assay(["red"], [{"analyte": "red", "cutoff_ng_ml": 60}], "immunoassay")
CONFIRM = toys.assay(["red"], [{"analyte": "red", "cutoff_ng_ml": 40}])
BLUE = toys.assay(["blue"], [{"analyte": "blue", "cutoff_ng_ml": 20}, {"analyte": "red", "cutoff_ng_ml": 200}])
BOTH = {"name": "Red, both", "issuer": "Toy", "date": "2026", "substances": ["red"], "stages": ["screen", "confirm"]}
PANEL = {
    "name": "Toy panel", "issuer": "Toy maker", "date": "2026", "because": "Not on the list of 2026", **toys.ASSUMED,
    "classes": [
        {"id": "reds", "name": "Red ones", "assays": ["both"]},
        {"id": "blues", "name": "Blue ones", "assays": ["blue-test"]},
        {"id": "greens", "name": "Green ones", "assays": []},
    ],
    "not_tested": [{"substances": ["grey"], "because": "The issuer says so.", **toys.ASSUMED}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    trees = {
        "red": [Moiety("red")],
        "blue": [Moiety("blue"), Moiety("red", {"blue": 0.2})],
        "grey": [Moiety("grey")],
        "pink": [Moiety("pink")],
    }
    substances = [toys.substance(name, tree, [toys.oral({name: 0.6})]) for name, tree in trees.items()]
    assays = {"screen": SCREEN, "confirm": CONFIRM, "both": {**BOTH, **toys.ASSUMED}, "blue-test": BLUE}
    toys.write(tmp_path, substances, assays, panels={"panels": {"toy-panel": PANEL}})


def use(name, amount=20.0):
    return {"substance": name, "doses": [{"amount_mg": amount, "route": "oral"}]}


def ask(*names, assay="toy-panel", **options):
    uses = use(names[0]) if len(names) == 1 else {"uses": [use(name) for name in names]}
    return service.load({**uses, "assay": assay, "options": {"draws": 500, **options}})


def test_a_class_is_answered_like_its_test():
    answer, alone = (
        service.answer(ask("red", times_h=[5, 10])),
        service.answer(ask("red", assay="both", times_h=[5, 10])),
    )
    (part,) = answer["classes"]

    assert (part["id"], part["name"], part["tested"], part["substances"]) == ("reds", "Red ones", True, ["red"])
    for name in ("window", "serial", "analytes", "stages", "curve", "asked", "evidence"):
        assert part[name] == alone[name]
    assert answer["window"] == alone["window"]
    assert answer["asked"] == alone["asked"]
    assert answer["assay"] == {
        "id": "toy-panel",
        "name": "Toy panel",
        "issuer": "Toy maker",
        "date": "2026",
        "asked": True,
    }
    assert answer["provenance"]["assay"] == "toy-panel"


def test_what_no_class_looks_for_is_an_answer_that_says_so_in_words_first():
    for name, because in (("pink", "Not on the list of 2026"), ("grey", "The issuer says so.")):
        answer = service.answer(ask(name, times_h=[5]))
        (part,) = answer["classes"]
        said = summarize(answer)

        assert (part["tested"], part["because"], part["id"]) == (False, because, None)
        assert answer["window"]["ever_positive"] == 0.0
        assert answer["asked"] == [{"time_h": 5.0, "probability_positive": 0.0, "low": 0.0, "high": 0.0}]
        assert said.headline == f"This test does not look for {name.title()}"
        assert because.rstrip(".") in said.sentences[0]
        assert said.headline in terminal.summary(answer)
        assert picture(answer).headline == said.headline


def test_of_several_uses_each_class_adds_up_what_it_reads_and_names_what_none_looks_for():
    answer = service.answer(ask("red", "blue", "pink"))
    reds, blues, pink = answer["classes"]
    alone = service.answer(ask("red", "blue", assay="both"))

    assert [part["tested"] for part in (reds, blues, pink)] == [True, True, False]
    assert (reds["substances"], blues["substances"]) == (["red", "blue"], ["red", "blue"])
    assert reds["window"] == alone["window"]
    assert [entry["analyte"] for entry in answer["analytes"]] == ["red", "blue", "red"]
    assert [note["code"] for note in answer["notes"]].count("not-looked-for") == 1
    assert "Pink is not tested. Not on the list of 2026." in summarize(answer).sentences


def test_a_panel_is_positive_where_some_class_is():
    answer = service.answer(ask("red", "blue"))
    windows = [part["window"] for part in answer["classes"]]

    for end in ("low_h", "median_h", "high_h", "ever_positive"):
        assert answer["window"][end] >= max(window[end] for window in windows)
    assert sum(answer["uncertainty"].values()) == pytest.approx(1.0, abs=0.01)
    rows = summarize(answer).windows
    assert [row.name for row in rows] == ["any class", "Red ones", "Blue ones"]


@pytest.mark.parametrize("names", [("red",), ("pink",), ("red", "blue", "pink"), ("grey", "pink")])
def test_every_answer_has_the_form_of_the_contract(names):
    answer = service.answer(ask(*names))
    known = EstimateResponseSchema().fields

    assert set(answer) <= set(known)
    assert {name for name, field in known.items() if field.required} <= set(answer)
    part = known["classes"].inner.nested().fields
    for one in answer["classes"]:
        assert set(one) <= set(part)
        assert {name for name, field in part.items() if field.required} <= set(one)
    assert terminal.summary(answer)
    assert np.isfinite(answer["window"]["median_h"])


def test_rows_of_tables_ask_for_one_test_at_a_time():
    row = {"id": "a", "substance": "red", "route": "oral", "amount_mg": 5, "assay": "toy-panel"}
    good, (bad,) = chunk.answer(enumerate([row]), Options(draws=100))

    assert not good
    assert (bad["pointer"], bad["code"]) == ("/assay", "not-supported")


def shape(value):
    """The keys of an answer all the way down, with what a list holds."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else None


def numbers(value):
    if isinstance(value, dict):
        return [number for inner in value.values() for number in numbers(inner)]
    return [number for inner in value for number in numbers(inner)] if isinstance(value, list) else [value]


def test_an_answer_of_nothing_tested_has_the_keys_of_any_other_and_zeros():
    nothing, some = (service.answer(ask(name, times_h=[5])) for name in ("pink", "red"))

    assert set(nothing) == set(some)
    for name in ("window", "serial", "curve", "asked", "uncertainty", "uncertainty_se", "provenance"):
        assert shape(nothing[name]) == shape(some[name])
    for name in ("window", "serial", "curve", "uncertainty", "uncertainty_se"):
        assert set(numbers(nothing[name])) <= {0.0, 0.9}  # 0.9 is the level
    assert nothing["provenance"] == {**some["provenance"], **{
        name: nothing["provenance"][name] for name in ("substance_sha256", "assay", "calibration", "model")
    }}  # fmt: skip
    assert nothing["limits"] == some["limits"]
    assert nothing["evidence"]["rows"] == []


@pytest.mark.parametrize("names", [("red",), ("pink",), ("red", "blue")])
def test_one_class_that_is_positive_suffices(names):
    assert service.answer(ask(*names))["rule"] == "any"


def test_the_series_of_a_panel_is_that_of_the_class_that_is_positive_longest():
    answer = service.answer(ask("red", "blue"))
    medians = [part["serial"]["last_positive"]["median_h"] for part in answer["classes"]]

    assert len(set(medians)) == 2
    assert answer["serial"]["last_positive"]["median_h"] == max(medians)


def test_a_test_that_needs_what_was_not_used_is_refused_by_name():
    with pytest.raises(NotSupported) as caught:
        service.answer(ask("pink", assay="blue-test"))

    assert (caught.value.pointer, caught.value.code) == ("/assay", "not-supported")


def test_a_rule_that_needs_an_analyte_that_is_not_formed_is_refused():
    both = {"rule": "all", "analytes": [{"analyte": name, "cutoff_ng_ml": 20} for name in ("red", "blue")]}
    with pytest.raises(InputError) as caught:
        service.answer(ask("red", assay=both))

    assert caught.value.pointer.startswith("/assay")
