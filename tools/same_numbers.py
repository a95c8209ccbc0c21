"""This tool shows whether two versions of detectapi give the same numbers for the same questions.

    python tools/same_numbers.py record OUT.json     # writes one SHA-256 for each question, with the version
    python tools/same_numbers.py compare OUT.json    # asks again and lists what differs; exit code 1 if anything does
    python tools/same_numbers.py show QUESTION_ID    # prints what is hashed, so that two versions can be diffed
    options: --only N (every Nth question), --processes 2

It asks by the public faces alone, so the same file runs before and after a change of the insides: `detectapi.estimate_request`,
`estimate` and the lists of the library, and the commands `batch` and `sensitivity`. Run it from the folder that holds the
package. It hashes numbers with their places, names of inputs and analytes, codes of notes, the evidence's grade, clock times,
and places and codes of refusals; it hashes no sentence. The order of a sensitivity's groups hangs on their names where shares
are equal, so their numbers are sorted.

A question's own id seeds whatever chance made it: a question more or less leaves the others as they were.
"""

import argparse
import csv
import hashlib
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version as version_of
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: sums must not depend on how many threads share them
ROOT = Path.cwd() if (Path.cwd() / "detectapi").is_dir() else Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

PARENTS = {"ketamine": "ketamine", "esketamine": "ketamine"}
"""The analyte that a substance is itself, where the two have different names."""

SALTS = {
    "ketamine": ("hydrochloride",),
    "esketamine": ("hydrochloride",),
    "amphetamine": ("sulfate", "mixed-salts"),
    "methamphetamine": ("hydrochloride",),
}
INTERACTIONS = ("ticlopidine", "clarithromycin", "itraconazole", "grapefruit", "st-johns-wort", "rifampicin")
INTERACTING = ("ketamine", "esketamine")
INFUSED = ("intravenous", "intramuscular", "subcutaneous")
FREQUENCIES = ("monthly", "weekly", "twice-weekly", "daily")
STAGES = ("G1", "G2", "G3a", "G3b", "G4", "G5")
AMOUNTS = (0.5, 5.0, 28.0, 35.0, 56.0, 84.0, 150.0, 600.0)
DIGITS = 4  # significant, of a number that is made up

RENAL = {  # what may be given: (low, high) of plausible values
    "egfr_ml_min_1_73m2": (12, 160),
    "creatinine_clearance_ml_min": (12, 180),
    "serum_creatinine_mg_dl": (0.4, 6),
    "serum_creatinine_umol_l": (40, 600),
}
HYDRATION = {
    "urine_flow_ml_h": (15, 400),
    "fluid_intake_l_day": (0.6, 6),
    "urine_creatinine_mg_dl": (10, 350),
    "specific_gravity": (1.002, 1.034),
}
SPECIMEN = {name: HYDRATION[name] for name in ("urine_flow_ml_h", "urine_creatinine_mg_dl", "specific_gravity")}
PERSON = {"weight_kg": (35, 150), "height_cm": (140, 205), "age_y": (16, 90)}
ENDS = {  # the ends of what the contract allows, as (section, name): values
    ("person", "weight_kg"): (2, 3, 300, 400),
    ("person", "height_cm"): (40, 250),
    ("person", "age_y"): (0, 0.5, 100, 120),
    ("renal", "egfr_ml_min_1_73m2"): (3, 250),
    ("renal", "creatinine_clearance_ml_min"): (3, 300),
    ("renal", "serum_creatinine_mg_dl"): (0.1, 25),
    ("renal", "serum_creatinine_umol_l"): (9, 2200),
    ("hydration", "urine_flow_ml_h"): (6, 1500),
    ("hydration", "fluid_intake_l_day"): (0.3, 15),
    ("hydration", "urine_creatinine_mg_dl"): (1, 600),
    ("hydration", "specific_gravity"): (1.001, 1.040),
    ("specimen", "urine_ph"): (4, 9),
    ("specimen", "urine_flow_ml_h"): (6, 1500),
    ("specimen", "urine_creatinine_mg_dl"): (1, 600),
    ("specimen", "specific_gravity"): (1.001, 1.040),
    ("specimen", "void_interval_h"): (0.25, 24),
}


# What is hashed of an answer.


def leaves(value, path=""):
    """An answer yields its numbers, and the few words that count, each with its place, in the order of the document."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}/{index}")
    elif isinstance(value, (int, float)) or (isinstance(value, str) and counts(path.split("/"))):
        yield f"{path}={value!r}"


def counts(place):
    """A word counts when it is a name, a code, a grade or a clock time, and not a sentence."""
    match place:
        case ["", "inputs_used", _, "name"] | ["", "analytes", _, "analyte"] | ["", "notes", _, "code"]:
            return True
        case ["", "evidence", "grade"] | ["", "evidence"] | ["", "notes"]:  # the latter two are columns of a batch
            return True
    return place[-1].endswith("_at")


def digest(lines):
    """A hash stands for all lines of an answer."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def refusal(error):
    """A refusal yields the place and the code of each thing to mend."""
    problems = getattr(error, "problems", None) or [error]
    return ["refused", *sorted(f"{problem.pointer} {problem.code}" for problem in problems)]


def ask(name, question):
    """The library answers one question or refuses it; every third question is put field by field."""
    from detectapi import DetectError, estimate, estimate_request

    try:
        answer = estimate(**question) if len(name) % 3 == 0 and "substance" in question else estimate_request(question)
    except DetectError as error:
        return refusal(error)
    except Exception as error:  # noqa: BLE001 - a crash is an outcome too: it must differ, not end the comparison
        return [f"crashed {type(error).__name__}"]
    return list(leaves(json.loads(answer.to_json())))


def ask_card(name):
    """The library shows the numbers of a substance's model, or of the registered assays."""
    from detectapi import list_assays, show_substance

    return list(leaves([list(list_assays())] if name == "assays" else show_substance(name)))


