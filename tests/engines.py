"""Drives each browser engine that is found here, Chromium, Firefox and WebKitGTK, in one way.

Firefox speaks WebDriver over a socket of its own (Marionette), WebKitGTK over HTTP by its driver,
on a screen that nobody sees. Neither needs a package of Python's.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

PATIENCE = 20  # seconds that a browser has to start, or a page to come to what it is waited for

# Every page of a watched site runs this first (`watched`): WebKitGTK tells a driver nothing of its
# console. The list outlives the page, so that what went wrong on the way is not forgotten.
WITNESS = """
const note = (...words) => {
  const noted = JSON.parse(sessionStorage.witness ?? "[]");
  sessionStorage.witness = JSON.stringify([...noted, words.map(String).join(" ")]);
};
// What was on its way when a page is left does not come: Firefox calls that an error.
let leaving = false;
addEventListener("beforeunload", () => (leaving = true));
addEventListener("error", ({ message, target }) => {
  if (message !== undefined || !leaving) note("error:", message ?? target.outerHTML);
}, true);
addEventListener("unhandledrejection", (event) => note("rejection:", event.reason));
addEventListener("securitypolicyviolation", (event) =>
  note("policy:", event.effectiveDirective, event.blockedURI, event.sample));
window.awaited = 0;
const { send } = XMLHttpRequest.prototype;
XMLHttpRequest.prototype.send = function (...given) {
  window.awaited += 1;
  this.addEventListener("loadend", () => (window.awaited -= 1));
  send.apply(this, given);
};
for (const level of ["warn", "error"]) {
  const say = console[level];
  console[level] = (...words) => { note("console:", ...words); say.apply(console, words); };
}
"""

# At one go, or what is noted in between would be lost.
TAKE_NOTED = """(() => {
  const noted = sessionStorage.witness;
  sessionStorage.removeItem("witness");
  return noted ?? "[]";
})()"""


def found() -> dict[str, str]:
    """Return the paths of the browsers that are here, by the names of their engines."""
    # That Chromium is there, `make test` has seen to: the other tests need it.
    paths = {"chromium": "", "firefox": find_firefox(), "webkit": find_webkit()}
    return {name: path for name, path in paths.items() if path is not None}


def find_firefox() -> str | None:
    for name in (os.environ.get("FIREFOX"), "firefox-esr", "firefox"):
        path = name and shutil.which(name)
        # Ubuntu's snap cannot read a profile in the folder for temporary files.
        if path and b"exec /snap/" not in Path(path).read_bytes():
            return path
    return None


def find_webkit() -> str | None:
    # It knows the small browser that was built with it, and Debian and Ubuntu install that too.
    driver = shutil.which("WebKitWebDriver")
    return driver if shutil.which("Xvfb") else None


class Engine:
    """A browser with one window."""

    def open(self, url: str) -> None:
        """Go to an address, and return when the page has loaded.

        The page before is left once it awaits no answer: cut short, it would complain.
        """
        until(lambda: not self.run("window.awaited"), "the answers that a page awaits")
        self.go(url)

    def go(self, url: str) -> None:
        """Go to an address at once, and return when the page has loaded."""
        raise NotImplementedError

    def run(self, script: str):
        """Return the value of a JavaScript expression in the page."""
        raise NotImplementedError

    def click(self, selector: str) -> None:
        """Click where the first element of a CSS selector is, as a mouse does."""
        raise NotImplementedError

    def type(self, text: str) -> None:
        """Press the keys that write a text."""
        raise NotImplementedError

    def console(self) -> list[str]:
        """Take what the browser itself has put into its console."""
        return []

    def errors(self) -> list[str]:
        """Take what has gone wrong since this was last asked, by the page and by the browser."""
        return json.loads(self.run(TAKE_NOTED)) + self.console()

    def wait(self, script: str) -> None:
        """Wait until a JavaScript expression holds in a page that has loaded."""
        until(lambda: self.run(f"document.readyState === 'complete' && !!({script})"), script)


class Chromium(Engine):
    def __init__(self, context):
        self.page = context.new_page()
        self.messages = []
        context.on("console", self.note)

    def note(self, message):
        if message.type in ("error", "warning"):
            self.messages.append(f"chromium: {message.text}")

    def go(self, url):
        self.page.goto(url)

    def run(self, script):
        return self.page.evaluate(f"() => ({script})")

    def click(self, selector):
        self.page.locator(selector).first.click()

    def type(self, text):
        self.page.keyboard.type(text)

    def console(self):
        taken, self.messages[:] = self.messages[:], []
        return taken


class WebDriver(Engine):
    """What the engines that speak WebDriver share; `send` says it to one of them."""

    def send(self, command: str, **parameters):
        raise NotImplementedError

    def go(self, url):
        self.send("Navigate", url=url)

    def run(self, script):
        return self.send("ExecuteScript", script=f"return ({script})", args=[])

    def click(self, selector):
        element = self.send("FindElement", using="css selector", value=selector)
        self.send("ElementClick", id=next(iter(element.values())))

    def type(self, text):
        strokes = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        keys = {"type": "key", "id": "keys", "actions": strokes}
        self.send("PerformActions", actions=[keys])


class Firefox(WebDriver):
    def __init__(self, connection: socket.socket):
        self.connection = connection
        self.answers = connection.makefile("rb")
        self.receive()  # its greeting
        self.send("NewSession", capabilities={})

    def send(self, command, **parameters):
        message = json.dumps([0, 0, f"WebDriver:{command}", parameters]).encode()
        self.connection.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self.receive()
        if error:
            raise RuntimeError(f"firefox: {command}: {error['message']}")
        return result["value"] if set(result or ()) == {"value"} else result

    def receive(self):
        size = b""
        while not size.endswith(b":"):
            size += self.answers.read(1) or self.hung_up()
        return json.loads(self.answers.read(int(size[:-1])))

    def hung_up(self):
        raise ConnectionError("firefox: it has ended")

    def console(self):
        messages = self.send("ExecuteScript", script=FIREFOX_CONSOLE, args=[], sandbox="system")
        return [f"firefox: {text}" for text in messages]


# Of the console's messages the errors that speak of our pages: Firefox writes there of itself too,
# and warns of what the theme does and no harm comes of. NS_ERROR_… it calls a request of the theme's
# script that is cut short as a page is left.
FIREFOX_CONSOLE = """
const said = Services.console.getMessageArray()
  .filter((each) => each instanceof Ci.nsIScriptError && each.sourceName.startsWith("http"))
  .filter((each) => !(each.flags & Ci.nsIScriptError.warningFlag))
  .filter((each) => !/^NS_ERROR_.*[/]assets[/]javascripts[/]/.test(each.errorMessage + each.sourceName))
  .map((each) => `${each.errorMessage} (${each.sourceName}:${each.lineNumber}:${each.columnNumber} ${each.stack ?? ""})`.trim());
