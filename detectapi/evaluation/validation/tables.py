"""The text of a validation report: tables in Markdown, every number from the findings."""

from __future__ import annotations

import hashlib

import numpy as np

from detectapi.evaluation.validation import against, baselines, departures, outcomes, rules, scores
from detectapi.evaluation.validation.measures import URINE
from detectapi.telling.numbers import three_figures as number

DAY = 24.0
VERDICTS = ("in 50%", "in 90%", "in 95%", "outside")
CLASSES = (
    ("read in a primary source", lambda row: row.status == "read" and row.evidence.startswith("primary")),
    (
        "read in a label or from the sponsor",
        lambda row: row.status == "read" and not row.evidence.startswith("primary"),
    ),
    ("second-hand (copied, digitised, a page about the paper)", lambda row: row.status == "second-hand"),
    ("recalled (from memory; scored apart)", lambda row: row.status == "recalled"),
)


def write(result) -> str:
    """The whole report."""
    parts = [_head(result), _short(result)]
    times = [o for o in result.outcomes if o.row.quantity == "detection_time"]
    if times:
        parts.append(_windows(result, times))
    parts.append(against.write(result, times))
    if result.without:
        parts.append(_without(result))
    parts += [_classes(result), _shape(result), _rows(result), _misfits(result), _left_out(result), _method()]
    return "\n\n".join(parts) + "\n"


def _head(result) -> str:
    s = result.substance
    return (
        f"# Validation: {s.name}\n\n"
        f"Written by `detectapi validate {s.id}`; do not edit. Substance file revision {s.revision}, sha256"
        f" `{s.sha256[:16]}`;"
        f" observations sha256 `{digest(result)[:16]}`; {_model_words(result)}."
    )


def _model_words(result) -> str:
    if result.posterior is None:
        return "forecasts from the prior of the substance's file, not calibrated"
    return f"forecasts from the calibrated typical values (`{result.posterior.name}`), with those from the prior beside them"


def digest(result) -> str:
    """Of everything that was observed."""
    rows = [repr((o.label, o.observed)) for o in result.outcomes] + [repr((r.id, why)) for r, why in result.left_out]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _short(result) -> str:
    counted = _counted(result.outcomes)
    primary = [o for o in counted if CLASSES[0][1](o.row)]
    fitted = sum(o.row.id in result.used for o in primary)
    sources = len({o.row.study.source for o in primary})
    lines = [
        "## In short",
        "",
        f"- Of {_many(len(primary), 'number', 'numbers')} read in a primary source, {_inside(primary, 0.9)} lie in the"
        f" model's 90 % interval for them and {_inside(primary, 0.95)} in the 95 % interval. {fitted} of the"
        f" {len(primary)} also informed the model, by calibration or by choice of its typical values: they agree by"
        " construction.",
        f"- They come from {_many(sources, 'publication', 'publications')}. Numbers of one publication are not"
        " independent.",
    ]
    urine = [o for o in counted if o.row.quantity == "detection_time"]
    if urine:
        studies = _many(len({o.row.study.id for o in urine}), "study", "studies")
        lines.append(
            f"- How long urine stays positive is known from {studies} only; everything else here tests plasma,"
            " proportions and recovery."
        )
    outside = sum(not o.inside(0.95) for o in counted)
    lines.append(
        f"- {outside} of {_many(len(counted), 'number', 'numbers')} {'lies' if outside == 1 else 'lie'} outside the 95 %"
        " interval; see [known misfits](#known-misfits)."
    )
    return "\n".join(lines)


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _counted(found_outcomes):
    return [o for o in found_outcomes if o.row.status != "recalled"]


def _inside(some, level) -> int:
    return sum(o.inside(level) for o in some)


def _windows(result, times) -> str:
    before = {o.label: o for o in result.prior or ()}
    lines = [
        "## How long urine stays positive",
        "",
        f"![windows]({result.substance.id}-windows.svg)",
        "",
        "A detection time of a study is that of the last positive specimen of a series. It is compared with the last positive"
        " one of a simulated series that was taken as the study took it, and never with the window of a single specimen.",
        "",
        "| observed | from | statistic | cutoff [ng/mL] | observed [d] | model 90 % [d] |"
        + (" prior 90 % [d] |" if before else "")
        + " verdict |",
        "|---|---|---|---|---|---|" + ("---|" if before else "") + "---|",
    ]
    for o in times:
        prior = f" {_days(before[o.label].sample)} |" if before else ""
        lines.append(
            f"| {o.label} | {o.row.status} | {o.row.statistic} of {o.row.n} | {number(o.row.cutoff_ng_ml)} |"
            f" {_pair([v / DAY for v in o.observed])} | {_days(o.sample)} |{prior} {o.verdict} |"
        )
    return "\n".join(lines)


