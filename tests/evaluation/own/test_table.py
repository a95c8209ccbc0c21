"""A table of own observations is read whole, and everything that is wrong with it is named with its row and column."""

import json

import pytest

from detectapi.cli import own
from detectapi.evaluation.own import made, table
from detectapi.values.errors import InputError, UnknownSubstance

USE = json.dumps([{"amount_mg": 10, "route": "oral"}])
ROW = {
    "study": "s", "person": "1", "substance": "zolpidem", "use": USE, "quantity": "plasma_concentration",
    "analyte": "zolpidem", "time_h": "2", "low": "80", "unit": "ng/mL",
}  # fmt: skip
GROUP = ROW | {
    "person": "",
    "time_h": "",
    "quantity": "half_life",
    "statistic": "mean",
    "n": "8",
    "low": "2.4",
    "unit": "h",
}


def wrong(*rows):
    """The place of each mistake in some rows."""
    with pytest.raises(InputError) as error:
        table.gathered(list(rows))
    return [problem.pointer for problem in error.value.problems]


def test_concentrations_of_people_and_statistics_of_groups_are_told_apart():
    own = table.gathered([ROW, ROW | {"time_h": "4", "low": "< 5"}, ROW | {"person": "2"}, GROUP])

    assert [len(person.points) for person in own.people] == [2, 1]
    assert [(point.value, point.below) for point in own.people[0].points] == [(80.0, False), (5.0, True)]
    assert [(row.quantity, row.value, row.n) for row in own.rows] == [("half_life", 2.4, 8)]
    assert [(line["low"], line["high"]) for line in own.lines] == [
        ("80.0", "80.0"), ("0.0", "5.0"), ("80.0", "80.0"), ("2.4", "2.4"),
    ]  # fmt: skip


def test_a_unit_of_the_same_kind_is_converted():
    own = table.gathered([ROW | {"low": "0.08", "unit": "mg/L"}, ROW | {"time_h": "3", "low": "< 2", "unit": "ug/L"}])

    assert [point.value for point in own.people[0].points] == [pytest.approx(80.0), 2.0]


def test_a_limit_may_stand_in_either_column():
    for cells in ({"low": "<5"}, {"low": "", "high": "< 5"}, {"low": "< 5", "high": "5"}):
        (point,) = table.gathered([ROW | cells]).people[0].points
        assert (point.value, point.below) == (5.0, True), cells


def test_every_mistake_of_every_row_is_reported_with_its_column():
    rows = [
        ROW | {"low": "n.d.", "time_h": "", "use": json.dumps([{"amount_mg": -10, "route": "oral"}])},
        ROW | {"analyte": "zolpiden", "person": "2"},
        ROW | {"unit": "h", "person": "3"},
        ROW | {"use": "[{", "person": "4"},
        GROUP | {"quantity": "tmax"},
        GROUP | {"low": "< 3", "id": "limit"},
        GROUP | {"quantity": "detection_time", "id": "no-cutoff"},
    ]

    places = wrong(*rows)

    assert {"row 2, low", "row 2, time_h", "row 2, use", "row 3, analyte", "row 4, unit", "row 5, use"} <= set(places)
    assert {"row 6, quantity", "row 7, low", "row 8, cutoff_ng_ml", "row 8, sampling"} <= set(places)


def test_rows_of_one_person_must_agree():
    other = json.dumps([{"amount_mg": 5, "route": "oral"}])

    assert wrong(ROW, ROW | {"time_h": "4", "use": other}) == ["row 3, use"]
    assert wrong(ROW, ROW) == ["row 3, time_h"]


def test_rows_with_the_same_id_are_refused():
    assert wrong(ROW | {"id": "a"}, ROW | {"id": "a", "time_h": "4"}) == ["row 3, id"]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"substance": "nothing"}, "substance"),
        ({"low": "0"}, "low"),
        ({"low": ""}, "low"),
        ({"high": "90"}, "high"),
        ({"use": json.dumps([{"amount_mg": 10, "route": "smoked"}])}, "use"),
        ({"circumstances": json.dumps({"person": {"weight_kg": -3}})}, "circumstances"),
        ({"n": "many", "person": "2"}, "n"),
    ],
)
def test_a_wrong_cell_is_named(cells, column):
    assert f"row 2, {column}" in wrong(ROW | cells)


def test_a_header_with_wrong_or_missing_columns_is_refused(tmp_path):
    file = tmp_path / "own.csv"
    file.write_text("substance,use,quantity,analyt,unit\n", encoding="utf-8")

    with pytest.raises(InputError) as error:
        table.read(file)

    assert [(one.pointer, one.code) for one in error.value.problems] == [
        ("row 1, analyt", "unknown-column"), ("row 1, analyte", "required"), ("row 1, low", "required"),
    ]  # fmt: skip
    assert "analyte" in error.value.problems[0].detail


def test_a_limit_that_is_no_number_is_refused_with_the_way_to_write_it():
    for cell in ("<LOQ", "LOQ", ">5", "n.d.", ""):
        with pytest.raises(InputError) as error:
            table.gathered([ROW | {"low": cell}])
        assert "`< 5`: the limit itself" in error.value.problems[0].detail, cell


def test_a_table_separated_by_semicolons_is_refused_in_one_line(tmp_path):
    file = tmp_path / "own.csv"
    file.write_text("substance;use;quantity\nzolpidem;[];tmax\n", encoding="utf-8")

    with pytest.raises(InputError) as error:
        table.read(file)

    assert [one.detail for one in error.value.problems] == [
        "The columns are separated by semicolons; they must be by commas."
    ]


def test_a_name_that_is_nearly_right_is_asked_about_in_words(tmp_path):
    file = tmp_path / "own.csv"
    file.write_text("substanc\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"No such column\. Did you mean substance\?"):
        table.read(file)
    with pytest.raises(InputError, match=r"No such substance; .* Did you mean zolpidem\?"):
        table.gathered([ROW | {"substance": "zolpidemm"}])
    with pytest.raises(UnknownSubstance, match=r"^Unknown substance; .* Did you mean zolpidem\?$"):
        own.calibrate("zolpidemm", "none.csv", "none", None, alone=False)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"substance,use,quantity,analyte,low,unit\n"])
def test_a_file_without_rows_is_refused(content, tmp_path):
    file = tmp_path / "own.csv"
    file.write_bytes(content)

    with pytest.raises(InputError):
        table.read(file)


def test_a_made_table_reads_back_with_the_same_numbers(tmp_path):
    question = {"substance": "zolpidem", "doses": json.loads(USE)}
    rows = made.make(question, {"plasma": [1, 4]}, ["zolpidem"], 3, {}, loq=30.0, seed=5)
    file = tmp_path / "own.csv"
    file.write_text(made.text(rows), encoding="utf-8-sig")

    own = table.read(file)

    stated = [row["low"] for row in rows]
    points = [point for person in own.people for point in person.points]
    assert [f"< {point.value:g}" if point.below else f"{point.value:.4g}" for point in points] == stated
    assert made.make(question, {"plasma": [1, 4]}, ["zolpidem"], 3, {}, loq=30.0, seed=5) == rows


def test_a_truth_is_a_factor_of_a_typical_value_on_the_logarithmic_scale():
    truth = made.factors("zolpidem", ["zolpidem.clearance=1.4"])

    assert truth["zolpidem.clearance"] == pytest.approx(0.3364722366 / 0.2)
    for word in ("zolpidem.clearance=-1", "zolpidem.clearance", "nothing=2", "oral.fraction_zolpidem=2"):
        with pytest.raises(InputError):
            made.factors("zolpidem", [word])
