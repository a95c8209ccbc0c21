"""The benchmark: its table and report are fresh, and its scorer says what the scores of validation say."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from detectapi import service
from detectapi.cli.main import cli
from detectapi.evaluation.benchmark import calculators, entrants, report, score, table
from detectapi.evaluation.calibration.people import TypicalNumbers
from detectapi.evaluation.validation import one_volume, scores
from detectapi.evaluation.validation.trial import Trial
from detectapi.knowledge import observations
from detectapi.model.question import read_question

FOLDER = Path(__file__).parents[3] / "docs" / "benchmark"
SEVEN = {f"{level:g}": str(10.0 * (i + 1)) for i, level in enumerate(score.LEVELS)}


def a_line(name="a", low="20", high="20", **others):
    common = {"statistic": "max", "log_offset": "1", "same_as": "", "used": "aside", "publication": name}
    return {"id": name, "low": low, "high": high, **common, **dict.fromkeys(score.GROUPS, "x"), **others}


# -- the table --------------------------------------------------------------------------------------------------------


def test_the_committed_table_is_what_the_command_writes():
    committed = (FOLDER / table.TABLE).read_text(encoding="utf-8")

    assert committed == table.written(table.table(), table.COLUMNS), "run: detectapi benchmark table"


def test_every_observation_is_in_the_table_and_ids_are_unique():
    lines = table.table()

    assert {line["observation"] for line in lines} == {row.id for row in observations.observations()}
    assert len({line["id"] for line in lines}) == len(lines)


def test_every_column_is_in_the_data_dictionary():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")

    for name, words in table.COLUMNS.items():
        assert f"| `{name}` | {words} |" in text
    assert f"Version {table.rules()['version']}," in text


def test_a_row_that_a_calibration_was_fitted_to_names_the_calibration():
    by_id = {line["observation"]: line for line in table.table()}

    for row, names in table.fitted_by().items():
        assert by_id[row]["used"] == "fitted"
        assert by_id[row]["fitted_by"] == " ".join(names)


def test_the_table_as_parquet_has_the_same_numbers(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")

    read = parquet.read_table(table.write_parquet(tmp_path)).to_pylist()

    for line, same in zip(table.table(), read, strict=True):
        assert line["id"] == same["id"]
        assert (float(line["low"]) if line["low"] else None) == same["low"]


# -- the scorer -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("low", "high"), [("20", "20"), ("1", "1"), ("90", "95"), ("15", "30")])
def test_a_number_scores_as_in_validation(low, high):
    joined = score.join([a_line(low=low, high=high)], [{"id": "a", **SEVEN}])
    observed = (np.log1p(float(low)), np.log1p(float(high)))
    q = np.log1p(joined[0][1])

    values = score.each(joined)[0]

    assert values[0] == pytest.approx(scores.interval_score(q[1], q[5], observed, 0.9))
    assert list(values[2:5]) == [q[i] <= observed[1] and observed[0] <= q[6 - i] for i in (2, 1, 0)]
    assert np.exp(values[5]) == pytest.approx(61.0 / 21.0)


@pytest.mark.parametrize("observed", [0.3, 1.0, 2.5])
def test_crps_from_seven_quantiles_is_near_that_of_the_sample(observed):
    """The shape between seven quantiles, and the tails beyond them, are lost: of a normal distribution less than a tenth."""
    sample = np.exp(np.random.default_rng(1).standard_normal(20_000))
    quantiles = {f"{level:g}": str(np.quantile(sample, level)) for level in score.LEVELS}
    line = a_line(low=str(observed), high=str(observed), log_offset="0")

    (values,) = score.each(score.join([line], [{"id": "a", **quantiles}]))

    assert values[1] == pytest.approx(scores.crps(np.log(sample), np.log(observed)), rel=0.1)


@pytest.mark.parametrize(("low", "high"), [(2.5, 2.5), (0.01, 0.01), (0.5, 4.0)])
def test_samples_score_as_their_exact_crps_and_intervals(low, high):
    """Of samples every score is that of the sample itself."""
    sample = np.exp(np.random.default_rng(2).standard_normal(137))
    line = a_line(low=str(low), high=str(high), log_offset="0")
    forecasts = [{"id": "a", "sample": repr(float(value)), "fitted": "0"} for value in sample]
    logs, observed = np.log(sample), (np.log(low), np.log(high))

    (values,) = score.each(score.join([line], forecasts))

    ends = scores.interval(logs, 0.9)
    assert values[0] == pytest.approx(scores.interval_score(*ends, observed, 0.9))
    assert values[5] == pytest.approx(ends[1] - ends[0])
    assert list(values[2:5]) == [scores.inside(logs, observed, level) for level in scores.LEVELS]
    if low == high:
        assert values[1] == pytest.approx(scores.crps(logs, observed[0]))


@pytest.mark.parametrize("observed", [0.3, 1.0, 2.5])
def test_samples_and_their_quantiles_score_nearly_the_same(observed):
    """Intervals are the same; of CRPS the shape between seven quantiles is lost, less than a tenth of it."""
    sample = np.exp(np.random.default_rng(1).standard_normal(2000))
    line = a_line(low=str(observed), high=str(observed), log_offset="0")
    seven = [{"id": "a"} | {f"{level:g}": str(np.quantile(sample, level)) for level in score.LEVELS}]
    samples = [{"id": "a", "sample": str(value)} for value in sample]

    (one,), (other,) = (score.each(score.join([line], forecasts)) for forecasts in (seven, samples))

    assert one[[0, 2, 3, 4, 5]] == pytest.approx(other[[0, 2, 3, 4, 5]], rel=1e-3)
    assert one[1] == pytest.approx(other[1], rel=0.1)


def test_too_few_samples_and_samples_that_are_no_numbers_are_refused():
    few, none = ["1"] * (score.FEWEST - 1), ["1"] * score.FEWEST + ["nan"]
    for values, words in ((few, f"at least {score.FEWEST} numbers"), (none, "column sample must be a number")):
        with pytest.raises(ValueError, match=f"a: .*{words}"):
            score.join([a_line()], [{"id": "a", "sample": value} for value in values])


def test_the_bootstrap_draws_whole_publications():
    values = np.tile([[1.0], [1.0], [4.0]], 6)

    one = score.summary(values, ["a", "a", "a"])
    two = score.summary(values, ["a", "a", "b"])

    assert (one == 2.0).all()
    assert two[:, 0].tolist() == [2.0, 1.0, 4.0]


def test_fitted_numbers_are_scored_apart_and_the_file_overrides_the_table():
    lines = [a_line("a"), a_line("b", used="fitted"), a_line("c", used="fitted")]
    forecasts = [{"id": "a", **SEVEN}, {"id": "b", **SEVEN}, {"id": "c", **SEVEN, "fitted": "0"}]

    assert [fitted for _, _, fitted in score.join(lines, forecasts)] == [False, True, False]


def test_whether_a_number_was_fitted_is_0_or_1_however_a_spreadsheet_writes_it():
    for word, fitted in [("0", False), ("0.0", False), ("1", True), ("1.0", True), (" 1", True), ("", False)]:
        assert score.join([a_line()], [{"id": "a", **SEVEN, "fitted": word}])[0][2] is fitted, word
    for word in ("yes", "2", "true"):
        with pytest.raises(ValueError, match="a: fitted must be 0 or 1"):
            score.join([a_line()], [{"id": "a", **SEVEN, "fitted": word}])


def test_each_mistake_in_predictions_has_its_own_message_with_the_id():
    one = {"id": "a", **SEVEN}
    cases = [
        ([one | {"id": "z"}], "z: the table has no such id"),
        ([one, one], "a: this id is on 2 lines"),
        ([one | {"0.95": None, "0.975": None}], "a: column 0.95 must be a number"),  # what a short row is read as
        ([one | {"0.25": "3 h"}], "a: column 0.25 must be a number"),
        ([one | {"0.5": "5"}], "a: quantiles must not fall"),
    ]
    for predictions, words in cases:
        with pytest.raises(ValueError, match=words):
            score.join([a_line()], predictions)


def test_the_scores_say_how_many_numbers_were_forecast():
    lines = [a_line("a"), a_line("b"), a_line("c", same_as="a")]

    assert score.printed(lines, [{"id": "a", **SEVEN}]).endswith(
        "\n\n1 of the 2 numbers that are scored were forecast."
    )


def test_one_sided_restated_and_missing_numbers_are_not_scored():
    lines = [a_line("a", statistic="at-most"), a_line("b", same_as="a"), a_line("c", low="", high="")]

    assert score.join(lines, [{"id": name, **SEVEN} for name in "abc"]) == []


@pytest.mark.parametrize("wrong", [{"id": "z"}, {"0.5": "5"}, {"0.975": "nan"}])
def test_predictions_that_cannot_be_scored_are_refused(wrong):
    with pytest.raises(ValueError, match="a:|z:"):
        score.join([a_line()], [{"id": "a", **SEVEN, **wrong}])


@pytest.mark.parametrize("content", ["", "id,0.5\na,3\n"])
def test_the_command_says_which_columns_are_missing(content, tmp_path):
    file = tmp_path / "forecasts.csv"
    file.write_text(content, encoding="utf-8")

    result = CliRunner().invoke(cli, ["benchmark", "score", str(file)])

    assert result.exit_code == 2
    assert "columns are missing: " in result.output
    assert "0.975" in result.output


def test_a_file_as_a_spreadsheet_saves_it_is_read(tmp_path):
    file = tmp_path / "forecasts.csv"
    file.write_text("id,0.5\na,3\n", encoding="utf-8-sig")

    assert score.read(file) == [{"id": "a", "0.5": "3"}]


def test_the_script_stands_alone_and_prints_the_same_scores_as_the_command(tmp_path):
    """The script runs in a folder of its own, from which nothing of the project can be imported."""
    script, forecasts = FOLDER / "score.py", str(entrants.file_of(FOLDER, "charts"))
    source = script.read_text(encoding="utf-8")
    (tmp_path / "score.py").write_text(source, encoding="utf-8")

    run = [sys.executable, "-I", str(tmp_path / "score.py"), forecasts, str(FOLDER / table.TABLE)]
    alone = subprocess.run(run, capture_output=True, text=True, check=True, cwd=tmp_path).stdout  # noqa: S603

    assert source == Path(score.__file__).read_text(encoding="utf-8"), "run: detectapi benchmark table"
    assert len(source.splitlines()) <= 150
    assert "detectapi" not in source
    assert alone == CliRunner().invoke(cli, ["benchmark", "score", forecasts]).output


# -- the entrants -----------------------------------------------------------------------------------------------------


def test_the_committed_report_is_what_the_command_writes():
    for name, content in report.files(FOLDER).items():
        assert (FOLDER / name).read_text(encoding="utf-8") == content, f"{name}: run detectapi benchmark report"


def test_a_report_that_misses_the_aim_says_so_first():
    """Two entrants on one number each, of two classes: this model is better on one and worse on the other."""
    exact, far = np.full(7, 20.0), np.full(7, 90.0)
    lines = {name: a_line(name) | {"class": name} for name in ("a", "b")}
    ours = [(lines["a"], exact, False), (lines["b"], far, False)]
    theirs = [(lines["a"], far, False), (lines["b"], exact, False)]
    joined = {name: [] for name in entrants.ENTRANTS} | {report.OURS: ours, "charts": theirs}

    said = list(report._in_short(joined))

    assert said[0].startswith("- **The aim is missed**")
    assert said[1].startswith("- Not first: charts, all") or said[1].startswith("- Not first: charts, b")
    assert "in 1 of 2 classes" in said[-3]


def test_a_body_of_one_volume_is_as_large_as_all_its_compartments():
    question = read_question(service.load({"substance": "ketamine", "doses": [{"amount_mg": 50, "route": "oral"}]}))
    before = {name: one.value for name, one in question.parameters.items()}

    after = one_volume.in_one_volume(question).parameters

    third = before["ketamine.intercompartmental_clearance_3"] * before["ketamine.release_half_life_3"] / np.log(2.0)
    whole = sum(before[f"ketamine.{name}"] for name in ("central_volume", "peripheral_volume_1", "peripheral_volume_2"))
    assert after["ketamine.central_volume"].value == pytest.approx(whole + third)
    assert after["ketamine.clearance"].value == before["ketamine.clearance"]
    assert after["ketamine.intercompartmental_clearance_1"].value < 1e-3


def test_in_one_volume_plasma_falls_with_one_half_life():
    """After an infusion a typical person's concentration falls by the same factor in each hour; with compartments it does not."""
    rows = [row for row in observations.observations("ketamine") if row.study.doses and row.quantity == "half_life"]
    row = next(row for row in rows if [dose["route"] for dose in row.study.doses] == ["intravenous"])
    falls = {}
    for kind in (one_volume.KIND, "population"):
        trial = Trial(row.study, {}, TypicalNumbers((), np.zeros((1, 0))), {"kind": kind})
        hours = trial.dose_duration + np.array([1.0, 2.0, 3.0])
        first, second, third = trial.plasma(trial.question.substance.root.id, hours)[:, 0]
        falls[kind] = (first / second) / (second / third)

    assert falls[one_volume.KIND] == pytest.approx(1.0, abs=0.001)
    assert falls["population"] > 1.02


