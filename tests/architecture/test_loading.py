"""`import shoal` is quick and loads nothing heavy; public names come on first use and stay what they are."""

from __future__ import annotations

import ast
import json
import subprocess
import sys

import pytest

import shoal
from tests.architecture.source import modules

HEAVY = {
    *("numpy", "scipy", "sklearn", "pyarrow", "duckdb", "pandas", "polars"),
    *("altair", "vl_convert", "jinja2", "rich", "click", "msgspec"),
}
PUBLIC = {
    *("Clock", "EventLog", "Features", "Quality", "RunSettings", "SegmentSettings", "Segmenter", "Segments"),
    *("ShoalError", "Study", "assign", "build", "check", "load", "run", "run_table", "segment", "segment_table"),
    *("write_demo", "Interactions", "Recommendations", "Recommender", "Serving"),
    *("Outcomes", "outcomes", "PredictiveSpace"),
}


def _loaded_after(statement: str) -> set[str]:
    code = f"import sys, json\n{statement}\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_import_shoal_loads_nothing_heavy() -> None:
    assert _loaded_after("import shoal, shoal.words.columns, shoal.words.clock, shoal.words.errors") & HEAVY == set()


def test_the_help_of_every_command_loads_nothing_heavy() -> None:
    said = "from shoal.cli.main import build_app; [build_app(language) for language in ('en', 'zh')]"
    assert _loaded_after(said) & HEAVY == {"click", "rich"}


def test_dir_lists_the_public_names_without_loading_them() -> None:
    assert _loaded_after("import shoal; dir(shoal); shoal.__all__") & HEAVY == set()


def test_type_checkers_see_the_same_names_in_the_same_homes() -> None:
    (root,) = (module for module in modules() if module.name == "shoal")
    seen = {
        alias.asname: node.module
        for node in ast.walk(root.tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("shoal.")
        for alias in node.names
    }
    assert seen == shoal._HOMES


def test_the_public_names_are_these() -> None:
    assert set(shoal.__all__) == PUBLIC | {"__version__"}
    assert set(shoal.__all__) <= set(dir(shoal))


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_name_is_there_on_first_use(name: str) -> None:
    found = getattr(shoal, name)
    assert callable(found)
    assert found.__doc__
    assert getattr(shoal, name) is found


def test_an_unknown_name_is_an_attribute_error_that_names_it() -> None:
    with pytest.raises(AttributeError, match="'shoal' has no attribute 'clusters'"):
        _ = shoal.clusters


def test_the_version_is_the_installed_one() -> None:
    from importlib.metadata import version

    assert shoal.__version__ == version("shoal")
