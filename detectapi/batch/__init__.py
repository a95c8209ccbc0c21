"""Tables of scenarios in, tables of windows out.

`files` and `grid` read rows, `rows` and `reader` check them, `kernel` answers them side by side, `panels` answers panels class by
class, `table` writes results, and `chunk` computes one chunk of rows. `detectapi.jobs` divides a table into chunks and keeps the
record.
"""