Services.console.reset();
return said;
"""


class WebKit(WebDriver):
    PATHS = {
        "Navigate": "url",
        "ExecuteScript": "execute/sync",
        "FindElement": "element",
        "ElementClick": "element/{id}/click",
        "PerformActions": "actions",
    }

    def __init__(self, driver: str):
        session = self.post(f"{driver}/session", {"capabilities": {}})
        self.session = f"{driver}/session/{session['sessionId']}"

    def send(self, command, **parameters):
        return self.post(f"{self.session}/{self.PATHS[command].format(**parameters)}", parameters)

    def post(self, url, body):
        request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
        try:
            return json.load(urlopen(request, timeout=60))["value"]
        except HTTPError as answer:
            raise RuntimeError(f"webkit: {answer.read().decode()}") from None


@contextmanager
def firefox(path: str):
    """Run Firefox with a profile of its own."""
    with TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True) as profile:
        # It chooses a free port itself, and writes it into its profile. What it fetches ahead, the page
        # that a link calls the next one, fails when a test goes elsewhere meanwhile.
        preferences = {"marionette.port": "0", "network.prefetch-next": "false"}
        lines = [f'user_pref("{name}", {value});\n' for name, value in preferences.items()]
        Path(profile, "user.js").write_text("".join(lines), encoding="utf-8")
        port = Path(profile, "MarionetteActivePort")
        size = ["--width", "1280", "--height", "900"]
        command = [path, "--headless", "--no-remote", "--marionette", "--profile", profile, *size]
        with running(*command):
            number = until(lambda: port.exists() and port.read_text(), "Firefox's port")
            with socket.create_connection(("127.0.0.1", int(number)), timeout=60) as connection:
                yield Firefox(connection)


@contextmanager
def webkit(path: str):
    """Run WebKitGTK's small browser, by its driver, on a screen that nobody sees."""
    screen = ["Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "1280x1024x24"]
    with running(*screen) as server:
        surroundings = {
            "DISPLAY": f":{server.stdout.readline().strip()}",
            "GDK_BACKEND": "x11",  # also where somebody sits before a Wayland screen
            # Runners and containers lack what its sandbox needs; the tests open only our own pages.
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        }
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with running(path, f"--port={port}", env=os.environ | surroundings):
            driver = f"http://127.0.0.1:{port}"
            until(lambda: answers(f"{driver}/status"), "WebKit's driver")
            yield WebKit(driver)


def answers(url: str) -> bool:
    try:
        return urlopen(url, timeout=5).status == 200
    except URLError:
        return False


@contextmanager
def running(*command, **options):
    """Run a program; end it and all that it has started when the block is left."""
    quiet = {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "text": True}
    program = subprocess.Popen(
        command, stdout=subprocess.PIPE, start_new_session=True, **quiet, **options
    )
    try:
        yield program
    finally:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.communicate()


def until(ask, what: object):
    """Ask again and again until there is something, and return it."""
    end = time.monotonic() + PATIENCE
    while not (answer := ask()):
        assert time.monotonic() < end, f"{what}: not within {PATIENCE} seconds"
        time.sleep(0.02)
    return answer


def watched(page: str, root: str) -> str:
    """Let a page of the site at `root` run WITNESS, kept there as witness.js, before all else."""
    return page.replace("<head>", f'<head><script src="{root}witness.js"></script>', 1)
