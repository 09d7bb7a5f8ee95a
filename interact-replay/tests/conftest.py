"""What this folder's tests have in common."""

import re

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import HealthCheck, settings

# A busy machine is not an error.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_configure(config):
    config.addinivalue_line("markers", "lento: takes long (installs packages, draws hundreds of figures)")


@pytest.fixture(scope="module", autouse=True)
def defaults():
    """Matplotlib as it is when it comes, whatever style other tests of this process have chosen."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        yield


@pytest.fixture
def figures():
    """Marks have the same names in every run, and no figure is left over."""
    with matplotlib.rc_context({"svg.hashsalt": "x"}):
        yield
    plt.close("all")


@pytest.fixture
def same():
    """Whether two pictures are the same, but for the last digits of an SVG: where its box is asked for first, they differ."""

    def compare(one, two):
        if isinstance(one, bytes) or not (one and two):
            return one == two
        numbers = [np.array(re.findall(r"-?\d+\.\d+", text), float) for text in (one, two)]
        words = [re.sub(r"-?\d+\.\d+", "#", text) for text in (one, two)]
        return words[0] == words[1] and np.allclose(*numbers, atol=2e-6)

    return compare
