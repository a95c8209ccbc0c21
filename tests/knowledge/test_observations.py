"""Observations and claims: the shipped files are sound, and a wrong file is refused with its place."""

import shutil
import tomllib

import pytest
from every import every

from detectapi.knowledge import catalog
from detectapi.knowledge.observations import (
    DATA,
    EVIDENCE_OF_STATUS,
    UNITS,
    claims,
    observations,
    question,
    read_folder,
)
from detectapi.values.errors import CatalogError
from schemas import EstimateRequestSchema
from schemas.observation import EVIDENCE, QUANTITIES, STATUSES
from schemas.vocabulary import ROUTES

ROWS = {row.id: row for row in observations()}
CLAIMS = {claim.id: claim for claim in claims()}
STUDIES = {row.study.id: row.study for row in observations()}
SUBSTANCES = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in (DATA / "substances").glob("*.toml")}
REFERENCES = {file.name: tomllib.loads(file.read_text("utf-8")) for file in DATA.glob("references*.toml")}


def moieties(substance):
    """Ids of a substance's moieties, with those of its blocks and of the substance it extends."""
    return {moiety.id for moiety in catalog.substance(substance).moieties}


# What the sources say, one line for each kind of row; a slip of the pen in a data file shows here.
@pytest.mark.parametrize(
    ("row", "value", "low", "high", "n", "cutoff"),
    [
        ("dejong2020-ketamine", 61 * 24, None, None, 7, 1.0),
        ("dejong2020-norketamine", 40 * 24, None, None, 7, 1.0),
        ("dejong2020-dehydronorketamine", 96 * 24, None, None, 7, 1.0),
        ("dejong2020-any", None, 22 * 24, 96 * 24, 7, 1.0),
        ("dejong2020-ratio-dehydronorketamine", None, 0.01, 0.36, 7, 1.0),
        ("parkin2008-dehydronorketamine", 240, None, None, 6, 0.05),
        ("parkin2008-ketamine-or-norketamine", None, 120, 144, 6, 0.03),
        ("shaffer2022-iv-auc", 113, None, None, 9, None),
        ("hasan2021-iv-ratio-norketamine", 1.79, None, None, 15, None),
        ("simons2022-iv-clearance", 88.8, None, None, 20, None),
        ("koeppel1990-ketamine", 1200, None, None, 9, None),
        ("spravato-renal-auc-norketamine", None, 1.39, 1.55, 24, None),
        ("perrier2013-low-flow", 1000 / 24, None, None, 39, None),
        ("nilsson1982-acid-clearance", 134 * 0.06, None, None, 5, None),
        ("poklis1998-10-positive", 0.67, None, None, 6, 1000),
        ("freudenthaler1998-alkaline-low", 19.4, None, None, 12, None),
    ],
)
def test_rows_say_what_their_source_says(row, value, low, high, n, cutoff):
    result = ROWS[row]

    assert pytest.approx((value, low, high)) == (result.value, result.low, result.high)
    assert (n, cutoff) == (result.n, result.cutoff_ng_ml)


def test_curves_keep_their_times():
    curve = ROWS["kamp2020-bja-norketamine"]

    assert (2, 3, 3.5, 4, 5) == curve.time_h
    assert (0.65, 1.39, 1.38, 1.26, 1.13) == curve.values
    assert "umol/L" == curve.unit


def test_a_spread_is_in_the_unit_of_its_value():
    spread = ROWS["nilsson1982-acid-clearance"].spread

    assert ("sd", pytest.approx(21 * 0.06)) == (spread.kind, spread.value)


def test_an_interval_keeps_its_level():
    spread = ROWS["rolan2014-f"].spread

    assert ("ci", pytest.approx(0.27), pytest.approx(0.31), 0.9) == (spread.kind, spread.low, spread.high, spread.level)


def test_counts_give_the_share_printed():
    for row in ROWS.values():
        if row.count:
            assert round(row.count[0] / row.count[1], 2) == row.value