def test_a_calculator_halves_its_peak_until_the_cutoff():
    row = next(row for row in observations.observations("alcohol") if row.id == "albermann2012-etg")

    (stated,) = calculators.forecasts(row)

    # 10 g: 3,570 to 7,140 ng/mL after 2 to 3 h, then halved every 2 to 3 h down to 100 ng/mL.
    assert stated.low == pytest.approx(2.0 + 2.0 * np.log2(35.7))
    assert stated.high == pytest.approx(3.0 + 3.0 * np.log2(71.4))
    assert stated.low < stated.middle < stated.high


@pytest.mark.slow
def test_the_committed_forecasts_are_what_the_command_writes(tmp_path):
    for file in entrants.write(tmp_path):
        committed = FOLDER / "predictions" / file.name
        assert file.read_bytes() == committed.read_bytes(), f"{file.name}: run detectapi benchmark predict"


def test_a_number_that_a_forecaster_saw_is_marked_so():
    used = {line["id"]: line["used"] for line in table.table()}

    for name, seen in (("calibrated", {"fitted", "chosen"}), ("prior", {"chosen"})):
        for line in score.read(entrants.file_of(FOLDER, name)):
            if used[line["id"]] in seen:
                assert line["fitted"] == "1", (name, line["id"])
            elif used[line["id"]] == "aside":
                assert line["fitted"] == "0", (name, line["id"])
