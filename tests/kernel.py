"""Un kernel vero, come quello di chi legge: i controlli gli mandano il codice delle celle e ascoltano ciò che dice."""

from jupyter_client.manager import start_new_kernel


class Kernel:
    """Un kernel python3 e ciò che dice: i widget che apre e i testi che gli output mostrano."""

    def __init__(self, folder):
        self.manager, self.client = start_new_kernel(kernel_name="python3", cwd=str(folder))
        self.models, self.text = {}, ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def listen(self, message_id):
        """Legge i messaggi fino a che il kernel ha finito di rispondere."""
        while True:
            message = self.client.get_iopub_msg(timeout=300)
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
