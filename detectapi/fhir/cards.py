"""Cards of CDS Hooks. All are for information; none proposes an order. The id of a card shows which service made it."""

import hashlib
import uuid

from detectapi._version import __version__
from detectapi.fhir.services import OVERRIDE_SYSTEM, OVERRIDES, TEXTS, TOPIC_SYSTEM

LONGEST_SUMMARY = 139


def card(service, instance, summary, detail, address):
    """One card.

    Parameters
    ----------
    service : str
        Id of the service.
    instance : str
        ``hookInstance`` of the call: the same call gets the same card.
    summary, detail : str
        The detail is Markdown.
    address : str
        Of the page, to which the card links.
    """
    return {
        "uuid": card_id(service, f"{instance}\n{summary}\n{detail}"),
        "summary": summary if len(summary) <= LONGEST_SUMMARY else f"{summary[: LONGEST_SUMMARY - 1]}…",
        "indicator": "info",
        "detail": detail,
        "source": {
            "label": f"detectapi {__version__}",
            "url": address,
            "topic": {"system": TOPIC_SYSTEM, "code": service, "display": TEXTS[service][0]},
        },
        "links": [{"label": "Open detectapi", "url": address, "type": "absolute"}],
        "overrideReasons": [
            {"code": code, "system": OVERRIDE_SYSTEM, "display": display} for code, display in OVERRIDES.items()
        ],
    }


def card_id(service, content):
    """A UUID (version 8) of a card: eight bytes of its content, and six by which the service knows its own."""
    head = hashlib.sha256(content.encode()).digest()[:8]
    return str(uuid.UUID(bytes=_versioned(head + _check(service, head) + b"\0\0")))


def is_own(service, word):
    """Whether an id is that of a card of a service."""
    try:
        raw = uuid.UUID(word).bytes
    except (ValueError, AttributeError, TypeError):
        return False
    return raw == _versioned(raw[:8] + _check(service, raw[:8]) + b"\0\0")


def _check(service, head):
    masked = _versioned(head + bytes(8))[:8]  # the version takes some bits of the content
    return hashlib.sha256(service.encode() + masked).digest()[:6]


def _versioned(raw):
    """Sixteen bytes with the version and the variant of RFC 9562 in them."""
    changed = bytearray(raw)
    changed[6] = changed[6] & 0x0F | 0x80
    changed[8] = changed[8] & 0x3F | 0x80
    return bytes(changed)
