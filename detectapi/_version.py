"""The version, in one place: read by packaging, provenance and the OpenAPI document."""

__version__ = "0.2.0"
