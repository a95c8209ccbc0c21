"""A panel over several uses in one question, against its parts asked one after the other."""

from estimate import asking
from measure import REPEATS as ROUNDS
from measure import medians, ms, table, verdict

from detectapi.batch import kernel
from detectapi.batch.reader import Reader

REPEATS = 21
ROWS, DRAWS = 60, 500
DEAREST = 1.1
"""A panel costs at most so much of its parts."""
CODEINE = {"substance": "codeine", "doses": [{"amount_mg": 60, "route": "oral"}]}
MORPHINE = {"substance": "morphine", "doses": [{"amount_mg": 30, "route": "oral"}]}
HEROIN = {"substance": "heroin", "doses": [{"amount_mg": 10, "route": "intravenous"}]}
DIAZEPAM = {"substance": "diazepam", "doses": [{"amount_mg": 10, "route": "oral"}]}
KETAMINE = {"substance": "ketamine", "doses": [{"amount_mg": 50, "route": "oral"}]}
PANELS = {
    "12 analytes, four of each use": [
        (CODEINE, {"codeine": 100, "norcodeine": 100, "codeine-glucuronide": 100, "morphine": 100}),
        (DIAZEPAM, {"diazepam": 50, "nordiazepam": 50, "temazepam": 50, "oxazepam": 50}),
        (KETAMINE, {"ketamine": 50, "norketamine": 50, "dehydronorketamine": 50, "hydroxynorketamine": 50}),
    ],
    "5 analytes, two that three uses add to": [
        (CODEINE, {"codeine": 100, "norcodeine": 100, "morphine": 100, "morphine-glucuronides": 100}),
        (MORPHINE, {"morphine": 100, "morphine-glucuronides": 100}),
        (HEROIN, {"6-acetylmorphine": 10, "morphine": 100, "morphine-glucuronides": 100}),
    ],
}


def of_cutoffs(cutoffs):
    """A test of some analytes, each with its cutoff [ng/mL], that is positive where any is found."""
    analytes = [{"analyte": analyte, "cutoff_ng_ml": cutoff} for analyte, cutoff in cutoffs.items()]
    return {"rule": "any", "analytes": analytes}


def together(parts):
    """One question about all uses."""
    cutoffs = {analyte: cutoff for _, own in parts for analyte, cutoff in own.items()}
    return {"uses": [use for use, _ in parts], "assay": of_cutoffs(cutoffs)}


def of_people(question):
    """Return a call that answers a question for people of many weights, as the rows of a table."""
    reader = Reader({"draws": DRAWS, "seed": 7, "level": 0.9})
    rows = [reader.read({**question, "person": {"age_y": 40, "weight_kg": 50 + i}}) for i in range(ROWS)]
    return lambda: kernel.answer_rows(rows, (24.0, 72.0))


def main():
    """Print the tables."""
    print("## A panel over three uses\n")
    print(f"Whole estimates with 2,000 draws, new random numbers each time; medians of {REPEATS}, in turns.\n")
    compare(asking, REPEATS)
    print(
        f"\nThe same as {ROWS} rows of a table, of people of many weights, with {DRAWS} draws; medians of {ROUNDS}.\n"
    )
    compare(of_people, ROUNDS)


def compare(answering, repeats):
    """Print how long each panel takes together, and as questions about one use each."""
    rows = []
    for name, parts in PANELS.items():
        alone = {use["substance"]: answering({**use, "assay": of_cutoffs(cutoffs)}) for use, cutoffs in parts}
        times = medians({"together": answering(together(parts)), **alone}, repeats=repeats)
        whole = times.pop("together")
        apart = sum(times.values())
        rows.append([name, ms(whole), ms(apart), f"{whole / apart:.2f}", verdict(whole / apart, DEAREST)])
    print(table(["question", "together, ms", "its uses asked alone, ms", "ratio", "bar"], rows))


if __name__ == "__main__":
    main()
