"""Validation: simulate each study as it was done, and compare its statistic with the model."""
