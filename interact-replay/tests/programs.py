"""Programs that tests start: uv, the builder of the wheel, a web server, JupyterLab."""

import contextlib
import functools
import http.server
import os
import re
import subprocess
import sys
import threading
import time
from urllib.request import urlopen

UV = sys.executable, "-m", "uv", "--quiet"  # as pip, in a quarter of the time


def run(*command, **more):
    """A command that has to succeed."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=1200, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@contextlib.contextmanager
def served(folder, **headers):
    """The address of a folder over HTTP, with these headers beside the usual ones."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def end_headers(self):
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            super().end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))) as opened:
        thread = threading.Thread(target=opened.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{opened.server_port}"
        finally:
            opened.shutdown()
            thread.join()


def jupyter_homes(folder):
    """An environment with nobody's settings of Jupyter, nor anybody's list of trusted notebooks: they are in this folder."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    return os.environ | {name: str(folder / name.lower()) for name in names}


@contextlib.contextmanager
def jupyterlab(folder, environment, *options):
    """The address of a JupyterLab in this folder."""
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0", "--IdentityProvider.token=", *options]
    server = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        log = []
        for line in server.stderr:
            log.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                break
        else:
            raise AssertionError("".join(log))
        threading.Thread(target=server.stderr.read, daemon=True).start()  # else the server would wait until somebody reads it
        # It tells the address shortly before it answers.
        while server.poll() is None:
            with contextlib.suppress(OSError), urlopen(found[0]):
                break
            time.sleep(0.1)
        yield found[0]
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:  # told to stop at a bad moment, it waits for itself
            server.kill()
            server.wait()
