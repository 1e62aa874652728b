"""The command line in this process, and one small shop whose study is made once for all tests that read it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shoal.cli.main import main
from shoal.segments import stability
from tests.contracts.conftest import write_shop

ASKED = ("--timezone", "Europe/London", "--currency", "GBP", "--k", "3", "--memory", "1GB")


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout; no NaN, nothing before or after it."""
        found = json.loads(self.out, parse_constant=_refuse)
        assert isinstance(found, dict)
        return found

    @property
    def said(self) -> str:
        """What stood on stderr beside the lines of progress."""
        return "\n".join(line for line in self.err.splitlines() if not line.endswith(" ..."))


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


Shoal = Callable[..., Ran]


def shoal(*arguments: object) -> Ran:
    """Run a command line here. A traceback is no exit code: it passes on and fails the test."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(list(map(str, arguments)))
    code = ended.value.code
    assert isinstance(code, int)
    return Ran(code, out.getvalue(), err.getvalue())


@contextmanager
def few_refits() -> Iterator[None]:
    """Fewer refits than the criteria for K take in earnest: what these tests ask does not hang on their number."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("BOOTSTRAPS", "BOXES", "RUNS"):
            patch.setattr(stability, name, 1)
        yield


@pytest.fixture(autouse=True, scope="package")
def quick() -> Iterator[None]:
    """`few_refits` for every test of the folder that imports this."""
    with few_refits():
        yield


@pytest.fixture(scope="session")
def shop_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year and a half of 240 customers' orders, with hostile names; written once a session."""
    file = tmp_path_factory.getbasetemp() / "small shop" / "orders.csv"
    if not file.is_file():
        file.parent.mkdir()
        write_shop(file)
    return file


@pytest.fixture(scope="session")
def published(shop_log: Path) -> Path:
    """The folder that ``shoal run`` published the small shop into. Only read it."""
    out = shop_log.parent / "out"
    if not (out / "current").is_file():
        with few_refits():
            assert shoal("run", shop_log, "--out", out, *ASKED).code == 0
    return out
