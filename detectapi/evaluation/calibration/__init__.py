"""Calibration: the uncertainty of the typical values in a substance's file, updated by observations."""