def test_every_detection_time_has_a_cutoff_and_a_way_of_looking():
    rows = [row for row in ROWS.values() if row.quantity == "detection_time"]

    assert rows
    assert all(row.cutoff_ng_ml and row.study.sampling for row in rows)


def test_what_the_urine_studies_do_not_report_is_called_assumed_with_a_reason():
    assert {"doses", "sampling"} == set(STUDIES["dejong2020"].assumed)
    assert {"sampling"} == set(STUDIES["parkin2008"].assumed)
    assert {"population", "n", "doses"} == set(STUDIES["parkin2008"].recalled)
    assert STUDIES["dejong2020"].sampling.until_h is None


@every("row", [row for row in ROWS.values() if row.study.substance in SUBSTANCES], ids=lambda r: r.id)
def test_analytes_belong_to_the_substance(row):
    assert {*row.analytes, *([row.relative_to] if row.relative_to else [])} <= moieties(row.study.substance)


@every("study", [study for study in STUDIES.values() if study.doses], ids=lambda study: study.id)
def test_a_study_is_a_question(study):
    for compared in (False, True):
        asked = EstimateRequestSchema().load(question(study, compared))

        assert len(study.doses) == len(asked["doses"])
        assert all(dose["route"] in ROUTES for dose in asked["doses"])


def test_a_question_is_asked_under_either_circumstance():
    study = STUDIES["spravato-renal-severe"]

    assert {"low": 5, "high": 28} == question(study)["renal"]["creatinine_clearance_ml_min"]
    assert {"low": 88, "high": 140} == question(study, compared=True)["renal"]["creatinine_clearance_ml_min"]
    assert "words" not in question(study)


def test_calibration_rows_are_of_substances_in_the_data():
    fitted = {row.study.substance for row in ROWS.values() if row.split == "calibration"}

    assert {"ketamine", "esketamine"} <= fitted <= set(catalog.ids())


def test_recalled_rows_used_for_calibration_are_few_and_known():
    result = {row.study.id for row in ROWS.values() if row.status == "recalled" and row.split == "calibration"}

    assert {"wieber1975", "clements1982"} == result


def test_what_restates_a_row_is_never_calibrated_on():
    restating = [row for row in ROWS.values() if row.same_as]

    assert restating
    assert all(row.split == "reference" and row.same_as in ROWS for row in restating)


def test_observations_are_found_by_substance():
    assert {"ketamine"} == {row.study.substance for row in observations("ketamine")}
    assert {"methamphetamine"} == {claim.substance for claim in claims("methamphetamine")}
    assert () == observations("no-such-substance")


def test_claims_are_in_hours_and_unchanged_where_they_name_no_number():
    assert (24, 96) == (CLAIMS["claim-toxcontrol"].low_h, CLAIMS["claim-toxcontrol"].high_h)
    assert (48, 48) == (CLAIMS["claim-vagenbond"].low_h, CLAIMS["claim-vagenbond"].high_h)
    assert (None, None) == (CLAIMS["claim-uk-drug-testing"].low_h, CLAIMS["claim-uk-drug-testing"].high_h)
    assert {"baseline"} == {claim.split for claim in CLAIMS.values()}


def test_every_word_of_the_form_has_a_meaning():
    assert set(UNITS) <= set(QUANTITIES)
    assert set(STATUSES) == set(EVIDENCE_OF_STATUS)
    assert set(EVIDENCE) == {word for words in EVIDENCE_OF_STATUS.values() for word in words}


def test_a_source_is_written_once():
    keys = [key for file in REFERENCES.values() for key in file["references"]]

    assert len(keys) == len(set(keys))


# -- refusals ---------------------------------------------------------------------------------------------------------

