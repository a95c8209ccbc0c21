"""A panel of tests as an answer: a part for each class, and `tested: false` with the reason for what no class looks for."""

import json

import numpy as np
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet
import pytest
import toys
from toys import Moiety

from detectapi import service
from detectapi.batch import chunk, table
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
    every = toys.assay(["red", "blue"], BLUE["components"], rule="all")
    assays = {"screen": SCREEN, "confirm": CONFIRM, "both": {**BOTH, **toys.ASSUMED}, "blue-test": BLUE, "every": every}
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


TIMES = (5.0, 10.0)
FIGURES = ("median_h", "low_h", "high_h", "monte_carlo_se_h", "ever_positive")


def row(name, **more):
    """A row of a table that asks what `ask` asks."""
    return {"substance": name, "route": "oral", "amount_mg": 20, "assay": "toy-panel", **more}


def rows_of(answer):
    """What a table says of an answer: the panel as a whole, then each class."""
    return [
        (
            one.get("id") if one is not answer else None,
            *(one["window"][name] for name in FIGURES),
            *(time["probability_positive"] for time in one["asked"]),
            one["evidence"]["grade"],
        )
        for one in (answer, *(part for part in answer["classes"] if part["tested"]))
    ]


def in_table(lines):
    return [
        (one["class"], *(one[name] for name in FIGURES), *one["probability"], one["evidence"]) for one in lines
    ]  # fmt: skip


def test_a_row_of_a_table_has_the_panel_as_a_whole_and_a_line_for_each_class():
    names = ("red", "blue", "pink")
    uses = {"id": "all", "uses": [use(name) for name in names], "assay": "toy-panel"}
    asked = [*(row(name, id=name) for name in names), uses]
    good, bad = chunk.answer(enumerate(asked, 1), Options(draws=500, times_h=TIMES))

    assert not bad
    for used in (*((name,) for name in names), names):
        lines = [line for line in good if line["id"] == ("all" if len(used) > 1 else used[0])]
        answer = service.answer(ask(*used, times_h=list(TIMES)))
        assert in_table(lines) == rows_of(answer), used
        assert sorted(set(lines[0]["notes"].split())) == sorted({note["code"] for note in answer["notes"]})
    assert [(line["id"], line["class"]) for line in good] == [
        ("red", None), ("red", "reds"), ("blue", None), ("blue", "blues"), ("pink", None),
        ("all", None), ("all", "reds"), ("all", "blues"),
    ]  # fmt: skip


def test_a_panel_beside_other_rows_and_amounts_is_answered_as_alone():
    asked = [row("red", amount_mg=amount, assay=assay) for amount in (1, 20, 300) for assay in ("toy-panel", "both")]
    options = Options(draws=100, times_h=TIMES)
    together, _ = chunk.answer(enumerate(asked, 1), options)
    alone = [line for one in enumerate(asked, 1) for line in chunk.answer([one], options)[0]]

    def plain(lines):
        return [{name: value for name, value in line.items() if name not in ("first", "last")} for line in lines]

    assert plain(together) == plain(alone)


@pytest.mark.parametrize("file_format", ["csv", "ndjson", "parquet", "arrow"])
def test_every_format_of_a_result_has_the_classes(file_format, tmp_path):
    options = Options(draws=100, times_h=TIMES)
    uses = {"id": "a", "uses": [use("red"), use("blue")], "assay": "toy-panel"}
    good, _ = chunk.answer(enumerate([uses, row("red", id="b", assay="both")]), options)
    path = str(tmp_path / "result")
    table.write_whole([table.to_table(good, options)], options, {"version": "1"}, file_format, path)
    read = {
        "csv": lambda: pyarrow.csv.read_csv(path, convert_options=pyarrow.csv.ConvertOptions(strings_can_be_null=True)),
        "ndjson": lambda: pyarrow.json.read_json(path),
        "parquet": lambda: pyarrow.parquet.read_table(path),
        "arrow": lambda: pyarrow.ipc.open_file(path).read_all(),
    }[file_format]()

    assert read["id"].to_pylist() == ["a", "a", "a", "b"]
    assert read["class"].to_pylist() == [None, "reds", "blues", None]
    assert read["median_h"].to_pylist() == [one["median_h"] for one in good]


def test_the_count_of_answered_rows_has_a_panel_once(tmp_path):
    asked = [row("red"), row("red", assay="both"), row("grey"), row("none")]
    (tmp_path / "rows").write_text("\n".join(json.dumps({"n": i, "row": one}) for i, one in enumerate(asked, 1)))
    done = chunk.compute({
        "options": Options(draws=100).to_dict(), "source": {"file": str(tmp_path / "rows")},
        "part": str(tmp_path / "part"), "errors": str(tmp_path / "errors"),
    })  # fmt: skip

    assert (done["rows"], done["bad"]) == (3, 1)
    assert pyarrow.parquet.read_table(tmp_path / "part").num_rows == 4


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


def test_a_registered_test_whose_every_analyte_must_be_positive_needs_all_of_them_formed():
    assert service.answer(ask("blue", assay="every"))["rule"] == "all"
    with pytest.raises(NotSupported, match="that Red does not form") as caught:
        service.answer(ask("red", assay="every"))

    assert caught.value.pointer == "/assay"


def test_a_rule_that_needs_an_analyte_that_is_not_formed_is_refused():
    both = {"rule": "all", "analytes": [{"analyte": name, "cutoff_ng_ml": 20} for name in ("red", "blue")]}
    with pytest.raises(InputError) as caught:
        service.answer(ask("red", assay=both))

    assert caught.value.pointer.startswith("/assay")
