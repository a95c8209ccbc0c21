"""The typical person of `detectapi.evaluation.typical`, with ketamine and its test where the reference cases say nothing else."""

from detectapi.evaluation import typical
from detectapi.evaluation.typical import excreted_fraction, exposure, plasma

__all__ = ["ANALYTES", "dose", "excreted_fraction", "exposure", "last_days", "plasma", "simulate", "terminal_half_life"]

ANALYTES = ("ketamine", "norketamine", "dehydronorketamine", "hydroxynorketamine")


def dose(amount_mg, route="intravenous", minutes=0.0, **more):
    return typical.dose(amount_mg, route, minutes, **more)


def simulate(doses, substance="ketamine", analytes=ANALYTES, cutoff=10.0, **circumstances):
    return typical.simulate(substance, doses, analytes, cutoff_ng_ml=cutoff, **circumstances)


def last_days(simulation):
    return [hours / 24.0 for hours in typical.last_positive(simulation)]


def terminal_half_life(simulation, moiety, which=0):
    return typical.half_lives(simulation, moiety)[which]
