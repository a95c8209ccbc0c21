"""Interval coverage under the model itself, for twenty substances made from a seed."""

from pathlib import Path

import made_substances
import numpy as np
import pytest

REPORT = Path(__file__).parents[3] / "docs" / "validation" / "made-substances.md"


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """The questions, and what was counted for each."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DETECTAPI_DATA", str(folder))
        _, requests = made_substances.ask(folder, np.random.default_rng(made_substances.SEED))
        return [(request, *made_substances.held(request, i)) for i, request in enumerate(requests)]


@pytest.mark.slow
def test_ninety_percent_intervals_of_made_substances_hold_ninety_percent_of_simulated_people(asked):
    shares = [count / made_substances.TRUTHS for _, count, _ in asked]

    # 4,000 people have a standard error of 0.5 %; the bar is 90 +/- 5.
    assert 0.85 <= np.mean(shares) <= 0.95
    # 200 people have one of 2 %, and the ends of the interval of 1,000 draws move by as much: four of both together.
    assert min(shares) >= 0.8


@pytest.mark.slow
def test_made_substances_are_of_many_kinds(asked):
    windows = [window for _, _, window in asked]

    assert len({request["substance"] for request, _, _ in asked}) == made_substances.SUBSTANCES
    assert min(window.median for window in windows) < 12.0
    assert max(window.median for window in windows) > 240.0
    assert {len(request["assay"]["analytes"]) for request, _, _ in asked} == {1, 2}


@pytest.mark.slow
def test_the_report_has_what_was_counted(asked):
    text = REPORT.read_text(encoding="utf-8")

    assert (
        f"**{sum(count for _, count, _ in asked)} of {made_substances.SUBSTANCES * made_substances.TRUTHS} people"
        in text
    )
    for request, count, _ in asked:
        (line,) = [line for line in text.splitlines() if line.startswith(f"| {request['substance']} |")]
        assert line.endswith(f"| {count} of {made_substances.TRUTHS} |")
