"""What the form about results checks itself, and the sentence beside a field for what the contract refuses."""

from detectapi.inputs.typed import is_two_way
from detectapi.model.read_doses import RATES
from detectapi.web.page import dated, results_form, results_uses
from detectapi.web.page.checks import history_without_use, missing_of_use, two_ways
from detectapi.web.page.one_dose import WORN
from detectapi.web.page.voice import problem_words

WHOLE = ("exactly-one", "at-most-one")
"""Codes of a problem with an object as a whole: of no use where the form has said what is wrong with its fields."""


def checked(values, asked, voice):
    """Fields that are wrong before anything is asked.

    Parameters
    ----------
    values : dict
        As `results_form.typed` gives them.
    asked : results_form.Asked
    voice : Voice

    Returns
    -------
    list of (str, str)
        The name of a field, and what is to be corrected there.
    """
    wrong = []
    for pointer, row in asked.rows.items():
        kind = pointer.split("/")[1]
        if kind == "specimens" and "_" not in row:
            wrong += _moment(values, f"{row}_collected", voice, needed=True)
        if kind == "accounts" and "_" not in row:
            wrong += _account(values, row, voice)
    wrong += _moment(values, "planned_at", voice)
    if values["planned_assay"] and not values["planned_at"]:
        wrong.append(("planned_at", voice.say("Enter the date and time of the planned test.")))
    if not any(one.get("results") or "screen" in one for one in asked.request["specimens"]):
        wrong.append(("s0_r0_value", voice.say("Enter at least one result.")))
    return wrong


def _moment(values, name, voice, needed=False):
    """What is wrong with a date and time."""
    if not values[name]:
        return [(name, voice.say("Please fill this in."))] if needed else []
    if dated.local(values[name]) is None:
        return [(name, voice.say("Enter a date and a time, such as 2026-11-24T09:00."))]
    return []


def _account(values, row, voice):
    """What is wrong with an account."""
    wrong = [] if values[f"{row}_amount"] else [(f"{row}_amount", voice.say("Please fill this in."))]
    for name in results_form.TIMES:
        wrong += _moment(values, f"{row}_{name}", voice)
    if values[f"{row}_extends"]:
        return wrong + _extension(values, row, voice)
    at, earliest, latest = (values[f"{row}_{name}"] for name in results_form.TIMES)
    if bool(at) == bool(earliest):
        words = voice.say(
            "Enter when the last use was, or the earliest time at which it may have been. One of the two."
        )
        wrong.append((f"{row}_at", words))
    elif latest and not earliest:
        wrong.append((f"{row}_earliest", voice.say("Please fill this in.")))
    wrong += _without_use(values, row, voice)
    for use in results_uses.filled(values, int(row[1:])):
        wrong += _further_use(values, use, bool(earliest), voice)
    return wrong


def _extension(values, row, voice):
    """What is wrong with an account that extends another by one use."""
    wrong, place = [], int(row[1:])
    if values[f"{row}_at"]:
        wrong.append((f"{row}_at", voice.say("Leave this empty, and enter between which times it may have been.")))
    if values[f"{row}_frequency"] not in ("", "once"):
        wrong.append((f"{row}_frequency", voice.say("One use can be added here, not a series.")))
    wrong += [
        (f"{row}_{name}", voice.say("Between which times may it have been?"))
        for name in ("earliest", "latest")
        if not values[f"{row}_{name}"]
    ]
    base = results_form.base_of(values, place)
    if base is not None and len(results_uses.substances(values, base)) > 1 and not values[f"{row}_substance"]:
        wrong.append((f"{row}_substance", voice.say("Which of the substances was used once more?")))
    length = "worn_h" if values[f"{row}_route"] == WORN else "duration_min"
    if values[f"{row}_amount_unit"] in RATES and not values[f"{row}_{length}"]:
        wrong.append((f"{row}_{length}", voice.say("Please fill this in.")))
    words = voice.say("Only one use can be added to another account. Empty this row.")
    return wrong + [(f"{use}_substance", words) for use in results_uses.filled(values, place)]


def _without_use(values, row, voice):
    """Fields of a use that were filled although its other fields leave no use for them."""
    use = results_uses.typed_use(values, row)
    use["substance"] = use["substance"] or values["substance"]
    return [(f"{row}_{name}", words) for name, words in history_without_use(use, voice)]


def _further_use(values, row, is_range, voice):
    """What is wrong with a further use of an account.

    Parameters
    ----------
    values : dict
    row : str
        Such as ``a0_u1``.
    is_range : bool
        Whether the last use of the account lies between two times.
    voice : Voice
    """
    missing = missing_of_use(results_uses.typed_use(values, row), voice)
    wrong = [(f"{row}_{name}", words) for name, words in missing.items()]
    wrong += [*_without_use(values, row, voice), *_moment(values, f"{row}_at", voice)]
    if is_range and values[f"{row}_at"]:
        words = voice.say(
            "Empty this field, or enter above when the last use was. Between two times, all uses of the account end together."
        )
        wrong.append((f"{row}_at", words))
    return wrong


def with_those_of_contract(own, error, values, asked, voice):
    """What the form found, and what the contract refuses besides, one sentence for each field.

    Parameters
    ----------
    own : list of (str, str)
        As of `checked`.
    error : InputError
    values : dict
    asked : results_form.Asked
    voice : Voice
    """
    wrong = dict(own)
    for problem in error.problems:
        if own and problem.code in WHOLE:
            continue
        name = _worn(results_form.place(problem.pointer, asked), values)
        row, is_count, _ = name.partition("_count")
        if is_count and problem.code == "required":
            words = voice.say("For how many days was it taken? Enter the days, or the number of doses.")
            wrong.setdefault(f"{row}_for_days", words)
            continue
        wrong.setdefault(name, _words(problem, values.get(name, ""), voice))
    return list(wrong.items()) or [("substance", error.message)]


def _worn(name, values):
    """The field for the length of a dose: of a patch, that of the hours that it was worn."""
    row, is_length, _ = name.partition("_duration_min")
    return f"{row}_worn_h" if is_length and values.get(f"{row}_route") == WORN else name


def _words(problem, text, voice):
    """Why an entry is refused, in the reader's language."""
    if isinstance(text, str) and is_two_way(text.lstrip("<≤ ")):
        return two_ways(voice)
    return _reasons(voice).get(problem.code) or problem_words(problem, voice)


def _reasons(voice):
    """Why an entry about results is refused, by the code of the problem."""
    return {
        "collected-before-use": voice.say("This specimen was collected before the first dose of an account."),
        "duplicate": voice.say(
            "This occurs twice. Give each specimen and account a name of its own, and each analyte once."
        ),
        "unknown-account": voice.say("Choose an account whose use is told here."),
        "unknown-analyte": voice.say("This is not formed from what was used."),
        "not-considered": voice.say(
            "In this programme no other specimen is considered (49 CFR 40.151). Give the one that is reviewed."
        ),
        "too-much-work": voice.say("This asks for too much: use fewer simulated cases, specimens, accounts or uses."),
        "not-supported": voice.say(
            "This cannot be answered. One more use can only be added to a use whose date and time is known; a screening test in"
            " stages, or with a cutoff per creatinine, cannot be read backwards."
        ),
        "empty-range": voice.say("The earliest time must lie before the latest one, and before the first specimen."),
    }
