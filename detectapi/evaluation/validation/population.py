"""The simulated population beside what surveys measured of body, kidneys and urine: ``docs/validation/physiology.md``."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from detectapi.evaluation.validation.trial import StudyNumbers
from detectapi.inputs.distribution import CENTRAL_90
from detectapi.knowledge import DATA, catalog
from detectapi.knowledge.catalog.population import FILES
from detectapi.model import kidney
from detectapi.model.arrays import Bools, Floats
from detectapi.model.physiology import Physiology
from detectapi.model.read_physiology import norms_of, read_physiology
from detectapi.telling.numbers import three_figures

SURVEYS = "physiology/surveys.toml"
SUBJECT = "physiology"
"""What `detectapi validate` takes for it in place of a substance."""
REPORT = f"{SUBJECT}.md"
AGES = 12
"""So many ages are simulated in a range of them, evenly spread."""
PEOPLE = 4000
"""Of each age."""
SEED = 20261123
NAMES = {
    "creatinine": "Creatinine of a spot specimen",
    "osmolality": "Osmolality of a spot specimen",
    "gravity": "Specific gravity of a spot specimen",
    "creatinine_by_gravity": "Creatinine over gravity",
    "usual_flow": "Usual urine flow",
    "flow": "Urine flow of one void",
    "void_interval": "Hours of urine in a specimen on request",
    "ph": "pH of a spot specimen",
    "gfr": "GFR where nothing is known of the kidneys",
    "weight": "Body weight",
}


@dataclass(frozen=True, slots=True)
class Survey:
    """What one survey measured in some people.

    Attributes
    ----------
    quantity, unit : str
    sex : str or None
    ages : tuple of float
        From and to. [years]
    heavier : float
        Median weight of its people relative to the model's. [-]
    statistics : dict of str to float
        [unit]
    used : bool
        Whether numbers of the model were set by it.
    source, locator : str
    """

    quantity: str
    unit: str
    sex: str | None
    ages: tuple[float, float]
    heavier: float
    statistics: Mapping[str, float]
    used: bool
    source: str
    locator: str


def surveys() -> list[Survey]:
    """Every survey, in the order of the file."""
    tables = tomllib.loads((DATA / SURVEYS).read_text(encoding="utf-8"))["surveys"]
    return [
        Survey(
            one["quantity"], one["unit"], one.get("sex"), (float(one["ages_y"][0]), float(one["ages_y"][1])),
            one.get("heavier", 1.0), one["statistics"], one["used"], one["source"], one["locator"],
        )
        for one in tables
    ]  # fmt: skip


def simulated(
    sex: str | None, ages: tuple[float, float], heavier: float = 1.0, people: int = PEOPLE
) -> dict[str, Floats]:
    """People of a population, of whom nothing is known but sex and age, with two voids of each more than two hours apart.

    Parameters
    ----------
    sex : str or None
    ages : tuple of float
        From and to. [years]
    heavier : float
        Median weight relative to the model's. [-]
    people : int
        Of each of `AGES` ages.

    Returns
    -------
    dict of str to array, shape (people,)
        By quantity; the second void's flow is ``flow_again``.
    """
    samples: dict[str, list[Floats]] = {}
    for i in range(AGES):
        age = ages[0] + (i + 0.5) / AGES * (ages[1] - ages[0])
        described = read_physiology({"person": _person(sex, age, heavier)})
        for name, values in _of_one_age(described, StudyNumbers(SEED + i, 1, people)).items():
            samples.setdefault(name, []).append(values)
    return {name: np.concatenate(parts) for name, parts in samples.items()}


def _person(sex: str | None, age: float, heavier: float) -> dict[str, object]:
    person: dict[str, object] = {"age_y": age} | ({"sex": sex} if sex else {})
    if heavier != 1.0:
        size = norms_of(catalog.physiology()).size(age, sex, 0.0)
        ends = (float(size.weight * heavier * np.exp(size.weight_spread * z)) for z in (-CENTRAL_90, CENTRAL_90))
        person["weight_kg"] = dict(zip(("low", "high"), ends, strict=True))
    return person


def _of_one_age(described: Physiology, numbers: StudyNumbers) -> dict[str, Floats]:
    selection = numbers.selection()
    numbers.knowledge = _Typical()
    person = described.person(numbers, selection)
    first, again = (described.specimen(person, numbers.at_visit(visit), selection) for visit in (1, 2))
    made = described.composition(person, first, numbers.at_visit(1), selection)
    if person.parts is None:
        raise ValueError("people of one age are not side by side with others")
    gfr = kidney.indexed(person.gfr, np.asarray(person.parts.body.surface))
    return {
        "creatinine": made.creatinine,
        "gravity": made.specific_gravity,
        "creatinine_by_gravity": made.creatinine / (1000.0 * (made.specific_gravity - 1.0)),
        "osmolality": np.exp(person.parts.osmoles) / (1.44 * first.flow),
        "usual_flow": 60.0 * person.flow,
        "flow": 60.0 * first.flow,
        "flow_again": 60.0 * again.flow,
        "ph": first.ph,
        "void_interval": first.void_interval,
        "gfr": gfr,
        "weight": np.broadcast_to(np.asarray(person.covariates["weight_kg"]), gfr.shape),
    }


class _Typical(dict[str, Floats]):
    """Knowledge at its centre: how people differ is shown, and not what is not known."""

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> Floats:
        return np.zeros(1)


def statistic(name: str, people: Mapping[str, Floats], quantity: str) -> float:
    """A statistic of a quantity as surveys report it.

    Parameters
    ----------
    name : str
        ``p5`` and the like, ``mean``, ``sd``, ``log-sd``, ``below 20``, ``quarter 1`` or ``lag one``.
    people : dict of str to array
        As `simulated` gives them.
    quantity : str
    """
    values, (word, _, number) = people[quantity], name.partition(" ")
    match word:
        case "mean":
            return float(values.mean())
        case "sd":
            return float(values.std())
        case "log-sd":
            return float(np.log(values).std())
        case "below":
            return float(np.mean(values < float(number)))
        case "quarter":
            return float(np.array_split(np.sort(values), 4)[int(number) - 1].mean())
        case "lag":
            one, other = np.log(values), np.log(people[f"{quantity}_again"])
            return float(np.cov(one, other)[0, 1] / one.var())
    return float(np.quantile(values, float(word.removeprefix("p")) / 100.0))


def compared() -> Iterator[tuple[Survey, dict[str, float]]]:
    """Every survey with the same statistics of the simulated population."""
    kept: dict[tuple[str | None, tuple[float, float], float], dict[str, Floats]] = {}
    for survey in surveys():
        key = survey.sex, survey.ages, survey.heavier
        if key not in kept:
            kept[key] = simulated(*key)
        yield survey, {name: statistic(name, kept[key], survey.quantity) for name in survey.statistics}


# -- the report -------------------------------------------------------------------------------------------------------


def digest() -> str:
    """Of the files that the report is made from."""
    whole = hashlib.sha256()
    for name in (*(f"physiology/{file}.toml" for file in FILES), SURVEYS):
        whole.update((DATA / name).read_bytes())
    return whole.hexdigest()[:16]


def validate(folder: Path) -> list[Path]:
    """Write the report.

    Parameters
    ----------
    folder : Path
        Made when missing.

    Returns
    -------
    list of Path
        The file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT).write_text(report(), encoding="utf-8", newline="\n")
    return [folder / REPORT]


