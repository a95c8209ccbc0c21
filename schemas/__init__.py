"""The contract: what may be asked, what is answered, how a refusal looks.

Form, not meaning. It imports marshmallow, and of `detectapi` only the table of inputs, which needs the standard library alone. So a
client can use the contract without numpy and without the calculation.
"""

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
