"""Covariates in words: one input for each entry of the data."""

import tomllib

from detectapi.inputs.table import INPUTS, covariates

SLEEP = """
[covariates.sleep_hours]
name = "How long this person sleeps"
words = [{ word = "short", share = 0.5 }, { word = "long", share = 0.5 }]
"""


def test_each_covariate_of_the_data_is_an_input_with_its_name_and_its_words():
    entries = tomllib.loads((covariates.DATA / "covariates.toml").read_text(encoding="utf-8"))["covariates"]

    assert entries
    for name, entry in entries.items():
        made = INPUTS[f"person.{name}"]
        assert (made.called, made.column) == (entry["name"], name)
        assert made.meaning.startswith(entry["name"])
        assert dict(made.words) == {word["word"]: "" for word in entry["words"]}
        assert made.flags == (f"--{name.replace('_', '-')}",)


def test_covariates_of_a_folder_of_ones_own_are_added(tmp_path, monkeypatch):
    (tmp_path / "covariates-mine.toml").write_text(SLEEP, encoding="utf-8")
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))

    made = {one.name: one for one in covariates.covariate_inputs()}
    assert tuple(made["sleep_hours"].words) == ("short", "long")
    assert "cyp2d6" in made


def test_a_covariate_without_a_name_is_called_by_its_id(tmp_path, monkeypatch):
    (tmp_path / "covariates-mine.toml").write_text(
        SLEEP.replace('name = "How long this person sleeps"', ""), encoding="utf-8"
    )
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))

    (made,) = (one for one in covariates.covariate_inputs() if one.name == "sleep_hours")
    assert made.called == "sleep_hours"
    assert made.meaning.startswith("sleep_hours")


def test_a_file_that_is_no_toml_adds_nothing_here(tmp_path, monkeypatch):
    (tmp_path / "covariates-mine.toml").write_text("no toml", encoding="utf-8")
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))

    assert "sleep_hours" not in {one.name for one in covariates.covariate_inputs()}