def report() -> str:
    """The text of the report."""
    lines = [
        "# Body, kidneys and urine of the simulated population",
        "",
        "Written by `detectapi validate physiology`; do not edit. The people are those of a question that tells sex and age and"
        f" nothing else, {PEOPLE:,} of each of {AGES} ages evenly spread over a survey's, at typical values of everything that is"
        " not known; where a survey's people are heavier than the model's, so are these. Every source is listed under its citekey"
        " in `detectapi/data/references*.toml`.",
        "",
        f"Made from data with the digest {digest()}.",
        "",
        "A statistic is a percentile (p5 …), a mean, a standard deviation (sd; log-sd of the logarithm), the share below a limit,"
        ' the mean of a quarter of people in order, or "lag one": the slope of the logarithm of the flow of one void on that of the'
        " void before. Surveys under *set by it: yes* were used to set numbers of the model, so that agreement with them is no"
        " test. What is more than a fifth off, and why: the spread of flow by volume over remembered hours is an upper bound;"
        " eGFR by an equation squeezes what is above normal; a specimen on request holds 2.0 h by recall and 2.7 h by diaries. The"
        " creatinine of women lies up to a fifth below the survey's in its upper percentiles: it comes from 24-hour collections in"
        " another country, and no source settles whether women there excrete more or make less urine (their single voids are"
        " slower than men's by a quarter, their 24-hour volumes larger by an eighth), so that their flow is taken as men's.",
        "",
    ]
    for quantity, some in groupby(compared(), lambda pair: pair[0].quantity):
        lines += list(_section(quantity, list(some)))
    return "\n".join([*lines, *_beside()]) + "\n"


