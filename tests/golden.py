"""Holds what is made against what a file says was made when somebody last read it.

`UPDATE_GOLDEN=1 make test` writes those files again. Read the difference before you keep it.
"""

import os
from pathlib import Path


def assert_golden(made: str, file: Path) -> None:
    """Fail where `made` is not what the file holds."""
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(made, encoding="utf-8")
    assert made == file.read_text(encoding="utf-8"), f"UPDATE_GOLDEN=1 writes {file.name} again"
