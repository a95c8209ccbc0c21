"""Several substances used by one person: each is simulated alone, and what they leave in one specimen adds up."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

from detectapi.exponentials import Crossings
from detectapi.model.arrays import Floats
from detectapi.model.asked_assay import component_of
from detectapi.model.columns import Columns, People
from detectapi.model.draws import Deviates, MedianDraw, Selection
from detectapi.model.physiology import Composition, Person, Specimen
from detectapi.model.question import Question
from detectapi.model.signal import Signal, together
from detectapi.model.simulation import Simulation
from detectapi.values.assay import Assay, Component


class SeveralUses:
    """Specimens of the selected draws after several uses; it answers what `Simulation` answers for one.

    Equal names of random numbers are equal numbers in every use: body, kidneys and urine, the error of a measurement, and a moiety
    that the files of several substances have alike. So the uses are those of one person, read in one specimen.

    Parameters
    ----------
    questions : Question or sequence of Question
        With several `Question.uses`; one for each person. Several are alike use by use, as those of a `Simulation` are.
    deviates : sequence of Deviates
        One for each use, of one seed and layout; they differ in what calibration learnt of their substance.
    selection : Selection, optional

    Attributes
    ----------
    simulations : tuple of Simulation
        One for each use.
    """

    def __init__(
        self,
        questions: Question | Sequence[Question],
        deviates: Sequence[Deviates],
        selection: Selection | None = None,
    ) -> None:
        self.questions = (questions,) if isinstance(questions, Question) else tuple(questions)
        self.question = self.questions[0]
        by_use = zip(*(question.uses for question in self.questions), strict=True)
        self.simulations = tuple(Simulation(uses, own, selection) for uses, own in zip(by_use, deviates, strict=True))

    @property
    def columns(self) -> Columns:
        """How the draws of the people stand side by side."""
        return self.simulations[0].columns

    @property
    def stage(self) -> int:
        """Number of the stage of the test by which specimens are read: see `Simulation.stage`."""
        return self.simulations[0].stage

    @property
    def person(self) -> Person:
        """What is the same at every void of a draw."""
        return self.simulations[0].person

    @property
    def specimen(self) -> Specimen:
        """What belongs to this void."""
        return self.simulations[0].specimen

    def composition(self) -> Composition | None:
        """Creatinine and specific gravity of the specimens; None where nothing is known of the urine."""
        return self.simulations[0].composition()

    @property
    def assay(self) -> Assay:
        """The test by which specimens are read: of a test in stages, the last one, or that of `stages`."""
        return self.question.assay.in_turn[self.stage]

    def stages(self) -> tuple[SeveralUses, ...]:
        """These uses as each stage of the test reads their specimens, in turn."""
        by_use = [simulation.stages() for simulation in self.simulations]
        return tuple(self._with(stage) for stage in zip(*by_use, strict=True))

    def at_another_void(self, deviates: Sequence[Deviates], specimen: Specimen | None = None) -> SeveralUses:
        """The same people after the same doses at another void; parameters as in `Simulation.at_another_void`."""
        return self._with(
            [one.at_another_void(own, specimen) for one, own in zip(self.simulations, deviates, strict=True)]
        )

    def after_other_doses(self, question: Question) -> SeveralUses:
        """The same draws of one person in a question that differs in its doses or its test only."""
        other = self._with(
            [one.after_other_doses(use) for one, use in zip(self.simulations, question.uses, strict=True)]
        )
        other.question = question
        return other

    def _with(self, simulations: Sequence[Simulation]) -> SeveralUses:
        other = copy(self)
        other.simulations = tuple(simulations)
        return other

    def of_draws(self, some: slice) -> SeveralUses:
        """Some of the draws, as their voids are read: see `Simulation.of_draws`."""
        return self._with([simulation.of_draws(some) for simulation in self.simulations])

    def readers_of(self, component: Component) -> list[tuple[Simulation, Component]]:
        """What reads a part of the test: one for each use that adds to it, with what of the part concerns it."""
        parts = [(one, component_of(component, one.question.substance)) for one in self.simulations]
        readers = [(one, part) for one, part in parts if part is not None]
        return [reader for reader in readers if reader[0].question.regimen.count] or readers[:1]

    def signal(self, component: Component) -> Signal:
        """What one part of the test reads: the sum of what each use leaves."""
        signals = [one.signal(part) for one, part in self.readers_of(component)]
        return signals[0] if len(signals) == 1 else together(signals, [1.0] * len(signals))

    def signal_after(self, component: Component, questions: Sequence[Question], people: People = None) -> Signal:
        """What one part of the test reads after the doses of other questions: as in `Simulation.signal_after`."""
        places = {id(one): place for place, one in enumerate(self.simulations)}
        signals = [
            one.signal_after(part, [question.uses[places[id(one)]] for question in questions], people)
            for one, part in self.readers_of(component)
        ]
        return signals[0] if len(signals) == 1 else together(signals, [1.0] * len(signals))

    def crossings(self, component: Component, first_from: float = 0.0) -> Crossings:
        """First and last time at which a specimen is read at or above the cutoff of one part of the test: `Signal.crossings`."""
        return self.signal(component).crossings(component.cutoff_ng_ml, first_from)

    def concentration(self, component: Component, time: Floats) -> Floats:
        """Concentration in the specimen that one part of the test responds to: `Signal.concentration`."""
        return self.signal(component).concentration(time)


AnySimulation = Simulation | SeveralUses


def simulate(
    questions: Question | Sequence[Question], deviates: Sequence[Deviates], selection: Selection | None = None
) -> AnySimulation:
    """The simulation of a question about one use or several, or of questions side by side.

    Parameters
    ----------
    questions : Question or sequence of Question
    deviates : sequence of Deviates
        One for each of `Question.each`.
    selection : Selection, optional
        All draws of the deviates where it is left out.
    """
    first = questions if isinstance(questions, Question) else questions[0]
    if first.uses:
        return SeveralUses(questions, deviates, selection)
    return Simulation(questions, deviates[0], selection)


def simulate_typical_person(question: Question) -> AnySimulation:
    """`detectapi.model.simulation.simulate_typical`, of a question about one use or several."""
    return simulate(question, [MedianDraw(use.posterior) for use in question.each])
