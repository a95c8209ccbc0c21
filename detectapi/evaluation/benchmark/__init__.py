"""Benchmark: what studies measured as one open table, a scorer for the forecasts of anyone, and the first entrants."""