def _days(sample) -> str:
    low, high = scores.interval(sample, baselines.LEVEL)
    return f"{number(np.median(sample) / DAY)} ({number(low / DAY)} to {number(high / DAY)})"


def _unit(row) -> str:
    return "" if row.unit == "1" else f" {row.unit}"


def _pair(values) -> str:
    low, high = values
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def _without(result) -> str:
    """Each urine study predicted by a calibration that did not see it."""
    before, after = ({o.label: o for o in some} for some in (result.prior, result.outcomes))
    lines = [
        "## Leaving one urine study out",
        "",
        "The model is calibrated again without the urine rows of one publication, and then predicts them. The table has the"
        " median and the 90 % range.",
        "",
        "| left out | row | observed | prior | with it | without it | verdict without it |",
        "|---|---|---|---|---|---|---|",
    ]
    for source, some in result.without.items():
        for o in some:
            cells = " | ".join(_middle(each.sample) for each in (before[o.label], after[o.label], o))
            lines.append(f"| {source} | {o.label} | {_pair(o.observed)}{_unit(o.row)} | {cells} | {o.verdict} |")
    every = [o for some in result.without.values() for o in some]
    lines += [
        "",
        f"{_inside(every, 0.9)} of {len(every)} numbers lie in the 90 % interval of a model that has not seen them.",
    ]
    return "\n".join(lines)


def _middle(sample) -> str:
    low, high = scores.interval(sample, 0.9)
    return f"{number(np.median(sample))} ({number(low)} to {number(high)})"


def _classes(result) -> str:
    before = {o.label: o for o in result.prior or ()}
    lines = [
        "## Coverage by kind of evidence",
        "",
        "k of m, never a percentage: so few studies cannot carry one. Width: the geometric mean of upper"
        " over lower end of the 90 % intervals. CRPS: mean, on the logarithm of the number. Both take detection times as one hour"
        " longer, since the shortest of some people is 0.",
        "",
        "| evidence | informed the model | in 50 % | in 90 % | in 95 % |"
        + (" prior, in 90 % |" if before else "")
        + " width | CRPS |",
        "|---|---|---|---|---|" + ("---|" if before else "") + "---|---|",
    ]
    for words, belongs in CLASSES:
        for used in (True, False):
            some = [o for o in result.outcomes if belongs(o.row) and (o.row.id in result.used) == used]
            if not some:
                continue
            m = len(some)
            counts = " | ".join(f"{_inside(some, level)} of {m}" for level in scores.LEVELS)
            prior = f" {sum(before[o.label].inside(0.9) for o in some)} of {m} |" if before else ""
            sized = [o for o in some if not o.bound and o.row.statistic != "share"]
            is_used = "yes" if used else "no"
            lines.append(
                f"| {words} | {is_used} | {counts} |{prior} {number(_width(sized))} | {number(_crps(sized))} |"
            )
    return "\n".join(lines)


def _above_zero(outcome) -> tuple[np.ndarray, float]:
    """The sample and the observed number, of which a logarithm can be taken."""
    later = 1.0 if outcome.row.quantity == "detection_time" else 0.0
    observed = np.sqrt((outcome.observed[0] + later) * (outcome.observed[1] + later))
    return np.maximum(outcome.sample + later, 1e-9), float(observed)


def _width(some) -> float:
    if not some:
        return 0.0
    ends = [scores.interval(_above_zero(o)[0], 0.9) for o in some]
    return float(np.exp(np.mean([np.log(high / low) for low, high in ends])))


def _crps(some) -> float:
    if not some:
        return 0.0
    return float(np.mean([scores.crps(np.log(sample), np.log(seen)) for sample, seen in map(_above_zero, some)]))


