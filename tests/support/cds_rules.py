"""The rules of CDS Hooks 2.0 for what a service sends, written down here again: a JSON Schema, and what a schema cannot say."""

import jsonschema

TEXT = {"type": "string", "minLength": 1}
CODING = {
    "type": "object",
    "required": ["code"],
    "properties": {"code": TEXT, "system": TEXT, "display": TEXT},
    "additionalProperties": False,
}
SERVICES = {
    "type": "object",
    "required": ["services"],
    "additionalProperties": False,
    "properties": {
        "services": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["hook", "id", "description"],
                "properties": {
                    "hook": {"type": "string", "pattern": "^[a-z]+(-[a-z]+)+$"},
                    "id": TEXT,
                    "title": TEXT,
                    "description": TEXT,
                    "usageRequirements": TEXT,
                    "prefetch": {"type": "object", "minProperties": 1, "additionalProperties": TEXT},
                },
                "additionalProperties": False,
            },
        }
    },
}
LINK = {
    "type": "object",
    "required": ["label", "url", "type"],
    "properties": {
        "label": TEXT,
        "url": {"type": "string", "pattern": "^https?://"},
        "type": {"enum": ["absolute", "smart"]},
    },
    "additionalProperties": False,  # appContext belongs to links of type smart
}
CARD = {
    "type": "object",
    "required": ["summary", "indicator", "source"],
    "properties": {
        "uuid": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
        "summary": {"type": "string", "minLength": 1, "maxLength": 139},
        "detail": TEXT,
        "indicator": {"enum": ["info", "warning", "critical"]},
        "source": {
            "type": "object",
            "required": ["label"],
            "properties": {"label": TEXT, "url": {"type": "string", "pattern": "^https?://"}, "topic": CODING},
            "additionalProperties": False,
        },
        "links": {"type": "array", "minItems": 1, "items": LINK},
        "overrideReasons": {
            "type": "array",
            "minItems": 1,
            "items": {**CODING, "required": ["code", "display"]},
        },
    },
    "additionalProperties": False,  # no suggestions: nothing is proposed
}
CARDS = {
    "type": "object",
    "required": ["cards"],
    "properties": {"cards": {"type": "array", "items": CARD}},
    "additionalProperties": False,
}


def check_services(document):
    """Refuse an answer of discovery that breaks a rule."""
    jsonschema.validate(document, SERVICES)
    pairs = [(one["hook"], one["id"]) for one in document["services"]]
    assert len(set(pairs)) == len(pairs), "an id may serve several hooks, each once"


def check_cards(document):
    """Refuse an answer of a call that breaks a rule."""
    jsonschema.validate(document, CARDS)
    ids = [card["uuid"] for card in document["cards"]]
    assert len(set(ids)) == len(ids)
    assert_no_empty_member({name: value for name, value in document.items() if name != "cards"})
    for card in document["cards"]:
        assert_no_empty_member(card)


def assert_no_empty_member(value):
    """Optional members are left out: never null, and never an empty text, list or object."""
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        assert inner not in (None, "", [], {})
        assert_no_empty_member(inner)
