"""The whole configuration of a plain Sphinx project with interacts that stay alive."""

project = "interact-replay by example"
extensions = ["myst_nb", "interact_replay"]
exclude_patterns = ["_build", "README.md"]