def command(*words):
    """The command line of this version runs in a process of its own."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "detectapi", *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def ask_sensitivity(question):
    """The command tells what a window hangs on; groups are sorted by their numbers, because their names are words."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "question.json")
        file.write_text(json.dumps(question))
        done = command("sensitivity", file)
    if done.returncode:
        return [f"exit {done.returncode}"]
    document = json.loads(done.stdout)
    groups = document.pop("groups")
    return [*leaves(document), *sorted(f"{group['kind']} {' '.join(leaves(group))}" for group in groups)]


def ask_batch(batch):
    """The command answers a table; each row yields its numbers, a bad row what is wrong with it."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"scenarios.{batch['ending']}")
        source.write_text(batch["text"], newline="")
        result, errors = Path(folder, "result.ndjson"), Path(folder, "errors.ndjson")
        done = command("batch", source, "-o", result, "--errors", errors, "--workers", 1, *batch["options"])
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            return {name: [f"exit {done.returncode}"] for name in batch["rows"]}
        answers = {}
        for row in map(json.loads, result.read_text().splitlines()):
            answers[str(row.pop("id"))] = list(leaves(row))
        for bad in map(json.loads, errors.read_text().splitlines() if errors.exists() else ()):
            answers.setdefault(str(bad["id"]), ["refused"]).append(f"{bad['pointer']} {bad['code']}")
    return {name: answers.get(name, ["no such row"]) for name in batch["rows"]}


# The corpus.


def seeded(name):
    """A question's id decides all chance in it."""
    return random.Random(f"same numbers: {name}")  # noqa: S311 - no secret


def figure(number):
    """A made-up number has few digits, as people write it."""
    return float(f"{number:.{DIGITS}g}")


def within(rng, bounds):
    """Chance picks a number between bounds."""
    return figure(rng.uniform(*bounds))


def quantity(rng, bounds, ranged=0.3):
    """Chance picks a number, or a range of numbers."""
    if rng.random() >= ranged:
        return within(rng, bounds)
    low, high = sorted((rng.uniform(*bounds), rng.uniform(*bounds)))
    low, high = figure(low), figure(high)
    return {"low": low, "high": high} if low < high else low


def with_options(name, question):
    """A question asks for few draws, and often for each of them, because rounding hides small changes."""
    rng = seeded(f"options of {name}")
    options = {"draws": rng.choice((100, 150, 200, 200, 250, 300)), "include": rng.choice(INCLUDED)}
    if rng.random() < 0.3:
        options["seed"] = rng.randrange(2**32)
    if rng.random() < 0.2:
        options["level"] = rng.choice((0.5, 0.8, 0.95, 0.99))
    return {**question, "options": options}


INCLUDED = ([], ["draws"], ["draws"], ["draws"], ["draws", "concentration"], ["concentration", "draws"])


def parent(substance):
    """A substance in urine is its own first analyte."""
    return PARENTS.get(substance.id, substance.id)


def measured(substance, cutoff=25.0, rule="any", **more):
    """An assay measures every analyte of a substance."""
    analytes = [{"analyte": word, "cutoff_ng_ml": cutoff} for word in substance.analytes]
    return {"rule": rule, "analytes": analytes, **more}


def simple(substance, route="intravenous", amount=50.0, **more):
    """Somebody takes one dose."""
    return {"substance": substance.id, "doses": [{"amount_mg": amount, "route": route}], **more}


def routes(substances):
    """Every route of every substance takes doses of all kinds."""
    for one in substances:
        for route in one.routes:
            at = f"{one.id}/{route}"
            for amount in (1, 28, 84, 500):
                yield f"{at}/{amount}", simple(one, route, amount)
            yield f"{at}/trace", simple(one, route, 20, assay=measured(one, 0.5))
            ranged = {"low": 20, "high": 90}
            yield f"{at}/range", simple(one, route, ranged)
            doses = [{"amount_mg_per_kg": 0.7, "route": route, "repeat": {"every_h": 36, "count": 5}}]
            yield f"{at}/train", {"substance": one.id, "doses": doses, "assay": measured(one, 10, "all")}
            doses = [{"amount_mg_per_kg": {"low": 0.3, "high": 1.1}, "route": route}, {"amount_mg": 30, "route": route}]
            doses[1]["start_h"] = 6.5
            yield f"{at}/two", {"substance": one.id, "doses": doses, "person": {"weight_kg": 81.5}}
            for i, salt in enumerate(SALTS.get(one.id, ())):
                doses = [{"amount_mg": 60 + i, "route": route, "basis": salt}]
                yield f"{at}/{salt}", {"substance": one.id, "doses": doses}
            pattern = {"frequency": "weekly", "amount_mg": 40, "route": route, "for_days": 45}
            yield f"{at}/pattern", {"substance": one.id, "pattern": pattern}
            yield f"{at}/half-life", simple(one, route, 40, model={"kind": "half-life"})
            for minutes in (1, 40, 600, 14_400) if route in INFUSED else (40,):  # others refuse a duration
                doses = [{"amount_mg": 35, "route": route, "duration_min": minutes}]
                yield f"{at}/{minutes}-min", {"substance": one.id, "doses": doses}
            old_name = next(iter(one.aliases), one.id)
            yield f"{at}/alias", {**simple(one, route, 33), "substance": old_name, "assay": measured(one, 75)}


def registered(substances, assays):
    """Every registered assay tests every substance; those that do not fit are refused."""
    for one, assay in itertools.product(substances, assays):
        yield f"{one.id}/{assay}/once", simple(one, amount=35, assay=assay)
        doses = [{"amount_mg": 45, "route": "oral", "repeat": {"every_h": 12, "count": 9}}]
        yield f"{one.id}/{assay}/often", {"substance": one.id, "doses": doses, "assay": assay}


