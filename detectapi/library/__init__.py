"""The library: ask with plain Python values or a data frame, get answers that a notebook can show."""
