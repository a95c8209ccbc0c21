"""How the site is built: `make site`. Pages are Markdown (MyST); what can be read from the source is read from it."""

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs"), str(ROOT / "tools")]

_about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = _about["name"]
author = "detectapi contributors"
version = release = _about["version"]
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "site_parts"]
exclude_patterns = ["examples/README.md"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
# The notebook is executed by `make docs` and held against its outputs by the tests; the site shows it as it is kept.
nb_execution_mode = "off"

# A name in single backticks in a docstring is code.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_google_docstring = False
# Types are words ("array, shape (n,)"), not names to be looked up.
napoleon_use_param = False
napoleon_use_rtype = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"detectapi {version}"
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["static"]
html_css_files = ["site.css"]