def explicit(substances):
    """Assays are written out: each analyte, several analytes, immunoassays, imprecision."""
    for one in substances:
        for analyte, cutoff in itertools.product(one.analytes, (0.03, 1, 25, 500, 20_000)):
            assay = {"analytes": [{"analyte": analyte, "cutoff_ng_ml": cutoff}]}
            yield f"{one.id}/{analyte}/{cutoff}", simple(one, assay=assay)
        for rule, cutoff in itertools.product(("any", "all"), (0.1, 5, 100, 3000)):
            yield f"{one.id}/{rule}/{cutoff}", simple(one, "oral", 80, assay=measured(one, cutoff, rule))
        for rule, pair in itertools.product(("any", "all"), itertools.permutations(one.analytes, 2)):
            analytes = [{"analyte": word, "cutoff_ng_ml": 10 + 30 * i} for i, word in enumerate(pair)]
            yield f"{one.id}/{rule}/{'+'.join(pair)}", simple(one, assay={"rule": rule, "analytes": analytes})
        for cv in (0, 0.05, 0.3, 1):
            yield f"{one.id}/cv/{cv}", simple(one, assay=measured(one, 50, imprecision_cv=cv))
            assay = {"target": one.analytes[-1], "cutoff_ng_ml": 40, "imprecision_cv": cv}
            yield f"{one.id}/cv/target/{cv}", simple(one, assay=assay)
        for target in one.analytes:
            others = [word for word in one.analytes if word != target]
            for i, table in enumerate(({}, {w: 0.02 for w in others}, {w: 0.7 for w in others[:1]}, {w: 3 for w in others},
                                       {w: 0 for w in others}, {w: figure(0.9 / n) for n, w in enumerate(others, 1)})):  # fmt: skip
                assay = {"target": target, "cutoff_ng_ml": 120, "cross_reactivity": table}
                yield f"{one.id}/target/{target}/{i}", simple(one, "oral", 120, assay=assay)


def persons(substances):
    """People differ by weight, height, age, sex, liver and other medicines."""
    for one in substances:
        for name, bounds in PERSON.items():
            rng = seeded(f"{one.id} {name}")
            for i in range(3):
                yield f"{one.id}/{name}/{i}", simple(one, "oral", person={name: within(rng, bounds)})
                yield f"{one.id}/{name}/range/{i}", simple(one, person={name: quantity(rng, bounds, 1)})
        for sex in ("female", "male"):
            yield f"{one.id}/{sex}", simple(one, person={"sex": sex})
            person = {"sex": sex, "weight_kg": 62, "height_cm": 168, "age_y": 47}
            yield f"{one.id}/{sex}/whole", simple(one, "oral", person=person)
        for liver, route in itertools.product(("none", "A", "B", "C"), ("intravenous", "oral")):
            yield f"{one.id}/liver/{liver}/{route}", simple(one, route, person={"hepatic_class": liver})
        if one.id in INTERACTING:
            for word, route in itertools.product(INTERACTIONS, ("intravenous", "oral", "sublingual", "nasal-spray")):
                yield f"{one.id}/{word}/{route}", simple(one, route, person={"interactions": [word]})
            for pair in itertools.combinations(INTERACTIONS, 2):
                person = {"interactions": list(pair), "hepatic_class": "B"}
                yield f"{one.id}/{'+'.join(pair)}", simple(one, "oral", person=person)


def kidneys(substances):
    """Kidney function is known in each of its units, exactly or as a range, with and without the body's size."""
    for one, (name, bounds), i in itertools.product(substances, RENAL.items(), range(4)):
        rng = seeded(f"{one.id} {name} {i}")
        person = {"age_y": within(rng, (20, 85)), "sex": rng.choice(("female", "male"))} if "serum" in name else {}
        if i % 2:
            person |= {"weight_kg": within(rng, (45, 130)), "height_cm": within(rng, (150, 195))}
        renal = {name: quantity(rng, bounds, float(i > 1))}
        yield f"{one.id}/{name}/{i}", simple(one, renal=renal, person=person)
    for one, stage in itertools.product(substances, STAGES):
        yield f"{one.id}/stage/{stage}", simple(one, "oral", renal={"ckd_stage": stage})
        person = {"weight_kg": 95, "height_cm": 182}
        yield f"{one.id}/stage/{stage}/size", simple(one, renal={"ckd_stage": stage}, person=person)


def waters(substances):
    """Urine is known by its flow, its pH and what the specimen itself shows."""
    for one in substances:
        for level in ("low", "usual", "high"):
            yield f"{one.id}/level/{level}", simple(one, hydration={"level": level})
            specimen = {"void_interval_h": 3.5}
            yield f"{one.id}/level/{level}/void", simple(one, "oral", hydration={"level": level}, specimen=specimen)
        for (name, bounds), i in itertools.product(HYDRATION.items(), range(3)):
            rng = seeded(f"{one.id} {name} {i}")
            yield f"{one.id}/{name}/{i}", simple(one, hydration={name: quantity(rng, bounds, float(i == 2))})
            if name in SPECIMEN:
                yield (
                    f"{one.id}/specimen/{name}/{i}",
                    simple(one, specimen={name: quantity(rng, bounds, float(i == 2))}),
                )
                both = {"hydration": {"level": "low"}, "specimen": {name: quantity(rng, bounds)}}
                yield f"{one.id}/both/{name}/{i}", simple(one, "oral", **both)
        for ph in (4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, {"low": 5.2, "high": 7.4}, {"low": 4, "high": 9}):
            word = ph if not isinstance(ph, dict) else f"{ph['low']}-{ph['high']}"
            yield f"{one.id}/ph/{word}", simple(one, urine_ph=ph)
            yield f"{one.id}/ph/specimen/{word}", simple(one, "oral", specimen={"urine_ph": ph})
        yield f"{one.id}/ph/both", simple(one, urine_ph=5.5, specimen={"urine_ph": 7.5})
        for hours in (0.25, 1, 4, 8, 24, {"low": 2, "high": 7}):
            word = hours if not isinstance(hours, dict) else "range"
            yield f"{one.id}/void/{word}", simple(one, specimen={"void_interval_h": hours})


