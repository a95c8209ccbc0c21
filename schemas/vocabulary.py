"""The closed word lists of the contract.

A word list stands here when the words are part of the form. Words that a substance's data decides (routes it knows,
analytes, salts, interactions) are plain text in the schemas and are checked by the library, which knows their synonyms.
"""

ROUTES = (
    "intravenous",
    "intramuscular",
    "subcutaneous",
    "nasal-spray",
    "intranasal-powder",
    "sublingual",
    "oral",
    "oral-extended-release",
    "rectal",
    "inhaled",
)
FREQUENCIES = ("once", "monthly", "weekly", "twice-weekly", "daily")

SEXES = ("female", "male")
HEPATIC_CLASSES = ("none", "A", "B", "C")  # Child-Pugh
CKD_STAGES = ("G1", "G2", "G3a", "G3b", "G4", "G5")  # KDIGO
HYDRATION_LEVELS = ("low", "usual", "high")

RULES = ("any", "all")
MODEL_KINDS = ("population", "half-life")
INCLUDES = ("concentration", "draws")

EVIDENCE_GRADES = ("validated", "calibrated", "extrapolated", "hypothesis")
VARIANCE_SOURCES = ("people", "specimen", "knowledge", "inputs", "assay")

SAMPLINGS = ("common", "independent")
ON_ERROR = ("skip", "fail")
