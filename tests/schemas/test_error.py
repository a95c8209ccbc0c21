"""Pointers and codes out of marshmallow's nested messages."""

from schemas import ProblemSchema
from schemas.error import Message, problems


def test_a_pointer_leads_through_lists_and_escapes_names():
    messages = {"doses": {1: {"a/b~c": [Message("No.", "range", ("x",))]}}, "_schema": ["Whole."]}

    assert [("/doses/1/a~1b~0c", "range", "No.", ("x",)), ("", "invalid", "Whole.", None)] == problems(messages)


def test_the_error_body_has_what_rfc_9457_names():
    assert {"type", "title", "status", "detail", "instance", "errors"} == set(ProblemSchema().fields)
