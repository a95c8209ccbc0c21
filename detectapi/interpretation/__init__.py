"""Measured results read backwards: what they say of accounts of use. Numbers only; the sentences are in `detectapi.telling`."""