def _shape(result) -> str:
    s = result.substance.id
    text = f"## Where observations lie in their forecasts\n\n![PIT histogram]({s}-pit.svg)"
    if any(o.row.time_h for o in result.outcomes):
        text += f"\n\n## Concentrations over time\n\n![curves]({s}-curves.svg)"
    return text


def _rows(result) -> str:
    s = result.substance.id
    lines = ["## Every row", ""]
    for key, some in groups(result).items():
        if some:
            lines += [f"![{key}]({s}-{key}.svg)", ""]
    lines += [
        "| row | source | known | used | statistic | n | observed | unit | predicted median (90 %) | PIT | verdict |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for o in result.outcomes:
        low, high = scores.interval(o.sample, 0.9)
        used = "tuned" if o.row.tuned else "fitted" if o.row.id in result.used else "check"
        sign = {"at-most": "<= ", "at-least": ">= "}.get(o.bound, "")
        where = f"P = {number(round(o.holds, 3))}" if o.bound else f"{o.pit:.2f}"
        lines.append(
            f"| {o.label} | {o.row.study.source} | {o.row.status}, {o.row.evidence} | {used} |"
            f" {o.row.statistic} | {o.row.n or '?'} |"
            f" {sign}{_pair(o.observed)} | {o.row.unit} | {number(np.median(o.sample))} ({number(low)} to"
            f" {number(high)}) | {where} |"
            f" {o.verdict} |"
        )
    return "\n".join(lines)


def groups(result) -> dict[str, list]:
    """The rows by the plot they are shown in."""
    shown: dict[str, list] = {"urine": [], "plasma": [], "modifiers": []}
    for o in result.outcomes:
        key = "urine" if o.row.quantity in URINE else "modifiers" if o.row.fold else "plasma"
        if not o.bound:
            shown[key].append(o)
    return shown


def _misfits(result) -> str:
    known = rules.misfits()
    lines = [
        "## Known misfits",
        "",
        "These numbers lie outside the 95 % interval. The cause is given where it is known.",
        "",
    ]
    outside = [o for o in result.outcomes if not o.inside(0.95)]
    lines += ["| row | observed | predicted 95 % | cause |", "|---|---|---|---|"] if outside else ["None."]
    for o in outside:
        low, high = scores.interval(o.sample, 0.95)
        cause = known.get(o.label) or known.get(o.row.id) or "not explained"
        lines.append(f"| {o.label} | {_pair(o.observed)}{_unit(o.row)} | {number(low)} to {number(high)} | {cause} |")
    return "\n".join(lines)


def _left_out(result) -> str:
    lines = ["## Rows that are not simulated", "", "| row | quantity | why |", "|---|---|---|"]
    lines += [f"| {row.id} | {row.quantity} | {why} |" for row, why in result.left_out]
    return "\n".join(lines)


def _method() -> str:
    spreads = "; ".join(
        f"{', '.join(rule.get('quantities', rule.get('evidence', [])))}: {number(rule['log_sd'])} ({rule['reason']})"
        for rule in rules.read()["discrepancy"]
        if "evidence" in rule or set(rule["quantities"]) & set(departures.OF_THE_CUTOFF)
    )
    return (
        "## How it was done\n\n"
        f"Every study is simulated {outcomes.REPETITIONS} times, each time with its own typical values (model uncertainty)"
        " and its own people (variability): as many people as took part, at most"
        f" {outcomes.MOST_PEOPLE}, and {outcomes.UNKNOWN_PEOPLE} where the number is not reported. Of age and sex they are what the"
        " words of the study's population mean (`study-people.toml`), and kidneys and weight follow. They get the study's doses."
        " They are observed as in the study: specimens at its interval from a random start, or at its times, each with its own"
        " flow, pH and assay error. The statistic is computed as it was published, so the longest of seven people is compared with"
        " the longest of seven. An interval in the table of observations counts as covered if any part of it is. PIT is the"
        " share of repetitions below the observed value (for ties and intervals, below their middle). For a one-sided"
        " statement, P is its probability under the model.\n\n"
        "Studies differ from each other by more than the chance in their people. By how much is learned of all substances together"
        f" ([between studies]({departures.NAME}.md)), each publication without its own rows. The rest is assumed, as log standard"
        f" deviations: {spreads}.\n\n"
        f"`detectapi/data/references*.toml` has the sources by their citekeys. Seed {outcomes.SEED}."
    )
