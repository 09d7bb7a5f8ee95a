"""What an author can set."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Options:
    """What an author can set; in Sphinx's configuration each name begins with `interact_`."""

    strict: bool = False
    """Whether an interact that does not fit, or whose function raises, stops the build; else what fits is recorded."""
    max_states: int = 5000
    """Most states of one interact."""
    max_kilobytes: int = 2000
    """Largest recording of one interact, in kB after gzip."""
    max_seconds: int = 60
    """How long one interact may be recorded, by what its first states take (not looked at where `strict`), and one state."""
    thin: int | None = None
    """Most values of one slider: a finer one is thinned evenly. None: sliders are never thinned."""
    processes: int = 0
    """Processes that record an interact's states; 0 is one for each core, 1 none but the kernel."""
    cache: str | None = None
    """Folder that keeps recordings from build to build; None is one beside MyST-NB's own."""
    stills_only: bool = False
    """Record default states only, for instance to refresh the outputs that a notebook is stored with."""
    picture_quality: int = 98
    """How true pixels are: 100 is exactly; with less, each of their colours may be so much less than 100 off, of 255."""
    svg_digits: int | None = 1
    """Decimals of the coordinates in a figure, in points; None keeps them all."""
    svg_colors: dict[str, str] = field(default_factory=lambda: {"#000000": "currentColor"})
    """Colours as Matplotlib writes them → what the page uses instead, a CSS variable for instance."""

    def __post_init__(self) -> None:
        """Raises ValueError, beginning with the option's name, for a value that makes no sense."""
        least_of = {"max_states": 1, "max_kilobytes": 1, "max_seconds": 1, "thin": 3, "processes": 0, "picture_quality": 50, "svg_digits": 0}
        for name, least in least_of.items():
            value = getattr(self, name)
            if isinstance(value, str) and value.isdecimal():  # as `sphinx-build -D` gives it
                object.__setattr__(self, name, value := int(value))
            optional = value is None and name in ("thin", "svg_digits")
            if not optional and (not isinstance(value, int) or value < least):
                raise ValueError(f"{name} is {value!r}: it must be a whole number, at least {least}")
        if self.picture_quality > 100:
            raise ValueError(f"picture_quality is {self.picture_quality}: it must be 100 at most")
