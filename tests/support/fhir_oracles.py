"""Three independent validators of FHIR R4: fhir.resources (R4B), and from npm Medplum's and fhir.js."""

import functools
import json
import shutil
import subprocess
from pathlib import Path

TOOLS = Path(__file__).parents[1] / "fhir" / "tools"


def why_not():
    """Why the two validators from npm cannot run here; None where they can."""
    if shutil.which("node") is None:
        return "needs node"
    return None if (TOOLS / "node_modules" / "fhir").exists() else "needs `npm ci` in tests/fhir/tools"


def complaints(resources):
    """What the validators say against some resources: by number of the resource and by validator, lists of text."""
    said = json.loads(
        subprocess.run(
            ["node", str(TOOLS / "validate.mjs")],
            input=json.dumps(resources), capture_output=True, text=True, check=True, timeout=120,
        ).stdout
    )  # fmt: skip
    return [{**one, "fhir.resources": by_python(resource)} for one, resource in zip(said, resources, strict=True)]


@functools.cache
def model(kind):
    from fhir.resources.R4B import get_fhir_model_class

    return get_fhir_model_class(kind)


def by_python(resource):
    """What fhir.resources says against a resource."""
    from pydantic import ValidationError

    try:
        model(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        return [str(error)]
    return []
