"""Sums of exponentials: what a chain of linear systems answers to doses, and when that answer crosses a cutoff.

Other rooms import from here and never from a file within:

- `disposition` makes a system of compartments, `Disposition`; a `Chain` of them is fed by `Doses` along `Absorption` paths;
- `respond` makes the `Response`, `mix` the weighted sum of several; `Response.concentration` is its value at given times;
- `crossings` finds when a response is at or above a cutoff for the first and the last time, `Crossings`;
- a `Fall` is made of some draws of a response: `span_means` are its means over spans of time that follow each other, with
  times of its own for each draw; `last_above` tells about when it is above a level for the last time;
- `of_draws` takes some draws of an array, `block_of` tells how many draws are worked on at once;
- a calculation within `check_between` calls a check between two blocks of draws, or where `between_blocks` stands.

Arrays in, arrays out; numpy only. Rows (poles, compartments, paths, times) lie on the first axis, draws on the last. A draw is
one column: one set of parameters. Units are micromole, litre and hour throughout. Time 0 is the end of the last dose.

One question goes through the files in this order:

1. `mammillary` finds the poles and zeros of each system (`arrow_eigenvalues`: closed forms where Newton's method begins).
2. `build_response` takes the `chain` and the doses. `partial_fractions` writes the answer to a unit dose as a sum of
   exponentials; `near_equal_poles` does it where partial fractions would lose their digits.
3. `schedule` turns doses into inputs; `dose_sums` sums all inputs into one coefficient for each exponential.
4. `response` puts this together. In the input phase the concentration consists of pieces (`input_phase`); after it, in the
   tail, it is one sum of exponentials. `values_at_times` evaluates the tail on a grid. What rounding has spoilt is computed
   again by `subtraction_free`.
5. `crossing_times` looks for crossings in both phases (`phases`). `last_crossing` finds the last one in the tail and proves
   it; `sign_changes` has the rule behind the proof. Elsewhere `bracketing` encloses a crossing where that rule shows that
   the curve turns at most once, and `halley` refines it. `slope_bound_search` searches where the rule does not decide; its
   steps come from `slope_bounds`. `rounding_correction` moves a crossing that rounding has moved.

`draw_arrays` has the operations on arrays that all of them use, `array_types` the names of types; `blocks` goes from block
to block.
"""

from detectapi.exponentials.blocks import between_blocks, check_between
from detectapi.exponentials.build_response import mix, respond
from detectapi.exponentials.chain import Absorption, Chain, Doses
from detectapi.exponentials.crossing_times import Crossings, crossings
from detectapi.exponentials.draw_arrays import of_draws
from detectapi.exponentials.mammillary import Disposition, disposition
from detectapi.exponentials.means_over_spans import Fall, last_above, span_means
from detectapi.exponentials.ramps import Segments
from detectapi.exponentials.response import Response, block_of

__all__ = [
    "Absorption",
    "Chain",
    "Crossings",
    "Disposition",
    "Doses",
    "Fall",
    "Response",
    "Segments",
    "between_blocks",
    "block_of",
    "check_between",
    "crossings",
    "disposition",
    "last_above",
    "mix",
    "of_draws",
    "respond",
    "span_means",
]
