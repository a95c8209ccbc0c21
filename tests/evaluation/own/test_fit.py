"""A calibration by own observations: what it learns, what it writes, how answers use it and how rows are forecast."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from detectapi import service
from detectapi.cli.main import cli
from detectapi.evaluation.own import fit, forecast, made, recovery, report, table
from detectapi.evaluation.own import recovery_report as page
from detectapi.knowledge import catalog, posterior
from detectapi.settings.checking import contradictions
from detectapi.values.errors import CatalogError, InputError

PAGE = Path(__file__).parents[3] / "docs" / "validation" / page.FILE
ORAL = {"substance": "zolpidem", "doses": [{"amount_mg": 10, "route": "oral"}]}
SMALL = fit.Plan(walkers=32, steps=40, burn=30)
TRUTH = {"zolpidem.clearance": 1.5}


def rows(people=12):
    return made.make(ORAL, {"plasma": [0.5, 1, 2, 4, 8]}, ["zolpidem"], people, TRUTH, loq=5.0, seed=3)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A small calibration, in force."""
    own = table.gathered(rows(), "abc")
    about = fit.calibrate("zolpidem", own, tmp_path, SMALL)
    report.write("zolpidem", about, own, tmp_path)
    monkeypatch.setenv("DETECTAPI_CALIBRATION", str(tmp_path))
    return tmp_path


