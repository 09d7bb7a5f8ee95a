"""In un Jupyter vero, senza il plug-in, gli stessi interact rispondono ai cursori sul codice di chi legge."""

import queue

import pytest
from jupyter_client.manager import start_new_kernel
from notebook import CHAPTERS, cells, chapter

CHAPTER_6 = next(path for path in CHAPTERS if path.name.startswith("06"))


class Kernel:
    """Un kernel python3 e ciò che dice: i widget che apre e i testi che gli output mostrano."""

    def __init__(self, folder):
        self.manager, self.client = start_new_kernel(kernel_name="python3", cwd=str(folder))
        self.models, self.text = {}, ""

    def listen(self, message_id):
        """Legge i messaggi fino a che il kernel ha finito di rispondere."""
        while True:
            message = self.client.get_iopub_msg(timeout=120)
            kind, content = message["msg_type"], message["content"]
            if kind == "comm_open":
                self.models[content["comm_id"]] = content["data"]["state"]
            elif kind == "stream" and message["parent_header"]["msg_id"] == message_id:
                self.text += content["text"]
            elif kind == "error":
                raise AssertionError("\n".join(content["traceback"]))
            elif message["parent_header"]["msg_id"] == message_id and content.get("execution_state") == "idle":
                return

    def run(self, source):
        self.text = ""
        self.listen(self.client.execute(source))

    def move(self, description, value):
        """Fa ciò che fa il browser quando chi legge muove un cursore; dà il testo che la funzione stampa."""
        widget = [i for i, m in self.models.items() if m.get("description") == description][-1]
        self.text = ""
        data = {"method": "update", "state": value, "buffer_paths": []}
        message = self.client.session.msg("comm_msg", {"comm_id": widget, "data": data})
        self.client.shell_channel.send(message)
        self.listen(message["header"]["msg_id"])
        return self.text


@pytest.fixture(scope="module")
def kernel():
    opened = Kernel(CHAPTER_6.parent)
    yield opened
    opened.client.stop_channels()
    opened.manager.shutdown_kernel(now=True)


def test_the_slider_follows_the_readers_code(kernel):
    interactive = next(i for i in chapter(6).interactives if i.f.__name__ == "watch_descent")
    for cell in cells(CHAPTER_6):
        kernel.run(cell.source)
        if "def watch_descent" in cell.source:
            break
    for choice in ((3, 10), (3, 20), (30, 20), (30, 50)):
        for control, index in zip(interactive.controls, choice, strict=True):
            key = "index" if control.name == "learning_rate" else "value"
            sent = index if key == "index" else control.values[index]
            text = kernel.move(control.description, {key: sent})
            if text:
                shown = text
        assert shown.strip() == interactive.text(*choice).strip()

    head = "def watch_descent(learning_rate, epochs):\n"
    kernel.run(cell.source.replace(head, head + "    print('codice di chi legge')\n"))
    assert "codice di chi legge" in kernel.move(interactive.controls[1].description, {"value": 33})


def test_no_message_is_left(kernel):
    """Il kernel non ha altro da dire: nessun errore arrivato in ritardo."""
    with pytest.raises(queue.Empty):
        kernel.client.get_iopub_msg(timeout=0.5)
