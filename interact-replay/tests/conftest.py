"""What this folder's tests have in common."""

import json
import math
import re
from html import unescape

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from interact_replay import MIME_TYPE, OPTIONS_VARIABLE
from interact_replay.recording import shown
from jupyter_client.manager import start_new_kernel

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


IMPORTS = """
import matplotlib.pyplot as plt, numpy as np, ipywidgets as w, os, sys, warnings
from ipywidgets import interact, interactive, interactive_output
from IPython.display import display, HTML, SVG, update_display
import IPython
"""


class Kernel:
    """A recording kernel, run cell by cell; `outputs` and `error` are what the last cell has left."""

    def __init__(self, folder):
        self.folder = folder
        self.manager, self.client = start_new_kernel(kernel_name="interact-replay", cwd=str(folder))
        self.run(IMPORTS)

    def run(self, source, forgiving=False):
        name = self.client.execute(source, stop_on_error=not forgiving)
        self.outputs, self.error, self.opened = [], "", []
        while True:
            message = self.client.get_iopub_msg(timeout=300)
            if message["parent_header"].get("msg_id") != name:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "error":
                self.error = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(content["traceback"]))
            elif kind in ("display_data", "execute_result", "stream"):
                self.outputs.append(content)
            elif kind == "comm_open":
                self.opened.append(content["data"]["state"]["_model_name"])
            elif content.get("execution_state") == "idle":
                return self

    @property
    def recordings(self):
        return [output["data"][MIME_TYPE] for output in self.outputs if MIME_TYPE in output.get("data", {})]

    def states(self, output=0):
        """What every state of the only recording shows."""
        assert not self.error, self.error
        (recording,) = self.recordings
        found = recording["outputs"][output]
        sizes = [len(recording["controls"][i]["labels"]) for i in found["controls"]]
        total = 1 + sum(size - 1 for size in sizes) if found.get("single") else math.prod(sizes)
        chunks = [chunk | {"rich": ["", ' alt=""', *(text for _, text in chunk["rich"])]} for chunk in found["chunks"]]
        return [shown(found | {"chunks": chunks}, i) for i in range(total)]

    def texts(self, output=0):
        """The text that a reader sees in every state."""
        return [unescape(re.sub("<[^>]*>", "", state)).strip() for state in self.states(output)]


@pytest.fixture(scope="module")
def open_kernel(tmp_path_factory):
    """Opens recording kernels with options; they are closed at the end."""
    opened = []

    def open_one(**options):
        folder = tmp_path_factory.mktemp("kernel")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(OPTIONS_VARIABLE, json.dumps({"processes": 2, "cache": str(folder / ".cache")} | options))
            opened.append(Kernel(folder))
        return opened[-1]

    yield open_one
    for kernel in opened:
        kernel.client.stop_channels()
        kernel.manager.shutdown_kernel(now=True)
