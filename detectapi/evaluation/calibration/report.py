"""The report of a calibration: how it was sampled, and what it changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detectapi.evaluation.validation import rules
from detectapi.knowledge import catalog, posterior
from detectapi.telling.axis import round_axis
from detectapi.telling.numbers import three_figures as number
from detectapi.telling.svg import BLUE, GREY, INK, ORANGE, Drawing, paper
from detectapi.values.substance import Parameter

CENTRAL_90 = 1.6448536269514722
SUMMARY = "calibrations.md"
"""The page with one line for each calibrated substance."""
NARROWED = 0.8
MOVED = 0.5


def write(substance_id: str, about: dict, folder: Path) -> list[Path]:
    """Write ``<id>-calibration.md`` and its plot.

    Parameters
    ----------
    substance_id : str
    about : dict
        What the calibration's ``.json`` file holds.
    folder : Path
    """
    folder.mkdir(parents=True, exist_ok=True)
    substance = catalog.substance(substance_id)
    learnt = posterior.read(posterior.DATA / "calibration" / f"{substance_id}.json")
    files = {
        f"{substance_id}-calibration.md": _text(substance, about, learnt),
        f"{substance_id}-calibration.svg": str(_plot(substance, learnt)),
    }
    files[SUMMARY] = summary()
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
    return [folder / name for name in files]


def summary() -> str:
    """The page with one line for each calibrated substance."""
    lines = [
        "# Calibrations",
        "",
        "Written by `detectapi calibrate`; do not edit. [calibration.md](../calibration.md) explains it. A substance that is not"
        " in the table is not calibrated: its typical values have the uncertainty of its file.",
        "",
        "*Score*: by how much what the other publications teach forecasts a publication better than the prior, as the sum of"
        " logarithms with its standard error, and for how many publications it does; *urine*: the score of those with rows of"
        " urine. *Ranks*: the smallest *p* that ranks of made-up truths are uniform, times the number of quantities; below 0.05"
        " would be a sign of a mistake in the recipe.",
        "",
        "| substance | typical values | rows | publications | effective size | R-hat | score | better | urine | ranks |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for file in sorted((posterior.DATA / "calibration").glob("*.json")):
        about = json.loads(file.read_text(encoding="utf-8"))
        lines.append(_line(file.stem, about))
    return "\n".join(lines) + "\n"


def _line(substance_id: str, about: dict) -> str:
    tried, whole = about["ranks"]["uniform"], gain(about)
    least = min(1.0, min(tried.values()) * len(tried))
    return (
        f"| [{catalog.substance(substance_id).name}]({substance_id}-calibration.md) | {len(about['parameters'])} |"
        f" {len(about['rows'])} | {whole.count} | {min(about['effective_size'])} | {max(about['split_r_hat']):.3f} | {whole} |"
        f" {whole.better} of {whole.count} | {gain(about, of_urine=True).total:+.2f} | {least:.2f} |"
    )


def _text(substance, about, learnt) -> str:
    method = about["method"]
    lines = [
        f"# Calibration: {substance.name}",
        "",
        f"Written by `detectapi calibrate {substance.id}`; do not edit. [calibration.md](../calibration.md) explains it.",
        "",
        f"- {method['sampler']}, {method['walkers']} walkers, {method['burn']} steps before {method['steps']}"
        f" kept, seed {method['seed']};"
        f" acceptance {number(method['acceptance'])}.",
        f"- Effective sample size {min(about['effective_size'])} to {max(about['effective_size'])}; split R-hat at most"
        f" {max(about['split_r_hat']):.3f}; autocorrelation {number(max(about['autocorrelation_time']))}"
        f" steps at most.",
        f"- {method['draws']} joint draws are shipped, {_bytes(substance.id) / 1e6:.2f} MB with those of"
        f" leaving urine studies out.",
        f"- Calibrates {', '.join(about['substances'])}, on {len(about['rows'])} rows.",
        "",
        f"![prior and posterior]({substance.id}-calibration.svg)",
        "",
        "## Prior to posterior",
        "",
        "The typical values, with their median and central 90 %. *Moved* is in standard deviations of the prior. *Left* is"
        " the standard deviation relative to the prior's.",
        "",
        "| parameter | unit | prior | posterior | moved | left | effective size | R-hat |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for i, name in enumerate(about["parameters"]):
        parameter, draws = substance.parameters[name], learnt.deviates[learnt.index[name]]
        mark = "**" if abs(about["mean"][i]) > MOVED or about["sd"][i] < NARROWED else ""
        lines.append(
            f"| {mark}{name}{mark} | {parameter.unit} | {in_range(parameter, np.array([-CENTRAL_90, 0.0, CENTRAL_90]))} |"
            f" {in_range(parameter, np.quantile(draws, [0.05, 0.5, 0.95]))} | {about['mean'][i]:+.2f} |"
            f" {about['sd'][i]:.2f} |"
            f" {about['effective_size'][i]} | {about['split_r_hat'][i]:.3f} |"
        )
    lines += [
        "",
        "Bold: the value moved by more than half a standard deviation of the prior, or its standard deviation fell below"
        " 0.8 of the prior's.",
        "",
        "## Rows",
        "",
    ]
    lines += [
        "| row | weight |",
        "|---|---|",
        *(f"| {item['row']} | {number(item['weight'])} |" for item in about["rows"]),
    ]
    lines += _left_out_rows(substance.id)
    lines += _publications(about)
    lines += _ranks(about["ranks"])
    strongest = _correlations(about["parameters"], learnt)
    lines += ["", "## Strongest correlations between typical values", "", "| | | correlation |", "|---|---|---|"]
    lines += [f"| {a} | {b} | {value:+.2f} |" for a, b, value in strongest]
    return "\n".join(lines) + "\n"


def _left_out_rows(substance_id: str) -> list[str]:
    """The rows that are not fitted though they could be, each with its reason."""
    items = rules.calibration(substance_id).get("not_fitted", ())
    if not items:
        return []
    table = ["", "Not fitted:", "", "| row | why |", "|---|---|"]
    return [*table, *(f"| {item['row']} | {item['reason']} |" for item in items)]


@dataclass(frozen=True, slots=True)
class Gain:
    """By how much the other publications forecast publications better than the prior does, as a sum of log scores."""

    total: float
    error: float
    better: int
    count: int

    def __str__(self) -> str:
        return f"{self.total:+.2f} (se {self.error:.2f})"


def gain(about: dict, of_urine: bool = False) -> Gain:
    """The gain over all publications of a calibration, or over those with rows of urine.

    Its standard error is that of a sum of as many independent differences (Vehtari et al. 2017).

    Parameters
    ----------
    about : dict
        What the calibration's ``.json`` file holds.
    of_urine : bool
    """
    scored = [item for item in about["publications"] if not of_urine or item["source"] in about["left_out"]]
    gains = np.array([item["blind"] - item["prior"] for item in scored])
    error = float(np.std(gains, ddof=1) * np.sqrt(len(gains))) if len(gains) > 1 else float("nan")
    return Gain(float(gains.sum()), error, int((gains > 0).sum()), len(gains))


def _publications(about: dict) -> list[str]:
    """How each publication is forecast without its own rows."""
    whole, urine = gain(about), gain(about, of_urine=True)
    return [
        "",
        "## Each publication forecast without its rows",
        "",
        "The logarithm of the mean likelihood of a publication's rows, under the prior and under what the other publications"
        " teach; the larger is the better. *Size* is the effective number of draws for the second: below 200 it is rough.",
        "",
        f"The others forecast {whole.better} of {whole.count} publications better than the prior does. In all the score changes"
        f" by {whole}; that of the {urine.count} with rows of urine by {urine.total:+.2f}.",
        "",
        "| publication | rows | prior | the others | size |",
        "|---|---|---|---|---|",
        *(
            f"| {item['source']} | {item['rows']} | {item['prior']:.2f} | {item['blind']:.2f} | {item['effective_size']} |"
            for item in about["publications"]
        ),
    ]


def _ranks(tried: dict) -> list[str]:
    """How the truth of made-up studies ranks."""
    return [
        "",
        "## Made-up studies",
        "",
        f"{tried['truths']} truths were drawn from the prior, {tried['rows']} rows were made up from each, and the truth was"
        f" ranked among {tried['bank']} draws weighted by their likelihood (effective size: median {tried['effective_size']})."
        " If the recipe is right, ranks are uniform. *p* is the probability of counts in tenths at least as uneven;"
        f" of {len(tried['uniform'])} quantities the smallest is expected near {1.0 / (len(tried['uniform']) + 1):.2f}.",
        "",
        "| quantity | p |",
        "|---|---|",
        *(f"| {name} | {p:.3f} |" for name, p in tried["uniform"].items()),
    ]


def _bytes(substance_id) -> int:
    return sum((posterior.DATA / "calibration" / f"{substance_id}{end}").stat().st_size for end in (".npz", ".json"))


def natural(parameter: Parameter, deviates):
    """Typical values at deviates of the knowledge."""
    z = parameter.uncertainty * np.asarray(deviates, dtype=float)
    if parameter.scale == "log":
        return parameter.value * np.exp(z)
    if parameter.scale == "linear":
        return parameter.value + z
    return 1.0 / (1.0 + np.exp(-(np.log(parameter.value / (1.0 - parameter.value)) + z)))


def in_range(parameter, deviates) -> str:
    """The middle of three deviates in the unit of the parameter, with the two others as its range."""
    low, middle, high = natural(parameter, deviates)
    return f"{number(middle)} ({number(low)} to {number(high)})"


def _correlations(names, learnt, count: int = 8):
    matrix = np.corrcoef(learnt.deviates)
    pairs = [(names[i], names[j], float(matrix[i, j])) for i in range(len(names)) for j in range(i)]
    return sorted(pairs, key=lambda item: -abs(item[2]))[:count]


def _plot(substance, learnt) -> Drawing:
    names = list(learnt.index)
    page = paper(
        760,
        100 + 18 * len(names),
        f"{substance.name}: typical values before and after calibration",
        "central 90 %: before (grey) and after (blue); line: median",
    )
    x = round_axis(-4.0, 4.0, "standard deviations of the prior").on(330, 740)
    page.below(x, 56 + 18 * len(names), top=46)
    for i, name in enumerate(names):
        y = 60 + 18 * i
        draws = learnt.deviates[learnt.index[name]]
        low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95])
        colour = BLUE if abs(middle) <= MOVED else ORANGE
        page.write(322, y + 3.5, name, 10, "end")
        page.box(x(-CENTRAL_90), y - 6, x(CENTRAL_90) - x(-CENTRAL_90), 4, GREY, fill_opacity=0.45)
        page.box(x.within(low), y - 1, x.within(high) - x.within(low), 6, colour, fill_opacity=0.7)
        page.line(x.within(middle), y - 3, x.within(middle), y + 7, INK, stroke_width=1.6)
    page.write(740, 36, "orange: moved by more than half a standard deviation", 9.5, "end", ORANGE)
    return page