STUDY = {
    "id": "study", "source": "doe2001", "substance": "ketamine", "population": "adults", "n": 6, "status": "read",
    "evidence": "primary-abstract", "split": "calibration", "doses": [{"amount_mg": 50, "route": "oral"}],
    "sampling": {"matrix": "urine", "kind": "spot"}, "cutoff_ng_ml": 1,
}  # fmt: skip
ROW = {
    "id": "row", "quantity": "detection_time", "statistic": "max", "analytes": ["ketamine"], "value": 5, "unit": "d",
}  # fmt: skip
CLAIM = {
    "id": "claim", "source": "doe2001", "substance": "ketamine", "says": "a day", "claim": "detectable-until",
    "pattern": "any", "low": 1, "high": 1, "unit": "d", "status": "read", "evidence": "web-page",
}  # fmt: skip
REFERENCE = '[references.{}]\nauthors = "Doe J"\njournal = "Journal"\nyear = 2001\naccess = "{}"\n'


def toml(value):
    """A value as inline TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value).replace("'", '"')


def without(form, *keys):
    return {key: value for key, value in form.items() if key not in keys}


def write(folder, study=STUDY, rows=(ROW,), stated=(CLAIM,), head='id = "some"'):
    (folder / "observations").mkdir()
    references = REFERENCE.format("doe2001", "read") + REFERENCE.format("memory", "recalled")
    (folder / "references.toml").write_text("schema_version = 1\n" + references, "utf-8")
    text = f'schema_version = 1\n{head}\ntitle = "Some"\n'
    text += f"studies = [{toml(study | {'rows': list(rows)})}]\nclaims = {toml(list(stated))}\n"
    (folder / "observations" / "some.toml").write_text(text, "utf-8")
    return folder


def test_a_sound_file_is_read(tmp_path):
    (row,), (claim,) = read_folder(write(tmp_path))

    assert ("row", 120.0, "h", 6, "read", 1) == (row.id, row.value, row.unit, row.n, row.status, row.cutoff_ng_ml)
    assert (24.0, 24.0) == (claim.low_h, claim.high_h)


def test_a_row_overrides_its_study(tmp_path):
    own = ROW | {"status": "recalled", "evidence": "memory", "split": "reference", "cutoff_ng_ml": 2, "n": 3}
    (row,), _ = read_folder(write(tmp_path, rows=[own]))

    assert ("recalled", "memory", "reference", 2, 3) == (row.status, row.evidence, row.split, row.cutoff_ng_ml, row.n)


RATIO = ROW | {"quantity": "urine_ratio", "unit": "1", "relative_to": "norketamine", "ratio_of": "mass"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"rows": [ROW | {"colour": "red"}]}, "/studies/0/rows/0/colour"),
        ({"rows": [ROW | {"value": "5"}]}, "/studies/0/rows/0/value"),
        ({"rows": [ROW | {"value": float("nan")}]}, "/studies/0/rows/0/value"),
        ({"rows": [ROW | {"tuned": 1}]}, "/studies/0/rows/0/tuned"),
        ({"rows": [ROW | {"quantity": "detection"}]}, "/studies/0/rows/0/quantity"),
        ({"rows": [without(ROW, "value")]}, "/studies/0/rows/0"),
        ({"rows": [ROW | {"low": 1, "high": 2}]}, "/studies/0/rows/0"),
        ({"rows": []}, "/studies/0/rows"),
        ({"study": STUDY | {"doses": [{"route": "oral"}]}}, "/studies/0/doses/0"),
        ({"study": STUDY | {"given": {"urine_ph": 12}}}, "/studies/0/given/urine_ph"),
        ({"stated": [CLAIM | {"pattern": "often"}]}, "/claims/0/pattern"),
        ({"head": 'id = "other"'}, "some.toml: id"),
        ({"head": "id = "}, "not TOML"),
        ({"rows": [ROW | {"unit": "ng/mL"}]}, "row: ng/mL"),
        ({"rows": [ROW | {"quantity": "auc", "unit": "ug*h/mL"}]}, "row: unit must be ng\\*h/mL"),
        ({"rows": [ROW | {"status": "recalled"}]}, "row: primary-abstract"),
        ({"rows": [ROW | {"evidence": "digitised"}]}, "row: digitised"),
        ({"rows": [without(ROW, "value") | {"low": 6, "high": 5}]}, "row: low"),
        ({"rows": [without(ROW, "value") | {"low": 6}]}, "row: low and high"),
        ({"rows": [ROW | {"statistic": "range"}]}, "row: a range"),
        ({"rows": [without(ROW, "value") | {"values": [1, 2], "time_h": [1]}]}, "row: each of values"),
        ({"rows": [without(ROW, "value") | {"values": [1, 2], "time_h": [2, 1]}]}, "row: time_h"),
        ({"rows": [ROW | {"fold": True, "unit": "1"}]}, "row: a fold change"),
        ({"rows": [without(ROW, "analytes")]}, "row: analytes"),
        ({"rows": [ROW | {"analytes": ["ketamine", "norketamine"]}]}, "row: several analytes"),
        ({"rows": [ROW | {"rule": "any"}]}, "row: several analytes"),
        ({"rows": [without(RATIO, "relative_to")]}, "row: a ratio needs"),
        ({"rows": [without(RATIO, "ratio_of")]}, "row: a ratio is"),
        ({"rows": [ROW | {"statistic": "share"}]}, "row: a share"),
        ({"rows": [ROW | {"count": {"positive": 3, "of": 2}}]}, "row: count"),
        ({"rows": [ROW | {"spread": {"ci_low": 1, "ci_high": 2}}]}, "row: an interval"),
        ({"rows": [ROW, ROW]}, "row: an observation of this id"),
        ({"rows": [ROW], "stated": [CLAIM | {"id": "row"}]}, "row: an observation of this id"),
        ({"rows": [ROW | {"same_as": "row"}]}, "row: a row that restates"),
        ({"rows": [ROW | {"split": "reference", "same_as": "none"}]}, "row: same_as"),
        ({"study": without(STUDY, "cutoff_ng_ml")}, "row: a detection time needs its cutoff"),
        ({"study": without(STUDY, "sampling")}, "row: a detection time needs its study"),
        ({"study": without(STUDY, "doses")}, "row: calibration needs doses"),
        ({"study": without(STUDY, "split")}, "row: split is missing"),
        ({"study": STUDY | {"source": "nobody"}}, "row: nobody"),
        ({"study": STUDY | {"source": "memory"}}, "row: memory was recalled"),
        ({"study": STUDY | {"recalled": ["given"]}}, "study: given"),
        ({"study": STUDY | {"assumed": [{"field": "given", "reason": "x"}]}}, "study: given"),
        ({"study": STUDY | {"assumed": [{"field": "doses"}]}}, "/studies/0/assumed/0/reason"),
        ({"stated": [CLAIM | {"source": "nobody"}]}, "claim: nobody"),
        ({"stated": [CLAIM | {"evidence": "memory"}]}, "claim: memory"),
        ({"stated": [without(CLAIM, "unit")]}, "claim: low, high and unit"),
        ({"stated": [CLAIM | {"low": 3}]}, "claim: low"),
    ],
)
def test_a_mistake_is_refused_with_its_place(tmp_path, changes, place):
    with pytest.raises(CatalogError, match=place):
        read_folder(write(tmp_path, **changes))


def test_mistakes_of_rows_and_claims_are_reported_together(tmp_path):
    study = without(STUDY, "cutoff_ng_ml") | {"source": "nobody"}
    with pytest.raises(CatalogError) as caught:
        read_folder(
            write(
                tmp_path, study=study, stated=[CLAIM | {"source": "nobody"}, CLAIM | {"id": "b", "evidence": "memory"}]
            )
        )

    assert {"row", "claim", "b"} == {mistake.place for mistake in caught.value.mistakes}


def test_an_unknown_source_in_the_shipped_files_would_be_refused(tmp_path):
    shutil.copytree(DATA / "observations", tmp_path / "observations")
    shutil.copy(DATA / "references.toml", tmp_path)  # without the sources of the observations

    with pytest.raises(CatalogError, match="is in no references file"):
        read_folder(tmp_path)
