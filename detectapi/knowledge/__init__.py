"""The data files, read and checked: catalogue, observations, posterior, evidence, education."""

from pathlib import Path

DATA = Path(__file__).parent.parent / "data"
"""The data files that the package ships."""
