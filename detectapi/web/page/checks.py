"""What the form itself checks: fields that contradict each other, and the time that is asked about."""

from detectapi.inputs.table import INPUTS
from detectapi.inputs.typed import is_two_way, number
from detectapi.telling.durations import DAYS, HOURS
from detectapi.telling.numbers import two_ways
from detectapi.web.page import dated, uses
from detectapi.web.page.asked_time import LATEST
from detectapi.web.page.choices import brands
from detectapi.web.page.form import ADJUSTMENTS
from detectapi.web.page.history import DATES
from detectapi.web.page.one_dose import WORN, is_length_typed, lasts
from detectapi.web.page.plain import CHOICES, PLAIN

OF_OWN_TEST = ("cutoff_ng_ml", *(one.field.name for one in PLAIN if one.section.startswith("assay")))
"""Fields that say what a test is, where it is none of the registry."""
NOT_REPEATED = ("once", DATES)


def checked(values, voice):
    """Fields that are wrong before anything is asked.

    Parameters
    ----------
    values : dict
        As `form.typed` gives them.
    voice : Voice

    Returns
    -------
    list of (str, str)
        The name of a field, and what is to be corrected there.
    """
    if values["request"]:
        return []
    wrong = time_asked(values, voice)
    if dated.ROWS.filled(values["rows"]) and values["frequency"] != DATES:
        words = voice.say("There are doses with a date below. Choose “On certain dates”, or empty their rows.")
        wrong.append(("frequency", words))
    routes = {values["route"], *(row["route"] for row in values["rows"] if values["frequency"] == DATES)}
    if WORN in routes and not values["worn_h"]:
        wrong.append(("worn_h", voice.say("For how many hours was the patch worn?")))
    if values["ongoing"] and values["frequency"] in NOT_REPEATED:
        wrong.append(("frequency", voice.say("Choose how often it is taken.")))
    return [*wrong, *without_use(values, voice), *further_uses(values, voice)]


def without_use(values, voice):
    """Fields that were filled although the other fields leave no use for them, so that nothing is dropped in silence."""
    return [
        *history_without_use(values, voice),
        *test_without_use(values, voice),
        *values_of_nothing(values, voice),
        *adjustments_in_part(values, voice),
    ]


def further_uses(values, voice):
    """What is wrong with the rows of further substances, and with a brand of another substance than the one chosen."""
    wrong = []
    if values["brand"] and brands().get(values["brand"]) != values["substance"]:
        wrong.append(("brand", voice.say("This is the name of another substance.")))
    for i, row in uses.ROWS.filled(values["uses"]):
        missing = missing_of_use(row | {"worn_h": row["lasts"]}, voice)
        if "worn_h" in missing:
            missing["lasts"] = missing.pop("worn_h")
        if row["days"] and row["frequency"] == "once":
            missing["days"] = voice.say("Choose how often it was taken, or empty this field.")
        wrong += [(f"use_{part}_{i}", words) for part, words in missing.items()]
        if row["at"] and values["frequency"] != DATES and not values["last_at"]:
            wrong.append(("last_at", voice.say("Enter the date and time of the last dose too.")))
    return wrong


def missing_of_use(values, voice):
    """What one of several uses does not say, by the name of its field: substance, route, amount, how long a patch was worn."""
    missing = {name: voice.say("Please fill this in.") for name in ("substance", "route", "amount") if not values[name]}
    if values["route"] == WORN and not values["worn_h"]:
        missing["worn_h"] = voice.say("For how many hours was the patch worn?")
    return missing


