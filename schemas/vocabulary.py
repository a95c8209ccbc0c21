"""The closed word lists of the contract.

The words of an input stand in the table of inputs; here they are named for who needs the list alone. Words that a substance's
data decides (routes it knows, analytes, salts, interactions) are plain text in the schemas and are checked by the library, which
knows their synonyms.
"""

from detectapi.inputs.table import INPUTS


def words_of(path: str) -> tuple[str, ...]:
    """The words of an input."""
    return tuple(INPUTS[path].words)


ROUTES = words_of("doses[].route")
FREQUENCIES = words_of("pattern.frequency")

SEXES = words_of("person.sex")
HEPATIC_CLASSES = words_of("person.hepatic_class")
CKD_STAGES = words_of("renal.ckd_stage")
HYDRATION_LEVELS = words_of("hydration.level")

RULES = words_of("assay.rule")
MODEL_KINDS = words_of("model.kind")
INCLUDES = words_of("options.include")

EVIDENCE_GRADES = ("validated", "calibrated", "extrapolated", "hypothesis")
VARIANCE_SOURCES = ("people", "specimen", "knowledge", "inputs", "assay")

SAMPLINGS = ("common", "independent")
ON_ERROR = ("skip", "fail")
