"""The committed reports: fresh, and holding what they must."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from every import every

from detectapi.evaluation.validation import against, report, rules
from detectapi.knowledge import catalog, posterior

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs" / "validation"
SUBJECTS = report.subjects()


@pytest.fixture(scope="module", params=SUBJECTS)
def written(request, tmp_path_factory):
    """A report written anew, and the findings it was written from."""
    folder = tmp_path_factory.mktemp(request.param)
    files = report.validate(request.param, folder / "docs", folder / "data")
    return request.param, files


@pytest.fixture(scope="module")
def ketamine():
    return report.study("ketamine")


@every("subject", SUBJECTS)
def test_the_report_is_of_the_substance_file_at_hand(subject):
    head = (DOCS / f"{subject}.md").read_text(encoding="utf-8")[:1000]

    assert catalog.substance(subject).sha256[:16] in head


@pytest.mark.slow
def test_the_committed_report_is_what_the_command_writes_byte_for_byte(written):
    subject, files = written
    for file in files:
        committed = (posterior.DATA / "coverage" if file.suffix == ".json" else DOCS) / file.name
        assert file.read_bytes() == committed.read_bytes(), f"{file.name}: run detectapi validate {subject}"


def test_every_plot_of_a_report_is_there_and_no_other():
    shown = {
        name
        for page in DOCS.glob("*.md")
        for name in re.findall(r"\(([\w-]+\.svg)\)", page.read_text(encoding="utf-8"))
    }

    assert shown == {file.name for file in DOCS.glob("*.svg")}


@pytest.mark.slow
def test_calibration_rows_are_inside_or_listed_with_a_cause(ketamine):
    known = rules.misfits()
    for outcome in ketamine.outcomes:
        if outcome.row.split == "calibration" and not outcome.inside(0.95):
            assert outcome.label in known or outcome.row.id in known, outcome.label


AS_GOOD_AS_THE_MODEL = {"claim: businessleader-events"}
"""The claim of 3 to 7 days. Its two rows are the longest times of one study of single doses, at 0.03 and 0.05 ng/mL. Without that
study the model knows such faint traces from people treated for months of daily use only, and says two to three times as long as was
seen. So on these rows it scores no better than the claim, within 5 %; with the study it does."""


@pytest.mark.slow
def test_the_model_beats_every_other_baseline_on_the_same_rows(ketamine):
    times = [o for o in ketamine.outcomes if o.row.quantity == "detection_time" and o.row.status != "recalled"]
    compared = against.compare(ketamine, times)

    unseen = {o.label: o for some in ketamine.without.values() for o in some}
    blind = against.compare(ketamine, [unseen[o.label] for o in times])

    assert len(compared) >= 12
    for some in (compared, blind):
        for name, pairs in some.items():
            theirs, ours = (np.mean([pair[i] for pair in pairs]) for i in range(2))
            assert ours < theirs * (1.05 if name in AS_GOOD_AS_THE_MODEL else 1.0), name


@pytest.mark.slow
def test_a_claim_that_scores_as_the_model_does_does_so_for_the_cause_that_is_named(ketamine):
    unseen = [outcome for some in ketamine.without.values() for outcome in some]
    times = [o for o in unseen if o.row.quantity == "detection_time" and o.row.status != "recalled"]
    rows = [o for o in times if o.row.study.source == "parkin2008"]

    pairs = {name: len(some) for name, some in against.compare(ketamine, times).items() if name in AS_GOOD_AS_THE_MODEL}
    assert pairs == dict.fromkeys(AS_GOOD_AS_THE_MODEL, len(rows))
    for outcome in rows:
        assert outcome.observed[1] < 0.6 * np.median(outcome.sample)


@pytest.mark.slow
def test_every_urine_publication_was_left_out_and_predicted(ketamine):
    used = {
        o.row.study.source
        for o in ketamine.outcomes
        if o.row.quantity == "detection_time" and o.row.split == "calibration"
    }

    assert used <= set(ketamine.without)
    assert all(ketamine.without.values())


def test_every_misfit_and_every_baseline_that_scores_better_has_a_cause():
    for page in DOCS.glob("*.md"):
        assert "not explained" not in page.read_text(encoding="utf-8"), page.name


@every("subject", SUBJECTS)
def test_every_report_says_how_the_model_stands_against_charts_and_half_lives(subject):
    assert against.TITLE in (DOCS / f"{subject}.md").read_text(encoding="utf-8")


def test_the_line_of_a_nomogram_goes_through_the_points_that_were_read():
    """Ambre's line as a page gives it, mg/L after 100 mg: 28 at 12 h and 1.0 at 48 h. Two figures, so 3 %."""
    (line,) = rules.nomograms()
    for hours, seen in ((12.0, 28_000.0), (24.0, 9_300.0), (48.0, 1_000.0)):
        assert 100.0 * line["ng_ml_per_mg"] * 0.5 ** (hours / line["half_life_h"]) == pytest.approx(seen, rel=0.03)


def test_no_report_states_a_percentage_of_studies():
    for page in DOCS.glob("*.md"):
        section = page.read_text(encoding="utf-8").partition("## Coverage by kind of evidence")[2].partition("\n## ")[0]
        cells = [cell for line in section.splitlines() if line.startswith("|") for cell in line.split("|")[3:6]]
        assert not [cell for cell in cells if cell.strip().endswith("%") and "in" not in cell]


def test_coverage_names_rows_that_exist():
    from detectapi.knowledge.observations import observations

    known = {row.id for row in observations()}
    for file in (posterior.DATA / "coverage").glob("*.json"):
        rows = json.loads(file.read_text(encoding="utf-8"))["rows"]
        assert {row["row"] for row in rows} <= known
