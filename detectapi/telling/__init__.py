"""An answer in words and pictures: everything that any surface says of it, once.

- `durations`, `chances`: a time and a chance in words. `voice`: in which language, and where it is read.
- `sentences`: what a window says. `evidence`, `notes`, `inputs_used`: the rest. `summary` puts all of it together.
- `terminal`, `notebook`, `pdf` show parts of a summary, as the page does. `cards` and `tornado` show other documents.
- `picture` says what is to be drawn. `svg` (with `axis`) is the one writer of SVG; `picture_svg` and `png` draw a picture.

Nothing here computes: answers are dicts of the contract. PDF and PNG need the extra ``report`` and load it when asked for.
"""
