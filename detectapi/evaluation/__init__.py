"""Evaluation of the model: validation against studies, calibration by studies, and the check of a new substance."""
