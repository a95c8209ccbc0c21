"""The contract: what may be asked, what is answered, how a refusal looks.

Form, not meaning. It imports marshmallow, and of `detectapi` only the table of inputs, which needs the standard library alone. So a
client can use the contract without numpy and without the calculation. A schema is imported when it is used: an estimate needs one
of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schemas.error import ProblemSchema
    from schemas.interpretation import InterpretationRequestSchema
    from schemas.interpretation_answer import InterpretationResponseSchema
    from schemas.request import EstimateRequestSchema
    from schemas.response import EstimateResponseSchema

__all__ = [
    "EstimateRequestSchema",
    "EstimateResponseSchema",
    "InterpretationRequestSchema",
    "InterpretationResponseSchema",
    "ProblemSchema",
]

_HOMES = {
    "EstimateRequestSchema": "request",
    "EstimateResponseSchema": "response",
    "InterpretationRequestSchema": "interpretation",
    "InterpretationResponseSchema": "interpretation_answer",
    "ProblemSchema": "error",
}


def __getattr__(name: str) -> Any:
    """A schema by its name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"schemas.{_HOMES[name]}"), name)
