"""Pharmacokinetics as arithmetic: arrays in, arrays out, numpy only.

Poles (or compartments, or paths) lie on the first axis, draws on the last. Micromole, litre, hour throughout;
time 0 is the end of the last dose.
"""
