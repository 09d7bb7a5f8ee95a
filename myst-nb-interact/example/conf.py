"""The whole configuration of a plain Sphinx project with interacts that stay alive."""

project = "myst-nb-interact by example"
extensions = ["myst_nb", "myst_nb_interact"]
exclude_patterns = ["_build", "README.md"]