@pytest.mark.slow
def test_a_table_moves_typical_values_towards_the_truth_and_narrows_them(folder):
    learnt, state = posterior.posterior(catalog.substance("zolpidem"))
    clearance = learnt.deviates[learnt.index["zolpidem.clearance"]]

    assert (state, learnt.own) == (posterior.CURRENT, True)
    assert clearance.std() < 0.8
    assert 0.3 < clearance.mean() < 2.2
    assert "It has" in (folder / "zolpidem.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_same_table_and_seed_give_the_same_calibration(folder, tmp_path):
    fit.calibrate("zolpidem", table.gathered(rows(), "abc"), tmp_path / "again", SMALL)

    for name in ("zolpidem.json", "zolpidem.npz"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.slow
def test_answers_use_it_and_say_so(folder, monkeypatch):
    asked = ORAL | {"options": {"draws": 200}}
    own = service.answer(asked)
    monkeypatch.delenv("DETECTAPI_CALIBRATION")
    shipped = service.answer(asked)

    assert own["provenance"]["calibration"].startswith("own:")
    assert "calibration-own" in [note["code"] for note in own["notes"]]
    assert shipped["provenance"]["calibration"] is None
    assert "calibration-own" not in [note["code"] for note in shipped["notes"]]
    assert own["window"] != shipped["window"]


@pytest.mark.slow
def test_it_is_ignored_once_the_data_have_changed(folder):
    file = folder / "zolpidem.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | {"observations": "0"}), encoding="utf-8")
    posterior._posterior.cache_clear()

    assert posterior.posterior(catalog.substance("zolpidem")) == (None, posterior.STALE)
    assert posterior.posterior(catalog.substance("morphine"))[1] == posterior.CURRENT  # the folder does not have it


@pytest.mark.parametrize("content", ["{", "[]", '{"rows": []}', '{"substances": {"zolpidem": "x"}}'])
def test_a_folder_with_another_kind_of_file_is_refused_with_its_name(content, tmp_path, monkeypatch):
    (tmp_path / "notes.json").write_text(content, encoding="utf-8")
    monkeypatch.setenv("DETECTAPI_CALIBRATION", str(tmp_path))

    if "zolpidem" in content:  # it says that it is of other data
        assert posterior.posterior(catalog.substance("zolpidem")) == (None, posterior.STALE)
    else:
        with pytest.raises(CatalogError, match=r"^notes\.json .*damaged\.$"):
            posterior.posterior(catalog.substance("zolpidem"))


def test_a_setting_that_names_no_folder_with_a_calibration_is_refused(tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.touch()
    for folder, sentence in [("/nope", "not name a folder"), (file, "not name a folder"), (tmp_path, "no calibration")]:
        monkeypatch.setenv("DETECTAPI_CALIBRATION", str(folder))
        assert sentence in contradictions()[0], folder
        for asked in (
            lambda: posterior.posterior(catalog.substance("zolpidem")),
            lambda: posterior.fitted_to("zolpidem"),
            lambda: forecast.text(table.gathered(rows(1)), "own.csv"),
            service.ready,
        ):
            with pytest.raises(CatalogError, match=f"{sentence}\\.$"):
                asked()


def test_a_calibration_with_a_missing_or_damaged_file_is_refused_with_its_name(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_CALIBRATION", str(tmp_path))
    shipped = posterior.DATA / "calibration"
    (tmp_path / "ketamine.json").write_bytes((shipped / "ketamine.json").read_bytes())
    whole = (shipped / "ketamine.npz").read_bytes()
    for content, sentence in [(None, "missing"), (whole[: len(whole) // 2], "damaged"), (b"", "damaged")]:
        if content is not None:
            (tmp_path / "ketamine.npz").write_bytes(content)
        with pytest.raises(CatalogError, match=rf"ketamine\.npz is .*{sentence}\.$"):
            posterior.posterior(catalog.substance("ketamine"))
    (tmp_path / "ketamine.json").write_text("{", encoding="utf-8")
    with pytest.raises(CatalogError, match=r"^ketamine\.json .*damaged"):
        posterior.fitted_to("ketamine")


@pytest.mark.slow
def test_rows_that_it_was_fitted_to_are_marked_in_forecasts(folder):
    joined, states = forecast.forecast(table.gathered(rows(), "abc"))
    others, _ = forecast.forecast(table.gathered(rows(), "other"))

    assert all(seen for _, _, seen in joined)
    assert states == {"zolpidem": forecast.CALIBRATED_ON}
    assert not any(seen for _, _, seen in others)


@pytest.mark.slow
def test_forecasts_of_made_people_cover_them():
    """Of 300 concentrations of 60 people, made from the file's typical values, 90 % intervals hold 80 to 99 in 100."""
    some = made.make(ORAL, {"plasma": [0.5, 1, 2, 4, 8]}, ["zolpidem"], 60, {}, seed=8)

    joined, states = forecast.forecast(table.gathered(some))

    assert states == {"zolpidem": forecast.STATES["none"]}
    assert 0.8 < forecast.score.each(joined)[:, 3].mean() < 0.99


@pytest.mark.slow
def test_statistics_of_groups_are_fitted_with_people():
    common = {key: rows(1)[0][key] for key in ("substance", "use", "analyte")}
    means = [
        common | {"study": f"s{i}", "quantity": "half_life", "statistic": "mean", "n": "20", "low": "1.6", "unit": "h"}
        for i in range(3)
    ]
    target = fit.Target("zolpidem", table.gathered([*rows(4), *means]), "file")

    assert len(target.rows.terms) == 3
    slow, fast = np.zeros((2, target.size))
    fast[target.names.index("zolpidem.clearance")] = 2.0
    first, second = target.rows(np.array([slow, fast])[:, : len(target.names)])
    assert second > first


def test_a_table_without_the_substance_is_refused(tmp_path):
    with pytest.raises(InputError, match="no row"):
        fit.calibrate("alprazolam", table.gathered(rows(1)), tmp_path)


@pytest.mark.slow
def test_the_commands_make_fit_and_forecast_a_table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("q.json").write_text(json.dumps(ORAL), encoding="utf-8")
    made_up = [
        "made-observations",
        "q.json",
        "--people",
        "3",
        "--plasma",
        "1,4",
        "--analyte",
        "zolpidem",
        "--out",
        "t.csv",
    ]

    results = [
        CliRunner().invoke(cli, words)
        for words in (
            made_up, ["validate", "--observations", "t.csv"],
            ["calibrate", "zolpidem", "--observations", "t.csv", "--out", "c"],
            ["calibrate", "zolpidem", "--observations", "t.csv"], ["validate", "zolpidem", "--observations", "t.csv"],
            [*made_up, "--set", "zolpidem.clearance=x"], [*made_up[:4], "--analyte", "zolpidem", "--out", "t.csv"],
        )
    ]  # fmt: skip

    assert [result.exit_code for result in results] == [0, 0, 0, 2, 2, 2, 2]
    assert "of 6 rows lie in the 90 % intervals" in results[1].output
    assert {file.name for file in Path("c").iterdir()} == {"zolpidem.npz", "zolpidem.json", "zolpidem.md"}


# -- recovery ---------------------------------------------------------------------------------------------------------


def stored():
    return PAGE.read_text(encoding="utf-8")


def test_the_truth_comes_back_in_at_least_32_of_40_studies():
    lines = [line for line in stored().splitlines() if f" of {page.REPETITIONS} |" in line]

    assert len(lines) == 2 * len(page.scenarios())
    for line in lines:
        assert int(line.split("|")[3].split(" of ")[0]) >= page.NEEDED, line


def test_the_counts_of_the_page_are_those_of_its_repetitions():
    counts = [int(line.split("|")[3].split(" of ")[0]) for line in stored().splitlines() if " of 40 |" in line]

    assert stored().count("| yes |\n") == sum(counts) + sum(count >= page.NEEDED for count in counts)


@pytest.mark.slow
def test_a_repetition_of_the_page_is_what_the_program_gives():
    for item in recovery.repeat(page.scenarios()[0], 7):
        assert f"| {' | '.join(page.line(item))} |" in stored(), "run: detectapi benchmark recovery"
