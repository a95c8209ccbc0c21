"""The form of the list of sources (``data/references.toml``): a table of citekeys."""

from schemas.fields import Integer, Word
from schemas.form import Form, Section
from schemas.substance import SCHEMA_VERSION, Named, Text

ACCESS = ("read", "second-hand", "recalled")


class ReferenceForm(Form):
    """A source, and how it was consulted."""

    authors = Text(required=True)
    title = Text()
    journal = Text(required=True)
    year = Integer(1800, 2100)
    doi = Text(r"^10\.\d{4,9}/\S+$")
    pmid = Text(r"^\d+$")
    url = Text(r"^https://\S+$")
    access = Word(ACCESS, required=True)


class ReferencesFileSchema(Form):
    """The whole file."""

    schema_version = Integer(SCHEMA_VERSION, SCHEMA_VERSION, required=True)
    references = Named(Section(ReferenceForm), required=True)