def history_without_use(values, voice):
    """Of the fields on how something was used, those that were filled for nothing."""
    frequency, route = values["frequency"], values["route"]
    by_dates = frequency == DATES
    routes = {route, *(row["route"] for row in values["rows"] if by_dates)} - {""}
    repeated = voice.say("Choose how often it was taken, or empty this field.")
    needed = {
        "every_h": (frequency == "every", voice.say("Choose “At another interval” above, or empty this field.")),
        "for_days": (frequency not in NOT_REPEATED, repeated),
        "count": (frequency not in NOT_REPEATED, repeated),
        "last_at": (not by_dates, voice.say("The rows of doses have their own dates and times. Empty this field.")),
        "worn_h": (WORN in routes, voice.say("Only a patch is worn. Choose “Through the skin (patch)”, or empty this field.")),
        "duration_min": (
            not is_length_typed(values) or any(one != WORN and lasts(values["substance"], one) for one in routes),
            voice.say("A dose taken in this way has no length. Empty this field."),
        ),
    }  # fmt: skip
    wrong = [(name, words) for name, (used, words) in needed.items() if values[name] and not used]
    if values["for_days"] and values["count"] and frequency not in NOT_REPEATED:
        wrong.append(("count", voice.say("Enter either the days or the number of doses.")))
    return wrong


def test_without_use(values, voice):
    """A cutoff that was typed beside another test, and a half-life beside the full model."""
    wrong = []
    if values["assay"] != "own":
        words = voice.say("Choose “My own cutoff” as the test, or empty this field.")
        wrong += [(name, words) for name in OF_OWN_TEST if values[name]]
    if values["half_life_h"] and values["model_kind"] != "half-life":
        wrong.append(("half_life_h", voice.say("Choose the textbook model, or empty this field.")))
    return wrong


test_without_use.__test__ = False


def values_of_nothing(values, voice):
    """Values of alternatives, such as kidney function, of which nobody chose what they are."""
    wrong = []
    for choice in CHOICES:
        kind, name = values[f"{choice.field.name}_kind"], f"{choice.field.name}_value"
        is_word = any(kind in entry.words for entry in INPUTS.among(choice.name))
        if values[name] and not kind:
            wrong.append((name, voice.say("Choose what this number is, or empty this field.")))
        elif values[name] and is_word:
            wrong.append((name, voice.say("What was chosen has no number. Empty this field.")))
    return wrong


def adjustments_in_part(values, voice):
    """Changes of the model of which only the parameter or only the value was typed, and a parameter that is changed twice."""
    wrong, seen = [], set()
    for i in range(ADJUSTMENTS):
        name, value = values[f"adjust_name_{i}"], values[f"adjust_value_{i}"]
        if bool(name) != bool(value):
            wrong.append((f"adjust_value_{i}", voice.say("Enter both the parameter and its value, or neither.")))
        elif name and name in seen:
            wrong.append((f"adjust_value_{i}", voice.say("This parameter is changed above already.")))
        seen.add(name)
    return wrong


def time_asked(values, voice):
    """What is wrong with the time that is asked about."""
    wrong = []
    if is_two_way(values["since"]):
        wrong.append(("since", two_ways(voice)))
    elif not is_time(values["since"]):
        wrong.append(("since", voice.say("Enter a number of hours or days, or nothing.")))
    elif values["since"] and is_too_late(values):
        most = {"hours": voice.number(LATEST, ".15g"), "days": voice.number(LATEST // DAYS.hours, ".15g")}
        wrong.append(("since", voice.say("Enter at most %(hours)s hours, which are %(days)s days.", **most)))
    if values["ongoing"] and (values["since"] or values["collected_at"]):
        words = voice.say(
            "While it is still being taken, the answer is for just before the next dose. Empty this field."
        )
        wrong.append(("since" if values["since"] else "collected_at", words))
    if values["collected_at"] and dated.local(values["collected_at"]) is None:
        wrong.append(("collected_at", voice.say("Enter a date and a time, such as 2026-11-24T09:00.")))
    elif values["collected_at"] and values["frequency"] != DATES and not values["last_at"]:
        wrong.append(("last_at", voice.say("Enter the date and time of the last dose too.")))
    elif values["collected_at"] and values["since"]:
        words = voice.say("Enter either the time after the last dose or the date and time of the specimen.")
        wrong.append(("since", words))
    return wrong


def is_time(text):
    """Whether a time after the last dose can be read, or none was asked about."""
    return not text or (isinstance(number(text), (int, float)) and number(text) >= 0)


def is_too_late(values):
    """Whether the time after the last dose lies beyond what is answered."""
    unit = DAYS if values["since_unit"] == "d" else HOURS
    return number(values["since"]) * unit.hours > LATEST
