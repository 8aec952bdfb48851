"""A project of few pages around a deck of a test's own, quick to build."""

from pathlib import Path

from conftest import copy_project

PAGES = {
    "index.md": "# Home\n",
    "study.md": "# Study\n\n{{ study() }}\n",
    "corrections.md": "# Corrections\n\n{{ corrections() }}\n",
    "glossary/index.md": "# Glossary\n\n{{ glossary_index() }}\n",
}


def small_project(folder: Path, deck: str, topics: list[str]) -> Path:
    """Make a project in `folder` with the real engine and theme, and the pages that it needs."""
    project = copy_project(folder)
    for path in sorted((project / "docs").rglob("*.md")):
        path.unlink()
    settings = (project / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[0]
    written = {"mkdocs.yml": settings + "\n", "cards.yaml": deck}
    written |= {f"docs/{path}": text for path, text in PAGES.items()}
    written |= {f"docs/glossary/{id}.md": f'{{{{ glossary("{id}") }}}}\n' for id in topics}
    for path, text in written.items():
        (project / path).write_text(text, encoding="utf-8")
    return project
