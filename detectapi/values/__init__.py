"""Frozen values: what a substance, a test, a use pattern and an observation are; their units and errors. Standard library only."""
