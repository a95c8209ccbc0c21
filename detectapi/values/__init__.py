"""Frozen values: substance, test, use pattern, observation; units and errors. Standard library only."""
