"""Pictures and the printed report of an answer. Fed by the answer alone, so every surface shows the same numbers.

`picture` says what is to be drawn, `svg` and `png` draw it, `pdf` prints the report. Only SVG needs nothing else; the
rest needs the extra ``report`` and loads it when asked for.
"""
