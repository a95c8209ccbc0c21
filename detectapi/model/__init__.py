"""Pharmacology: from a question to draws of people and specimens, their kinetics, and the window. `recipe` has it top to bottom."""
