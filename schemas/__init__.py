"""The contract: what may be asked, what is answered, how a refusal looks.

Form, not meaning. Imports marshmallow only and nothing of `detectapi`, so a client can use it alone.
"""

from schemas.error import ProblemSchema
from schemas.request import EstimateRequestSchema
from schemas.response import EstimateResponseSchema

__all__ = ["EstimateRequestSchema", "EstimateResponseSchema", "ProblemSchema"]
