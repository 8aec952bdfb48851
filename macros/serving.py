"""A hook of MkDocs' server: it goes on where `cards.yaml` is taken away and put back.

MkDocs gives up a watched file that vanishes, and refuses to build without one. Zensical, which
knows no hooks, has a server of another kind.
"""

from __future__ import annotations

from pathlib import Path

DECK = "cards.yaml"


def on_serve(server, *, config, builder):
    """Watch the deck by the folder that it is in, and build whether it is there or not."""
    from mkdocs.config import load_config
    from watchdog.events import FileSystemEventHandler

    deck = Path(config.config_file_path).with_name(DECK)

    def build() -> None:
        # What is watched is settled by now, so it need not be there.
        given = {"site_dir": config.site_dir, "strict": config.strict, "watch": []}
        again = load_config(config.config_file_path, **given)
        again.site_url = config.site_url
        builder(again)

    def changed(event) -> None:
        if str(deck) in (event.src_path, event.dest_path):
            # The server has no public way to ask for a build.
            with server._rebuild_cond:
                server._want_rebuild = True
                server._rebuild_cond.notify_all()

    handler = FileSystemEventHandler()
    handler.on_any_event = changed
    server.observer.schedule(handler, str(deck.parent), recursive=False)
    config.watch = [path for path in config.watch if Path(path) != deck]
    server.builder = build
    return server
