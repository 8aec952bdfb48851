"""Asks the language server that editors run for YAML what a person would see in them."""

import json
import subprocess
import threading
from pathlib import Path
from queue import Queue

SERVER = Path(__file__).resolve().parent.parent / "node_modules/.bin/yaml-language-server"
PATIENCE = 60  # seconds: a machine at rest answers within one, a busy one takes its time


class Editor:
    """An editor that has a folder open, with the settings `yaml` of its `.vscode/settings.json`."""

    def __init__(self, folder: Path, settings: dict):
        self.folder = folder
        # A test asks no other machine for schemas.
        self.settings = settings | {"schemaStore": {"enable": False}}
        self.opened = self.asked = 0
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.server = subprocess.Popen([SERVER, "--stdio"], **pipes)
        self.heard: Queue = Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        here = {"uri": folder.as_uri(), "name": folder.name}
        able = {"workspace": {"configuration": True, "workspaceFolders": True}}
        greeting = {"processId": None, "rootUri": here["uri"], "workspaceFolders": [here]}
        self._ask("initialize", greeting | {"capabilities": able})
        self._say({"method": "initialized", "params": {}})
        # Before it knows the settings it would answer without a schema.
        self._answer(self._wait(lambda it: it.get("method") == "workspace/configuration"))

    def close(self) -> None:
        self.server.kill()
        self.server.communicate()

    def underlined(self, text: str) -> list[tuple[str, str]]:
        """What a file of this text has underlined, each with what is said about it."""
        uri = self._open(text)
        told = self._wait(
            lambda it: (
                it.get("method") == "textDocument/publishDiagnostics" and it["params"]["uri"] == uri
            )
        )
        return [
            (_within(text, each["range"]), each["message"])
            for each in told["params"]["diagnostics"]
        ]

    def offered(self, text: str) -> list[str]:
        """What is offered where the text has its `¦`, which stands for the cursor."""
        return [each["label"] for each in self._at_cursor("completion", text)["items"]]

    def told(self, text: str) -> str:
        """What is shown to who points at the `¦` of the text."""
        return self._at_cursor("hover", text)["contents"]["value"]

    def _at_cursor(self, what: str, text: str) -> dict:
        before, after = text.split("¦")
        uri = self._open(before + after)
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        place = {"position": {"line": line, "character": column}}
        return self._ask(f"textDocument/{what}", {"textDocument": {"uri": uri}} | place)

    def _open(self, text: str) -> str:
        # A folder for each, since what is told of an older text could come late.
        self.opened += 1
        uri = (self.folder / str(self.opened) / "cards.yaml").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._say({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        return uri

    def _ask(self, method: str, params: dict):
        self.asked += 1
        id = self.asked
        self._say({"id": id, "method": method, "params": params})
        return self._wait(lambda it: it.get("id") == id and "method" not in it)["result"]

    def _wait(self, wanted):
        """The first message of that kind; the server's own questions are answered meanwhile."""
        while not wanted(message := self.heard.get(timeout=PATIENCE)):
            if "id" in message and "method" in message:
                self._answer(message)
        return message

    def _answer(self, question: dict) -> None:
        result = None
        if question["method"] == "workspace/configuration":
            asked = [each["section"] for each in question["params"]["items"]]
            result = [self.settings if section == "yaml" else {} for section in asked]
        self._say({"id": question["id"], "result": result})

    def _say(self, message: dict) -> None:
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.server.stdin.flush()

    def _listen(self) -> None:
        while header := self.server.stdout.readline():
            self.server.stdout.readline()  # the empty line between header and body
            length = int(header.removeprefix(b"Content-Length: "))
            self.heard.put(json.loads(self.server.stdout.read(length)))


def _within(text: str, place: dict) -> str:
    start, end = place["start"], place["end"]
    lines = text.split("\n")[start["line"] : end["line"] + 1]
    lines[-1] = lines[-1][: end["character"]]
    return "\n".join(lines)[start["character"] :]
