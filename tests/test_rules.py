"""What is asked of a deck's content, rule by rule.

An error has its golden case in `faults`; a warning has one in `warnings`, a sound deck but for it.
"""

import shutil
from pathlib import Path

import pytest
from conftest import ROOT
from golden import assert_golden

from macros.load import read
from macros.rules import RULES

WARNINGS = sorted((ROOT / "tests" / "warnings").glob("*.yaml"))


@pytest.mark.parametrize("case", WARNINGS, ids=lambda path: path.stem)
def test_a_warning_is_told_with_its_place_and_remedy(case, tmp_path):
    found = read(shutil.copy(case, tmp_path / "cards.yaml"))
    assert found.deck
    assert_golden("".join(f"{problem}\n" for problem in found.problems), case.with_suffix(".txt"))
