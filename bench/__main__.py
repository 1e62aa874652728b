"""Every benchmark that needs nothing but shoal and its development tools: ``make bench``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE / "data"

for name in ("study.py", "features.py"):
    print(f"== {name}", flush=True)
    subprocess.run([sys.executable, str(HERE / name), "--folder", str(FOLDER)], check=True)
