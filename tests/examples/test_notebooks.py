"""The notebooks of ``examples/`` run from top to bottom, show what they say, and are kept without outputs."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "examples"
NAMES = ("1-first-study", "2-your-own-data", "3-scikit-learn")
pytestmark = pytest.mark.slow


def _run(name: str, folder: Path) -> list[Any]:
    """The code cells of a notebook after it ran, in a folder of its own."""
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _shown(cell: Any) -> str:
    """What a cell leaves: its printed text, or its result as text."""
    return "".join(o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in cell.outputs)


def _html(cell: Any) -> str:
    return "".join(o.get("data", {}).get("text/html", "") for o in cell.outputs)


@pytest.mark.filterwarnings("default")  # what the kernel's own libraries warn of is not ours
def test_the_first_study_shows_itself_and_finds_the_planted_tastes(tmp_path: Path) -> None:
    cells = _run(NAMES[0], tmp_path)
    assert "five groups" in _html(cells[0])
    assert 'class="finding' in _html(cells[1]) or 'class="note lead' in _html(cells[1])
    assert "card" in _html(cells[2])
    table = _shown(cells[-2])
    assert sum(taste in table for taste in ("Electronics", "Clothing", "Home", "Books", "Food")) == 5
    assert _shown(cells[-1]) == "True"


@pytest.mark.filterwarnings("default")
def test_your_own_data_is_accounted_for_and_refused_in_words(tmp_path: Path) -> None:
    cells = _run(NAMES[1], tmp_path)
    aside = _shown(cells[2])
    assert aside.count("source_line") == 2
    assert _shown(cells[3]) == "True"
    assert "--columns" in _shown(cells[5])


@pytest.mark.filterwarnings("default")
def test_the_estimator_gives_what_scikit_learn_gives(tmp_path: Path) -> None:
    cells = _run(NAMES[2], tmp_path)
    assert float(_shown(cells[0])) > 0.95
    assert _shown(cells[1]) == "True"
    assert "high Spending score" in _shown(cells[4])
    groups = [int(size) for size in re.findall(r"\d+", _shown(cells[5]))]
    assert len(groups) == 5
    assert sum(groups) > 500
    learned = ast.literal_eval(_shown(cells[6]))
    assert set(learned) > {"spend", "orders", "buys"}
    assert learned["orders"][0] > 0.2


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_kept_without_outputs(name: str) -> None:
    kept = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
    assert all(not cell.get("outputs") for cell in kept["cells"])
