"""A browser for tests, where there is one."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextmanager
def browser() -> Iterator[Any]:
    """A headless Chromium. Without one the test skips, or fails where ``SHOAL_REQUIRE_BROWSER`` is set."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        problem = "no Chromium browser was found"
        if os.environ.get("SHOAL_REQUIRE_BROWSER"):
            pytest.fail(f"{problem}, and SHOAL_REQUIRE_BROWSER is set")
        pytest.skip(problem)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=list(QUIET))
        yield opened
        opened.close()


class Visit:
    """One page opened from a file, with everything it asked for and complained about."""

    def __init__(
        self,
        opened: Any,
        file: Path,
        *,
        width: int = 1440,
        language: str = "en",
        scheme: str = "light",
        scripts: bool = True,
    ) -> None:
        locale = {"en": "en-GB", "zh": "zh-CN"}[language]
        self.context = opened.new_context(
            viewport={"width": width, "height": 900}, locale=locale, color_scheme=scheme, java_script_enabled=scripts
        )
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda problem: self.said.append(str(problem)))
        self.page.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        self.file = file.as_uri()
        self.page.goto(self.file)

    def drawn(self) -> int:
        """Waits until every chart with room answers the pointer; how many there are."""
        self.until(
            "[...document.querySelectorAll('figure.chart')]"
            ".every(figure => !figure.checkVisibility() || figure.querySelector('.live svg.marks'))"
        )
        return int(self.page.locator("figure.chart .live svg.marks").count())

    def until(self, wanted: str, seconds: float = 20.0) -> None:
        """Waits for an expression to hold. Asked from outside: the page's own policy forbids evaluating text."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(wanted):
            assert time.monotonic() < end, f"{wanted} did not come true; the page said {self.said}"
            self.page.wait_for_timeout(50)

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def close(self) -> None:
        self.context.close()
