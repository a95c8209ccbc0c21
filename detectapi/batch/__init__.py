"""Many questions at once: tables of scenarios in, tables of windows out, on one machine or many.

`kernel` answers rows side by side, `rows`, `grid` and `files` read and write tables, `chunk` turns one chunk of rows into one
part file, `store` is the record of jobs, `engines` compute chunks somewhere, `runner` brings a job to its end.
"""