def _section(quantity: str, some: list[tuple[Survey, dict[str, float]]]) -> Iterator[str]:
    """The table of a quantity, with its sources below."""
    yield from (f"## {NAMES[quantity]} [{some[0][0].unit}]", "")
    yield "| people | set by it | statistic | surveyed | simulated | ratio |"
    yield "|---|---|---|---|---|---|"
    for survey, simulated_statistics in some:
        yield from _rows(survey, simulated_statistics)
    yield ""
    yield from dict.fromkeys(f"- {survey.source}: {survey.locator}" for survey, _ in some)
    yield ""


def _rows(survey: Survey, simulated_statistics: Mapping[str, float]) -> Iterator[str]:
    people = {"male": "men", "female": "women", None: "both"}[survey.sex]
    who = f"{people}, {survey.ages[0]:g} to {survey.ages[1]:g} years"
    for name, published in survey.statistics.items():
        shown = (
            (published - 1.0, simulated_statistics[name] - 1.0)
            if survey.quantity == "gravity" and name == "mean"
            else (published, simulated_statistics[name])
        )
        written = (
            [f"{published:.4f}", f"{simulated_statistics[name]:.4f}"]
            if survey.quantity == "gravity"
            else [_number(published), _number(simulated_statistics[name])]
        )
        yield f"| {who} | {'yes' if survey.used else 'no'} | {name} | {written[0]} | {written[1]} | {shown[1] / shown[0]:.2f} |"
        who = ""


def _number(value: float) -> str:
    return three_figures(float(value))


def _beside() -> list[str]:
    """What no survey measured, for the record."""
    lines = [
        "## For the record",
        "",
        "Of specimens on request, where nothing is told of the urine. No survey of such people was found for the last two columns.",
        "",
        "| people | creatinine below 20 mg/dL | gravity below 1.003 | both |",
        "|---|---|---|---|",
    ]
    for sex, ages, words in (
        ("male", (20.0, 80.0), "men"),
        ("female", (20.0, 80.0), "women"),
        (None, (6.0, 12.0), "children of 6 to 12 years"),
        (None, (2.0, 6.0), "children of 2 to 6 years"),
    ):
        people = simulated(sex, ages)
        weak, thin = people["creatinine"] < 20.0, people["gravity"] < 1.003
        lines.append(f"| {words} | {_share(weak)} | {_share(thin)} | {_share(weak & thin)} |")
    one, other = (np.log(simulated(None, (20.0, 80.0))[name]) for name in ("flow", "flow_again"))
    within = float(np.sqrt(0.5 * np.mean((one - other) ** 2)))
    between = float(np.sqrt(max(np.cov(one, other)[0, 1], 0.0)))
    lines += [
        "",
        f"The logarithm of the flow of a void has a standard deviation of {within:.2f} between voids of one person and of"
        f" {between:.2f} between people. Two voids more than two hours apart share the person and nothing else: in a laboratory"
        " 0.6 of a departure was left after half an hour, 0.5 after one hour, 0.2 after an hour and a half and nothing after two"
        " (ehmann2019, within a person).",
    ]
    return lines


def _share(mask: Bools) -> str:
    return f"{100.0 * float(np.mean(mask)):.1f} %"
