"""A chart as a drawing that needs no script: SVG, in one language. The only file that calls vl-convert.

`vega_bundle` is the script that makes the same drawings interactive, as vl-convert ships it: nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile

import vl_convert

from shoal.show.blocks import Chart
from shoal.show.spec import resolve
from shoal.words.language import Language

WIDTH = 720


def drawing(chart: Chart, language: Language) -> str:
    """The chart as an SVG element that takes the width it is given."""
    spec = json.dumps(resolve(chart.spec, language, width=WIDTH), allow_nan=False)
    svg = re.sub(r"\bclip(\d+)", _ids(f"{chart.name}-{language}"), _svg(spec))
    return re.sub(r'<svg ([^>]*?)width="([\d.]+)" height="[\d.]+"', r'<svg \1width="\2"', svg, count=1)


@lru_cache(maxsize=128)
def _svg(spec: str) -> str:
    """The drawing of a specification; kept, as a notebook or a server shows the same chart again and again."""
    svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return svg


def _ids(prefix: str) -> Callable[[re.Match[str]], str]:
    """Names for the clips of one drawing: the renderer counts them on and on, so they would differ from run to run."""
    known: dict[str, str] = {}
    return lambda found: known.setdefault(found[0], f"clip-{prefix}-{len(known)}")


@cache
def vega_bundle() -> str:
    """The script that sets ``window.vegaEmbed``, ready to stand in a page: in a scope of its own, no ``</script``.

    It takes seconds to make, so it is kept in the user's cache folder by version; a copy that does not match its own
    fingerprint is made anew, and a cache that cannot be written is done without.
    """
    kept = _cache_folder() / f"vega-{version('vl-convert-python')}.js"
    return _read(kept) or _kept(kept, _made())


def _made() -> str:
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return "(()=>{" + bundle.replace("</script", "<\\/script") + "})();"


def _read(path: Path) -> str | None:
    try:
        mark, _, bundle = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return bundle if bundle and mark == _fingerprint(bundle) else None


def _kept(path: Path, bundle: str) -> str:
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8", newline="") as aside:
            aside.write(f"{_fingerprint(bundle)}\n{bundle}")
        Path(aside.name).replace(path)
    return bundle


def _fingerprint(bundle: str) -> str:
    return "// sha256 " + hashlib.sha256(bundle.encode()).hexdigest()


def _cache_folder() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(root) / "shoal"
