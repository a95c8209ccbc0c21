"""What the pages of the site take from the source when it is built: the picture of the rooms, their list, their reference."""

import os
from pathlib import Path

import architecture
import architecture_picture
from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
# Pages of the site that show a file which stands outside docs/.
SHOWN = {
    "README.md": "index",
    "CHANGELOG.md": "project/changelog",
    "CONTRIBUTING.md": "project/contributing",
    "SECURITY.md": "project/security",
    "VISION.md": "project/vision",
    "bench/RESULTS.md": "project/benchmarks",
}


class Picture(SphinxDirective):
    """`architecture-picture`: the rooms and their imports."""

    def run(self):
        """The picture as part of the page."""
        return [nodes.raw("", architecture_picture.picture(), format="html")]


class Rooms(SphinxDirective):
    """`architecture-rooms`: what each room holds, file by file, and which rooms it imports."""

    def run(self):
        """A section of the page for each room."""
        return [
            self.section(room)
            for layer in architecture.LAYERS
            for room in sorted(layer - architecture_picture.LEFT_OUT)
        ]

    def section(self, room):
        """A room: its sentence, the rooms it imports, its files."""
        name = room.removeprefix("detectapi.")
        section = nodes.section(ids=[nodes.make_id(f"room-{name}")], names=[f"room {name}"])
        section += nodes.title(text=name)
        section += words(architecture.summary(room))
        below = sorted(end for start, end in architecture.arrows() if start == room)
        below = [end.removeprefix("detectapi.") for end in below if end not in architecture_picture.LEFT_OUT]
        section += nodes.paragraph(text=f"Imports {', '.join(below)}." if below else "Imports no other room.")
        files = [module for module in architecture.modules_of(room) if module != room]
        section += table([[words(f"`{module}`"), words(architecture.summary(module))] for module in files])
        return section


class Reference(SphinxDirective):
    """`room-reference`: everything public in a room, from its docstrings; to be used in reStructuredText."""

    required_arguments = 1

    def run(self):
        """A section of the page for each file."""
        text = ""
        for module in architecture.modules_of(self.arguments[0]):
            text += f"{module}\n{'-' * len(module)}\n\n.. automodule:: {module}\n   :members:\n\n"
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def words(text):
    """A paragraph in which what stands in backticks is code."""
    paragraph = nodes.paragraph()
    for number, part in enumerate(text.replace("``", "`").split("`")):
        paragraph += nodes.literal(text=part) if number % 2 else nodes.Text(part)
    return paragraph


def table(rows):
    """A table of two columns without a head; nothing where there are no rows."""
    if not rows:
        return nodes.comment()
    group = nodes.tgroup(cols=2)
    group += [nodes.colspec(colwidth=34), nodes.colspec(colwidth=66)]
    body = nodes.tbody()
    group += body
    for cells in rows:
        row = nodes.row()
        for cell in cells:
            entry = nodes.entry()
            entry += cell
            row += entry
        body += row
    whole = nodes.table()
    whole += group
    return whole


class LinksOutside(SphinxTransform):
    """Lets a link to a file outside docs/ lead to the page that shows it; a link to a folder becomes plain text."""

    default_priority = 2  # before Sphinx looks for the targets

    def apply(self):
        """Change the links of one page."""
        for link in list(self.document.findall(nodes.Element)):
            place = self.place(link["reftarget"]) if link.get("reftype") == "myst" else None
            if place is None:
                continue
            name = place.relative_to(ROOT).as_posix()
            if place.is_dir():
                link.replace_self(link.children)
            elif name in SHOWN:
                page = addnodes.pending_xref(refdomain="std", reftype="doc", reftarget=f"/{SHOWN[name]}")
                page["refexplicit"], page["refdoc"] = True, self.env.docname
                page += link.children
                link.replace_self(page)
            elif link.tagname == "pending_xref":
                link.replace_self(self.copy(place, link.children))

    def copy(self, place, words):
        """A link to a copy of a file, which the site brings with it."""
        here = (DOCS / self.env.docname).parent
        return addnodes.download_reference(
            "", "", *words, reftarget=os.path.relpath(place, here), refdoc=self.env.docname
        )

    def place(self, target):
        """The file or folder of this project that a link means; None for a page of the site."""
        here = (DOCS / self.env.docname).parent
        for start in (here, ROOT):  # README.md and others are included from the root
            for ending in ("", ".md"):
                place = (start / (target + ending)).resolve()
                if place.exists() and place.is_relative_to(ROOT):
                    inside = place.is_relative_to(DOCS) and not place.is_dir()
                    return None if inside else place
        return None


class TypesAsWords(SphinxTransform):
    """Leaves the types of attributes in docstrings as words ("array, shape (n,)"): most are no names to be found."""

    default_priority = 2

    def apply(self):
        """Change one page."""
        for link in list(self.document.findall(addnodes.pending_xref)):
            if link.get("refdomain") == "py" and link.get("reftype") == "class" and not link.get("refexplicit"):
                link.replace_self(link.children)


def setup(app):
    """Make the parts known to Sphinx."""
    app.add_directive("architecture-picture", Picture)
    app.add_directive("architecture-rooms", Rooms)
    app.add_directive("room-reference", Reference)
    app.add_transform(LinksOutside)
    app.add_transform(TypesAsWords)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
