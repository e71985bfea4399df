"""The manual as a site: `scripts/docs` (Sphinx, MyST)."""

project = "bruno"
author = "the bruno developers"
copyright = author  # noqa: A001 (the name is Sphinx's)
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = []
myst_heading_anchors = 4
html_theme = "furo"
html_title = "bruno"
html_static_path = []
# Nothing is fetched by a reader's browser: no search engine, no fonts, no badges of others.
html_show_sphinx = False
html_copy_source = False