def schedules(substances):
    """Doses come once, in trains, in patterns, on the clock, as many irregular ones, and as infusions."""
    for one in substances:
        for route, frequency in itertools.product(one.routes, FREQUENCIES):
            days = {"monthly": 365, "weekly": 90, "twice-weekly": 28, "daily": 60}[frequency]
            pattern = {"frequency": frequency, "amount_mg": 45, "route": route, "for_days": days}
            yield f"{one.id}/{frequency}/{route}", {"substance": one.id, "pattern": pattern}
        for frequency, days in itertools.product(FREQUENCIES, (0.5, 10, 400, 3650)):
            pattern = {"frequency": frequency, "amount_mg": {"low": 20, "high": 70}, "route": "oral", "for_days": days}
            yield f"{one.id}/{frequency}/{days}", {"substance": one.id, "pattern": pattern}
        for salt in ("base", *SALTS.get(one.id, ())):
            pattern = {"frequency": "once", "amount_mg": 70, "route": "intravenous", "duration_min": 20, "basis": salt}
            yield f"{one.id}/once/{salt}", {"substance": one.id, "pattern": pattern}
        for count, every in itertools.product((2, 7, 200, 2400), (0.25, 8, 24, 168)):
            doses = [{"amount_mg": 25, "route": "oral", "repeat": {"every_h": every, "count": count}}]
            yield f"{one.id}/train/{count}x{every}", {"substance": one.id, "doses": doses}
        for count in (3, 12, 40, 150):
            rng = seeded(f"{one.id} many {count}")
            doses = [
                {
                    "amount_mg": rng.choice(AMOUNTS),
                    "route": rng.choice(one.routes[:4]),
                    "start_h": within(rng, (-1500, 300)),
                }
                for _ in range(count)
            ]
            yield f"{one.id}/many/{count}", {"substance": one.id, "doses": doses}
        clocks = ("2026-03-01T08:00:00Z", "2026-03-02T21:30:15+01:00", "2026-02-27T06:45:00-05:00")
        for i in range(1, 4):
            doses = [{"amount_mg": 40, "route": "oral", "start": clock} for clock in clocks[:i]]
            yield f"{one.id}/clock/{i}", {"substance": one.id, "doses": doses}
            doses[0] = {**doses[0], "route": "intravenous", "duration_min": 95, "repeat": {"every_h": 20, "count": 4}}
            yield f"{one.id}/clock/infused/{i}", {"substance": one.id, "doses": doses, "assay": measured(one, 15)}
        for i, (first, second) in enumerate(((0, 0), (0, 0.5), (-3, 20), (99_000, 99_010), (-100_000, 0))):
            doses = [{"amount_mg": 90, "route": "intravenous", "duration_min": 60, "start_h": first},
                     {"amount_mg": 15, "route": "intravenous", "duration_min": 5, "start_h": second}]  # fmt: skip
            yield f"{one.id}/infusions/{i}", {"substance": one.id, "doses": doses}


def models(substances, cards):
    """The half-life model answers, and each parameter of the full model is changed."""
    for one in substances:
        for i, half_life in enumerate((None, 0.05, 2.5, 12, 300, 5000, {"low": 2, "high": 6}, {"low": 8, "high": 40})):
            model = {"kind": "half-life"} | ({} if half_life is None else {"half_life_h": half_life})
            yield f"{one.id}/half-life/{i}", simple(one, "oral", model=model)
            doses = [{"amount_mg": 30, "route": "intravenous", "repeat": {"every_h": 48, "count": 6}}]
            asked = {"substance": one.id, "doses": doses, "model": model, "assay": measured(one, 20, "all")}
            yield f"{one.id}/half-life/train/{i}", asked
        names = [parameter["name"] for parameter in cards[one.id]["parameters"]]
        for i, name in enumerate(names):
            known = [route for route in one.routes if name.startswith(route)]
            route = max(known, key=len) if known else ("intravenous", "oral")[i % 2]
            for scale in (0.98, 1.02) if name.endswith("pka") else (0.8, 1.3):  # some shares cannot grow
                asked = simple(one, route, 70, model={"adjust": {name: {"scale": scale}}}, assay=measured(one, 5))
                yield f"{one.id}/scale/{name}/{scale}", asked
        typical = {"clearance": 20, "central_volume": 150, "pka": 9.9 if "amphetamine" in one.id else 7.4,
                    "fraction_unbound": 0.7, "secretion_clearance": 150,
                    "renal_factor": 1.4, "residual_factor": 0.9}  # fmt: skip
        for name, value in typical.items():
            asked = {f"{parent(one)}.{name}": {"set": value}}
            yield f"{one.id}/set/{name}", simple(one, model={"adjust": asked})
            more = {"renal.ph_sensitivity": {"scale": 0.9}, f"{one.analytes[-1]}.residual_factor": {"scale": 1.2}}
            yield f"{one.id}/set/{name}/more", simple(one, "oral", model={"adjust": more | asked})


def edges(substances):
    """Every number lies at the end of what is allowed; nothing, next to nothing and far too much is taken."""
    for one in substances:
        for (section, name), values in ENDS.items():
            for value in values:
                person = {"person": {"age_y": 50, "sex": "male"}} if "serum" in name else {}
                yield f"{one.id}/{section}/{name}/{value}", simple(one, **person, **{section: {name: value}})
        for amount in (1e-300, 1e-6, 0.01, 2000, 20_000):
            yield f"{one.id}/amount/{amount}", simple(one, "oral", amount)
            yield f"{one.id}/amount/{amount}/iv", simple(one, amount=amount, assay=measured(one, 1))
        for cutoff in (1e-9, 1e-4, 1e6, 1e7):
            yield f"{one.id}/cutoff/{cutoff}", simple(one, assay=measured(one, cutoff))
            yield f"{one.id}/cutoff/{cutoff}/all", simple(one, "oral", assay=measured(one, cutoff, "all"))
        for i, more in enumerate(
            ({}, {"model": {"kind": "half-life"}}, {"renal": {"ckd_stage": "G5"}}, {"urine_ph": 9})
        ):
            yield f"{one.id}/nothing/{i}", {"substance": one.id, "doses": [], **more}
        small = {"weight_kg": 3, "height_cm": 50, "age_y": 0.5, "sex": "female"}
        large = {"weight_kg": 300, "height_cm": 210, "age_y": 100, "sex": "male", "hepatic_class": "C"}
        for i, (person, gfr, ph) in enumerate(itertools.product((small, large), (3, 250), (4, 9))):
            more = {"person": person, "renal": {"egfr_ml_min_1_73m2": gfr}, "urine_ph": ph}
            yield f"{one.id}/extreme/{i}", simple(one, "oral", **more)
            more["specimen"] = {"urine_ph": 13 - ph, "specific_gravity": 1.001, "void_interval_h": 24}
            yield f"{one.id}/extreme/specimen/{i}", simple(one, amount={"low": 1, "high": 9000}, **more)


