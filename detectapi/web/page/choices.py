"""What the form offers, read from the data: substances, routes, tests, parameters, presets, and which substance each fits."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from detectapi import service
from detectapi.inputs.table import INPUTS
from detectapi.knowledge.catalog.files import folders
from detectapi.telling import sentences
from detectapi.telling.inputs_used import medicine, said_words
from detectapi.telling.retelling import quoted


@dataclass(frozen=True, slots=True)
class Offer:
    """An entry of a list of the form.

    Attributes
    ----------
    value : str
        What is sent.
    fits : tuple of str
        Ids of the substances that it can be chosen for.
    group : str
        Of a test: who it is of, or ``without-window`` where no window can be given for it.
    """

    value: str
    fits: tuple[str, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """An offer in the reader's language. ``english`` says that its words have no translation."""

    value: str
    words: str
    fits: tuple[str, ...]
    group: str = ""
    english: bool = False


@lru_cache(maxsize=1)
def presets():
    """Worked examples, those of substances that are there."""
    text = resources.files("detectapi.web.page").joinpath("presets.json").read_text(encoding="utf-8")
    known = {item["id"] for item in service.substances()["items"]}
    return [preset for preset in json.loads(text) if preset["request"]["substance"] in known]


def named_preset(args):
    """The worked example that an address names, or None."""
    return next((item for item in presets() if item["id"] == args.get("preset")), None)


def choices():
    """Everything the form's lists hold, the same for every reader."""
    return of_data(folders())


@lru_cache(maxsize=1)
def of_data(_folders):
    """The same, read once from the folders of data."""
    substances = service.substances()["items"]
    cards = [service.substance(item["id"]) for item in substances]
    routes = gathered((item["id"], item["routes"]) for item in substances)
    registered = service.assays()
    return {
        "substances": [(item["id"], item["name"]) for item in substances],
        "routes": [Offer(route, routes[route]) for route in INPUTS["doses[].route"].words if route in routes],
        "salts": offers((card["id"], [salt["id"] for salt in card["salts"]]) for card in cards),
        "analytes": offers((card["id"], card["analytes"]) for card in cards),
        "interactions": offers((card["id"], sorted(card["interactions"])) for card in cards),
        "effects": {name: text for card in cards for name, text in card["interactions"].items()},
        "assays": {item["id"]: item for item in registered["items"]},
        "panels": registered["panels"],
        "units": [(card["id"], unit["id"], unit["name"]) for card in cards for unit in card["dose_units"]],
        "brands": offers((card["id"], [brand["name"] for brand in card["brands"]]) for card in cards),
        "lasting": {card["id"]: {route["id"]: route["accepts_duration"] for route in card["routes"]} for card in cards},
        "parameters": {card["id"]: [entry["name"] for entry in card["parameters"]] for card in cards},
    }


def gathered(listed):
    """The substances of each name, from the names of each substance."""
    known: dict[str, tuple[str, ...]] = {}
    for substance, names in listed:
        for name in names:
            known[name] = (*known.get(name, ()), substance)
    return known


def offers(listed):
    """An offer of each name, from the names of each substance."""
    return [Offer(name, fits) for name, fits in gathered(listed).items()]


def test_groups(voice):
    """What the groups of tests are called, in the order of the list."""
    return {
        "panel": voice.say("Panels of several tests"),
        "regulation": voice.say("Rules and recommendations"),
        "laboratory": voice.say("Laboratories"),
        "kit": voice.say("Kits and strips"),
        "method": voice.say("Published methods"),
        "": voice.say("Other tests"),
        "without-window": voice.say("Tests that do not look for it or state no cutoff"),
    }


test_groups.__test__ = False


def routes(voice):
    """The routes, as options."""
    said = said_words("doses[].route", voice)
    return [Option(one.value, said[one.value], one.fits) for one in choices()["routes"]]


def named(kind, voice):
    """The analytes or the salts, as options."""
    return [Option(one.value, sentences.name(one.value, voice), one.fits) for one in choices()[kind]]


def tests(voice):
    """The panels and the registered tests, each with its issuer and date, as options in the order of their groups."""
    groups = test_groups(voice)
    made = []
    for item in choices()["assays"].values():
        group = (item["group"] or "") if item["test"] else "without-window"
        words = sentences.named_test(item, voice)
        english = not voice.knows(item["name"])
        made.append(Option(item["id"], words, tuple(item["substances"]), groups[group], english))
    every = tuple(id for id, _ in choices()["substances"])  # that a panel does not look for it is an answer too
    for item in choices()["panels"]:
        english = not voice.knows(item["name"])
        made.append(Option(item["id"], sentences.named_test(item, voice), every, groups["panel"], english))
    order = list(groups.values())
    return sorted(made, key=lambda option: order.index(option.group))


tests.__test__ = False


def named_units(voice):
    """The units that substances have of their own, such as a standard drink, as options."""
    return [Option(unit, voice.say(name), (substance,)) for substance, unit, name in choices()["units"]]


def brands():
    """The id of the substance of each brand, by its name."""
    return {one.value: substance for one in choices()["brands"] for substance in one.fits}


def offered_tests():
    """The ids of all tests and panels that the form offers."""
    return {*choices()["assays"], *(panel["id"] for panel in choices()["panels"])}


def medicines(voice):
    """Other medicines and foods, as options, each with what it does."""
    effects = choices()["effects"]
    return [
        (Option(one.value, medicine(one.value, voice), one.fits), quoted(effects[one.value], voice))
        for one in choices()["interactions"]
    ]


def arranged(options, substance, voice):
    """Options in the groups of a list: those that fit a substance first, then those of other substances.

    Parameters
    ----------
    options : list of Option
    substance : str
    voice : Voice

    Returns
    -------
    list of (str, bool, list of Option)
        The label of the group, empty for none; whether it is of other substances; its options.
    """
    groups: dict[tuple[str, bool], list[Option]] = {}
    for option in options:
        own = not option.fits or substance in option.fits
        other = (
            sentences.capital(sentences.name(option.fits[0], voice))
            if option.group
            else voice.say("For other substances")
        )
        groups.setdefault((option.group, False) if own else (other, True), []).append(option)
    ordered = sorted(groups.items(), key=lambda item: item[0][1])
    return [(label, others, inner) for (label, others), inner in ordered]


def lists(substance, voice, units=()):
    """The lists of the form, with what fits a substance first.

    Parameters
    ----------
    substance : str
    voice : Voice
    units : list of Option

    Returns
    -------
    dict
        Groups as `arranged` gives them for routes, tests, analytes, salts; the medicines; the names of the parameters.
    """
    kinds = {
        "routes": routes(voice),
        "tests": tests(voice),
        "analytes": named("analytes", voice),
        "salts": named("salts", voice),
        "brands": [Option(one.value, one.value, one.fits) for one in choices()["brands"]],
        "units": units,
    }
    return {
        "substances": [(id, sentences.capital(sentences.name(id, voice))) for id, _ in choices()["substances"]],
        **{kind: arranged(options, substance, voice) for kind, options in kinds.items()},
        "medicines": sorted(medicines(voice), key=lambda entry: substance not in entry[0].fits),
        "parameters": choices()["parameters"].get(substance, []),
    }
