"""The plug-in's own documentation: its pages are notebooks, and their cells what the plug-in is for."""

from importlib.metadata import version as version_of

project = "interact-replay"
author = "The authors of Backpropagation, passo dopo passo"
version = release = version_of("interact-replay")
extensions = ["myst_nb", "interact_replay"]
html_theme = "sphinx_book_theme"
html_title = f"interact-replay {version}"
html_context = {"default_mode": "auto"}
html_theme_options = {"use_download_button": False}
html_copy_source = False
html_static_path = ["style"]
html_css_files = ["pages.css"]
# A number box without ends gets some, and a text box keeps its value: the page says so itself.
suppress_warnings = ["interact.limited"]
interact_strict = True
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
# No page needs the widgets' own scripts, nor asks another server for anything.
nb_ipywidgets_js = {}
# Links to sections of README.md, whose parts stand on several pages.
myst_heading_anchors = 3