def anything(name, substances):
    """Chance puts a whole question together."""
    rng = seeded(name)
    one = rng.choice(substances)
    question = {"substance": one.id}
    if rng.random() < 0.2:
        frequency = rng.choice(FREQUENCIES)
        question["pattern"] = {"frequency": frequency, "amount_mg": quantity(rng, (5, 300)), "route": rng.choice(one.routes),
                               "for_days": within(rng, (2, 400))}  # fmt: skip
    else:
        question["doses"] = [any_dose(rng, one) for _ in range(rng.choice((1, 1, 1, 2, 3, 5)))]
        if rng.random() < 0.2:
            for i, dose in enumerate(question["doses"]):
                del dose["start_h"]
                dose["start"] = f"2026-05-{1 + i:02d}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:00+02:00"
    person = {key: quantity(rng, bounds) for key, bounds in PERSON.items() if rng.random() < 0.4}
    if rng.random() < 0.3:
        person["sex"] = rng.choice(("female", "male"))
    if rng.random() < 0.15:
        person["hepatic_class"] = rng.choice("ABC")
    if one.id in INTERACTING and rng.random() < 0.2:
        person["interactions"] = rng.sample(INTERACTIONS, rng.randint(1, 3))
    if rng.random() < 0.5:
        unit = rng.choice((*RENAL, "ckd_stage"))
        question["renal"] = {unit: rng.choice(STAGES) if unit == "ckd_stage" else quantity(rng, RENAL[unit])}
        if "serum" in unit:
            person |= {"age_y": quantity(rng, PERSON["age_y"]), "sex": rng.choice(("female", "male"))}
    if person:
        question["person"] = person
    if rng.random() < 0.4:
        unit = rng.choice((*HYDRATION, "level"))
        level = rng.choice(("low", "usual", "high"))
        question["hydration"] = {unit: level if unit == "level" else quantity(rng, HYDRATION[unit])}
    if rng.random() < 0.4:
        question["urine_ph"] = quantity(rng, (4.6, 8.2))
    if rng.random() < 0.3:
        unit = rng.choice(tuple(SPECIMEN))
        question["specimen"] = {unit: quantity(rng, SPECIMEN[unit]), "void_interval_h": quantity(rng, (1, 10))}
        if rng.random() < 0.5:
            question["specimen"]["urine_ph"] = quantity(rng, (4.6, 8.2))
    if rng.random() < 0.7:
        question["assay"] = any_assay(rng, one)
    if rng.random() < 0.1:
        question["model"] = {"kind": "half-life", "half_life_h": quantity(rng, (2, 40))}
    elif rng.random() < 0.15:
        question["model"] = {"adjust": {f"{parent(one)}.clearance": {"scale": within(rng, (0.5, 2))}}}
    return question


def any_dose(rng, one):
    """Chance puts a dose together."""
    unit, bounds = rng.choice((("amount_mg", (2, 400)), ("amount_mg", (2, 400)), ("amount_mg_per_kg", (0.05, 4))))
    dose = {unit: quantity(rng, bounds), "route": rng.choice(one.routes), "start_h": within(rng, (-400, 400))}
    if dose["route"] in INFUSED and rng.random() < 0.6:
        dose["duration_min"] = within(rng, (1, 400))
    if rng.random() < 0.3 and one.id in SALTS:
        dose["basis"] = rng.choice(SALTS[one.id])
    if rng.random() < 0.3:
        dose["repeat"] = {"every_h": within(rng, (4, 200)), "count": rng.randint(2, 25)}
    return dose


def any_assay(rng, one):
    """Chance puts an assay together."""
    cutoff = figure(10 ** rng.uniform(-1, 3))
    if rng.random() < 0.3:
        target, *others = rng.sample(one.analytes, len(one.analytes))
        assay = {
            "target": target,
            "cutoff_ng_ml": cutoff,
            "cross_reactivity": {w: within(rng, (0, 1.5)) for w in others},
        }
    else:
        words = rng.sample(one.analytes, rng.randint(1, len(one.analytes)))
        analytes = [{"analyte": word, "cutoff_ng_ml": figure(cutoff * rng.uniform(0.5, 3))} for word in words]
        assay = {"rule": rng.choice(("any", "all")), "analytes": analytes}
    if rng.random() < 0.3:
        assay["imprecision_cv"] = within(rng, (0, 0.4))
    return assay


