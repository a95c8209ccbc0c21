"""What a test asks of a page in a browser: what has the focus, what is cut off, what lies on each other."""

CUT = """() => [...document.querySelectorAll('h1,h2,h3,p,li,label,legend,button,summary,td,th,caption')]
  .filter(e => e.checkVisibility() && !e.closest('.scroll') && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.textContent.slice(0, 60))"""
"""Texts that reach beyond the window."""


def focused(page):
    """The id of the element that has the focus."""
    return page.evaluate("document.activeElement.id")


def overlapping(page):
    """Pairs of blocks of the answer that lie on each other."""
    return page.evaluate("""() => {
      const blocks = [...document.querySelectorAll('.answer > *, .ask > *')].filter(e => e.checkVisibility());
      const boxes = blocks.map(e => e.getBoundingClientRect());
      return blocks.flatMap((e, i) => blocks.slice(i + 1).map((f, j) => [e, f, boxes[i], boxes[i + 1 + j]]))
        .filter(([e, f, a, b]) => a.left < b.right - 1 && b.left < a.right - 1)
        .filter(([e, f, a, b]) => a.top < b.bottom - 1 && b.top < a.bottom - 1)
        .map(([e, f]) => e.className + ' / ' + f.className); }""")
