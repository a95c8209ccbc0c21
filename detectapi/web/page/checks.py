"""What the form itself checks: fields that contradict each other, and the time that is asked about."""

from detectapi.web.page import dated
from detectapi.web.page.form import DATES
from detectapi.web.page.one_dose import WORN
from detectapi.web.page.typed import is_two_way, number

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
    if dated.filled(values["rows"]) and values["frequency"] != DATES:
        words = voice.say("There are doses with a date below. Choose “On certain dates”, or empty their rows.")
        wrong.append(("frequency", words))
    routes = {values["route"], *(row["route"] for row in values["rows"] if values["frequency"] == DATES)}
    if WORN in routes and not values["worn_h"]:
        wrong.append(("worn_h", voice.say("For how many hours was the patch worn?")))
    if values["ongoing"] and values["frequency"] in NOT_REPEATED:
        wrong.append(("frequency", voice.say("Choose how often it is taken.")))
    return wrong


def time_asked(values, voice):
    """What is wrong with the time that is asked about."""
    wrong = []
    if is_two_way(values["since"]):
        wrong.append(("since", two_ways(voice)))
    elif not is_time(values["since"]):
        wrong.append(("since", voice.say("Enter a number of hours or days, or nothing.")))
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


def two_ways(voice):
    """What is said of a number that may be a thousand or one."""
    return voice.say(
        "This number can be read in two ways. Write thousands without a mark, such as 1500,"
        " and decimals with one digit more or less, such as 1.50."
    )