INFUSION = {"amount_mg": 35, "route": "intravenous", "duration_min": 40}
EXAMPLES = {
    "strip": {"doses": [{"amount_mg": 150, "route": "intravenous"}], "assay": {"target": "ketamine", "cutoff_ng_ml": 1000}},
    "troche": {
        "pattern": {"frequency": "daily", "amount_mg": 150, "route": "sublingual", "for_days": 60},
        "assay": {"analytes": [{"analyte": a, "cutoff_ng_ml": 100} for a in ("ketamine", "norketamine")]},
    },
    "empty": {"doses": [], "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]}},
    "spray": {
        "substance": "esketamine",
        "pattern": {"frequency": "twice-weekly", "amount_mg": 84, "route": "nasal-spray", "for_days": 28},
        "person": {"age_y": 71}, "renal": {"egfr_ml_min_1_73m2": 35}, "assay": "mayo-ketau",
    },
    "powder": {
        "pattern": {"frequency": "daily", "amount_mg": 1000, "route": "intranasal-powder", "for_days": 180},
        "assay": {"analytes": [{"analyte": a, "cutoff_ng_ml": 1} for a in ("ketamine", "norketamine", "dehydronorketamine")]},
    },
    "acid": {"doses": [INFUSION], "urine_ph": 5},
    "usual": {"doses": [INFUSION], "urine_ph": 6.2},
    "alkaline": {"doses": [INFUSION], "urine_ph": 8},
    "dry": {"doses": [INFUSION], "hydration": {"level": "low"}},
    "wet": {"doses": [INFUSION], "hydration": {"level": "high"}},
    "one": {"doses": [INFUSION], "person": {"weight_kg": 70}, "assay": "parkin-uhplc"},
    "traces": {"doses": [{"amount_mg": 50, "route": "oral"}], "assay": "parkin-uhplc"},
    "six": {
        "doses": [{**INFUSION, "repeat": {"every_h": 84, "count": 6}}],
        "person": {"weight_kg": 68, "height_cm": 165, "age_y": 42, "sex": "female"},
        "renal": {"serum_creatinine_mg_dl": 1.1},
        "assay": {"rule": "any", "analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]},
    },
}  # fmt: skip


def in_full(substances):
    """Some questions are asked as people ask them: with the draws, the seed and the level of the program."""
    for name, question in EXAMPLES.items():
        yield f"example/{name}", {"substance": "ketamine", **question}
    for i in range(30):
        yield f"any/{i}", anything(f"in full {i}", substances)


def settings(substances):
    """The options of one question change one by one."""
    for one in substances:
        asked = simple(one, "oral", 60)
        for draws in (100, 149, 150, 499, 500, 501, 750, 1000, 1999, 2000, 2001):
            yield f"{one.id}/draws/{draws}", {**asked, "options": {"draws": draws, "include": ["draws"]}}
        for seed in (0, 1, 20261123, 2**32 - 1):
            yield f"{one.id}/seed/{seed}", {**asked, "options": {"draws": 200, "seed": seed, "include": ["draws"]}}
        for level in (0.5, 0.8, 0.95, 0.99):
            yield f"{one.id}/level/{level}", {**asked, "options": {"draws": 500, "level": level}}
        for include in ([], ["draws"], ["concentration"], ["concentration", "draws"]):
            yield f"{one.id}/include/{'+'.join(include)}", {**asked, "options": {"draws": 300, "include": include}}


def refused():
    """Questions that cannot be answered are refused for the same reasons at the same places."""
    dose = {"amount_mg": 50, "route": "oral"}
    ask_of = {"substance": "ketamine", "doses": [dose]}
    yield "no-substance", {"doses": [dose]}
    yield "no-doses", {"substance": "ketamine"}
    yield "doses-and-pattern", {**ask_of, "pattern": {"frequency": "once", "amount_mg": 1, "route": "oral"}}
    yield "substance", {**ask_of, "substance": "ketamin"}
    yield "field", {**ask_of, "colour": "blue"}
    for name, change in {
        "route": {"route": "by-post"}, "text": {"amount_mg": "50"}, "zero": {"amount_mg": 0}, "most": {"amount_mg": 20_001},
        "negative": {"amount_mg": -1}, "two-amounts": {"amount_mg_per_kg": 1}, "salt": {"basis": "table-salt"},
        "duration": {"duration_min": 30}, "empty-range": {"amount_mg": {"low": 9, "high": 3}},
        "wide-range": {"amount_mg": {"low": 0.01, "high": 9000}}, "no-offset": {"start": "2026-03-01T08:00:00"},
        "two-starts": {"start": "2026-03-01T08:00:00Z", "start_h": 3}, "count": {"repeat": {"every_h": 5, "count": 1.5}},
        "doses": {"repeat": {"every_h": 0.25, "count": 10_001}}, "nan": {"amount_mg": float("nan")}, "true": {"amount_mg": True},
    }.items():  # fmt: skip
        yield f"dose/{name}", {**ask_of, "doses": [{**dose, **change}]}
    yield "mixed-times", {**ask_of, "doses": [{**dose, "start": "2026-03-01T08:00:00Z"}, dose]}
    often = {**dose, "repeat": {"every_h": 0.25, "count": 9000}}
    yield "too-many-doses", {**ask_of, "doses": [often, often]}
    yield "too-much-work", {**ask_of, "doses": [often], "options": {"draws": 20_000}}
    yield (
        "too-many-ranges",
        {**ask_of, "doses": [{**dose, "amount_mg": {"low": 1 + i, "high": 300}} for i in range(290)]},
    )
    for name, change in {
        "weight": {"person": {"weight_kg": 1}}, "age": {"person": {"age_y": 121}}, "sex": {"person": {"sex": "x"}},
        "liver": {"person": {"hepatic_class": "D"}}, "medicine": {"person": {"interactions": ["aspirin"]}},
        "twice": {"person": {"interactions": ["grapefruit", "grapefruit"]}}, "gfr": {"renal": {"egfr_ml_min_1_73m2": 2}},
        "two-kidneys": {"renal": {"ckd_stage": "G2", "egfr_ml_min_1_73m2": 70}}, "stage": {"renal": {"ckd_stage": "G3"}},
        "creatinine": {"renal": {"serum_creatinine_mg_dl": 1}}, "ph": {"urine_ph": 3.9}, "level": {"hydration": {"level": "?"}},
        "two-waters": {"hydration": {"level": "low", "specific_gravity": 1.02}}, "void": {"specimen": {"void_interval_h": 0}},
        "assay": {"assay": "none-such"}, "analyte": {"assay": {"analytes": [{"analyte": "caffeine", "cutoff_ng_ml": 1}]}},
        "no-analyte": {"assay": {"analytes": []}}, "target": {"assay": {"target": "caffeine", "cutoff_ng_ml": 1}},
        "repeated": {"assay": {"analytes": [{"analyte": "ketamine", "cutoff_ng_ml": 1}] * 2}},
        "cross": {"assay": {"target": "ketamine", "cutoff_ng_ml": 1, "cross_reactivity": {"a/b~c": 1}}},
        "cutoff": {"assay": {"target": "ketamine", "cutoff_ng_ml": 0}}, "kind": {"model": {"kind": "magic"}},
        "half-life": {"model": {"half_life_h": 3}}, "parameter": {"model": {"adjust": {"no.such": {"scale": 2}}}},
        "bounds": {"model": {"adjust": {"ketamine.clearance": {"set": 1e9}}}}, "draws": {"options": {"draws": 99}},
        "seed": {"options": {"seed": -1}}, "lv": {"options": {"level": 1}}, "include": {"options": {"include": ["all"]}},
        "many": {"person": {"weight_kg": "x", "colour": 1}, "urine_ph": 99, "renal": {"ckd_stage": 7}},
    }.items():  # fmt: skip
        yield f"with/{name}", {**ask_of, **change}


def sensitivities(substances):
    """The command tells of some questions what their windows hang on."""
    for name in ("one", "six", "spray", "troche", "strip"):
        yield f"example/{name}", {"substance": "ketamine", **EXAMPLES[name], "options": {"draws": 500}}
    yield "default", {"substance": "ketamine", **EXAMPLES["six"]}
    for one in substances:
        yield f"{one.id}/oral", simple(one, "oral", 60, options={"draws": 600, "seed": 5})
        more = {"assay": measured(one, 10, "all"), "urine_ph": {"low": 5, "high": 7}, "renal": {"ckd_stage": "G3b"}}
        yield f"{one.id}/all", simple(one, options={"draws": 500}, **more)


def table_row(name, substances):
    """Chance puts a row of a flat table together; one in twenty has a mistake."""
    rng = seeded(name)
    one = rng.choice(substances)
    row = {"id": name, "substance": one.id, "route": rng.choice(one.routes)}

    def give(column, bounds):
        value = quantity(rng, bounds, 0.25)
        row.update({f"{column}_{end}": value[end] for end in value} if isinstance(value, dict) else {column: value})

    give(*rng.choice((("amount_mg", (2, 300)), ("amount_mg", (2, 300)), ("amount_mg_per_kg", (0.05, 3)))))
    if row["route"] in INFUSED and rng.random() < 0.5:
        row["duration_min"] = within(rng, (1, 300))
    if rng.random() < 0.4:
        row |= {"every_h": within(rng, (4, 200)), "count": rng.randint(2, 30)}
    if rng.random() < 0.3 and one.id in SALTS:
        row["basis"] = rng.choice(SALTS[one.id])
    for column, bounds in PERSON.items():
        if rng.random() < 0.4:
            give(column, bounds)
    if rng.random() < 0.3:
        row["hepatic_class"] = rng.choice("ABC")
    if rng.random() < 0.3:
        row["sex"] = rng.choice(("female", "male"))
    if rng.random() < 0.6:
        unit = rng.choice((*RENAL, "ckd_stage"))
        if unit == "ckd_stage":
            row[unit] = rng.choice(STAGES)
        else:
            give(unit, RENAL[unit])
        if "serum" in unit and not {"age_y", "age_y_low"} & set(row):
            row["age_y"] = within(rng, PERSON["age_y"])
        if "serum" in unit:
            row["sex"] = rng.choice(("female", "male"))
    if rng.random() < 0.5:
        unit = rng.choice((*HYDRATION, "hydration_level"))
        if unit == "hydration_level":
            row[unit] = rng.choice(("low", "usual", "high"))
        else:
            give(unit, HYDRATION[unit])
    if rng.random() < 0.4:
        give("urine_ph", (4.6, 8.2))
    if rng.random() < 0.2:
        give("void_interval_h", (1, 10))
    if rng.random() < 0.7:
        row |= {"analyte": rng.choice(one.analytes), "cutoff_ng_ml": figure(10 ** rng.uniform(-1, 3))}
    if rng.random() < 0.05:
        row |= rng.choice(({"route": "by-post"}, {"urine_ph": 12}, {"substance": "none-such"}, {"amount_mg": ""}))
    return row


GRID = {
    "substance": "ketamine", "route": "oral", "amount_mg": [25, 100], "analyte": "norketamine", "cutoff_ng_ml": [1, 50],
    "egfr_ml_min_1_73m2": {"from": 15, "to": 120, "step": 35}, "urine_ph": {"from": 5, "to": 8, "step": 1.5},
}  # fmt: skip
GRID_ROWS = 2 * 2 * 4 * 3


def batches(substances, wanted):
    """Tables of flat rows, whole questions and a grid go through the batch command, by both samplings.

    `wanted` chooses among the ids of rows; a table holds only these.
    """
    flat = [table_row(f"row-{i:03d}", substances) for i in range(200)]
    whole = [{"id": f"whole-{i:02d}", **anything(f"whole {i}", substances)} for i in range(40)]
    for sampling in ("common", "independent"):
        options = ["--sampling", sampling, "--seed", "7"]
        rows = [row for row in flat if wanted(f"batch/table/{sampling}/{row['id']}")]
        if rows:
            columns = list(dict.fromkeys(key for row in rows for key in row))
            lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
            more = ["--draws", "100", "--chunk-rows", "64"]
            if sampling == "common" and {"amount_mg", "urine_ph"} <= set(columns):
                more += ["--echo", "amount_mg,urine_ph"]
            yield f"table/{sampling}", "csv", in_csv(lines), [*options, *more], [row["id"] for row in rows]
        rows = [row for row in whole if wanted(f"batch/whole/{sampling}/{row['id']}")]
        if rows:
            text = "".join(json.dumps(row) + "\n" for row in rows)
            more = ["--draws", "300", "--level", "0.8", "--times", "6,12,36,240"]
            yield f"whole/{sampling}", "ndjson", text, [*options, *more], [row["id"] for row in rows]
    numbers = [str(i) for i in range(1, GRID_ROWS + 1) if wanted(f"batch/grid/common/{i}")]
    if numbers:
        yield "grid/common", "json", json.dumps(GRID), ["--draws", "200"], numbers


def in_csv(lines):
    """A table is written as comma-separated values."""
    with tempfile.TemporaryFile("w+", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
        file.seek(0)
        return file.read()


def known_substances():
    """The library lists the substances; a question needs four things of each."""
    from detectapi import list_substances

    return [
        SimpleNamespace(**{name: one[name] for name in ("id", "aliases", "routes", "analytes")})
        for one in list_substances()
    ]


def corpus():
    """The questions, sensitivities and cards there are, by id; rows of batches stand apart."""
    from detectapi import list_assays, show_substance

    substances, assays = known_substances(), [assay["id"] for assay in list_assays()]
    cards = {one.id: show_substance(one.id) for one in substances}
    answers = {}

    def add(kind, pairs, way="question", options=True):
        for name, question in pairs:
            name = f"{kind}/{name}"
            if name in answers:
                raise ValueError(f"Two questions have the id {name}.")
            answers[name] = (way, with_options(name, question) if options else question)

    add("route", routes(substances))
    add("assay", registered(substances, assays))
    add("explicit", explicit(substances))
    add("person", persons(substances))
    add("renal", kidneys(substances))
    add("urine", waters(substances))
    add("schedule", schedules(substances))
    add("model", models(substances, cards))
    add("edge", edges(substances))
    add("any", ((f"{i:03d}", anything(f"any {i}", substances)) for i in range(400)))
    add("full", in_full(substances), options=False)
    add("options", settings(substances), options=False)
    add("refused", refused(), options=False)
    add("sensitivity", sensitivities(substances), "sensitivity", options=False)
    add("card", ((name, name) for name in (*cards, "assays")), "card", options=False)
    return answers


def batch_ids(substances):
    """The rows of all batches have these ids."""
    return [f"batch/{name}/{row}" for name, *_, rows in batches(substances, lambda name: True) for row in rows]


# Asking it all.


def work(task):
    """A process asks a handful of questions; each id gets its hash and its outcome."""
    return {name: (digest(lines), outcome(lines)) for name, lines in answered(task)}


def outcome(lines):
    """What came of a question, in a word."""
    first = lines[0].split()[0] if lines else "empty"
    return first if first in ("refused", "crashed", "exit", "no", "empty") else "answered"


def answered(task):
    """A task yields, by id, the lines that are hashed."""
    for way, name, asked in task:
        if way == "batch":
            yield from ((f"batch/{name}/{row}", lines) for row, lines in ask_batch(asked).items())
        elif way == "sensitivity":
            yield name, ask_sensitivity(asked)
        elif way == "card":
            yield name, ask_card(asked)
        else:
            yield name, ask(name, asked)


def tasks(questions, ids):
    """The chosen questions are cut into tasks; what runs a command of its own comes first, because it takes longest."""
    for name, ending, text, options, rows in batches(known_substances(), ids.__contains__):
        yield [("batch", name, {"ending": ending, "text": text, "options": options, "rows": rows})]
    chosen = [(way, name, asked) for name, (way, asked) in questions.items() if name in ids]
    yield from ([one] for one in chosen if one[0] == "sensitivity")
    rest = [one for one in chosen if one[0] != "sensitivity"]
    yield from (rest[i : i + 50] for i in range(0, len(rest), 50))


def run(only=1, processes=1):
    """Every chosen question is asked; the answer is `{id: (hash, outcome)}`, with all ids there are."""
    questions = corpus()
    ids = [*questions, *batch_ids(known_substances())]
    todo = list(tasks(questions, set(ids[::only])))
    if processes == 1:
        parts = list(map(work, todo))
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            parts = list(pool.map(work, todo))
    answers = {name: entry for part in parts for name, entry in part.items()}
    return {name: answers[name] for name in ids if name in answers}, ids


def kinds(names):
    """A line counts names by kind."""
    return ", ".join(f"{kind} {count}" for kind, count in Counter(name.split("/")[0] for name in names).items())


def record(file, answers):
    """The hashes are written with the versions they come from."""
    import detectapi

    header = {"detectapi": detectapi.__version__, "numpy": version_of("numpy"), "python": sys.version.split()[0]}
    hashes = {name: value for name, (value, _) in answers.items()}
    file.write_text(json.dumps({"header": {**header, "questions": len(hashes)}, "questions": hashes}, indent=0) + "\n")
    print(f"{len(hashes)} questions of detectapi {header['detectapi']} in {file}: {kinds(hashes)}")


def compare(file, answers, ids):
    """What differs from the record is listed; the result says whether nothing does."""
    kept = json.loads(file.read_text())
    hashes = kept["questions"]
    differ = [name for name, (value, _) in answers.items() if name in hashes and hashes[name] != value]
    new = [name for name in answers if name not in hashes]
    gone = sorted(set(hashes) - set(ids))
    for word, names in (("differs", differ), ("gone", gone), ("new", new)):
        for name in names:
            print(f"{word}: {name}{f' ({answers[name][1]} now)' if name in answers else ''}")
    import detectapi

    same = len(answers) - len(differ) - len(new)
    print(f"detectapi {kept['header']['detectapi']} recorded, {detectapi.__version__} now")
    print(
        f"{len(answers)} asked: {same} the same, {len(differ)} differ, {len(new)} new; {len(gone)} of the record are gone"
    )
    if differ:
        print(f"differ by kind: {kinds(differ)}")
    return not differ and not gone


def show(name):
    """The lines of one question are printed: what it asks first, then what is hashed."""
    questions = corpus()
    asked = list(tasks(questions, {name}))
    if not asked:
        sys.exit(f"There is no question {name}.")
    for task in asked:
        print(json.dumps(task[0][2]))
        for _, lines in answered(task):
            print(*lines, sep="\n")


def main():
    """The command line is read and obeyed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("record", "compare", "show"))
    parser.add_argument("file", help="OUT.json; of show, a question's id")
    parser.add_argument("--only", type=int, default=1, metavar="N", help="ask every Nth question")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    if options.what == "show":
        show(options.file)
        return
    import detectapi

    print(f"asking {Path(detectapi.__file__).parent}", file=sys.stderr)
    began = time.monotonic()
    answers, ids = run(options.only, options.processes)
    outcomes = Counter(outcome for _, outcome in answers.values())
    print(f"{time.monotonic() - began:.0f} s; {dict(outcomes)}", file=sys.stderr)
    if options.what == "record":
        record(Path(options.file), answers)
    elif not compare(Path(options.file), answers, ids):
        sys.exit(1)


if __name__ == "__main__":
    main()
