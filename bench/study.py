"""The whole way on many events: Parquet to published study, as a user would run it, with time and memory.

    python bench/study.py --events 20000000 --customers 1000000 --folder bench/data

Runs ``shoal run --stages segments --no-proof --memory 4GB`` in a process of its own and prints what each stage took.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path
from time import perf_counter


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--folder", type=Path, required=True)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    source = asked.folder / "events.parquet"
    if not source.exists():
        size = ["--events", str(asked.events), "--customers", str(asked.customers)]
        subprocess.run([sys.executable, str(Path(__file__).with_name("generate.py")), str(source), *size], check=True)
    out = asked.folder / "study"
    started = perf_counter()
    command = ["run", str(source), "--out", str(out), "--stages", "segments", "--no-proof", "--memory", asked.memory]
    subprocess.run([sys.executable, "-m", "shoal", *command, "--json"], check=True, stdout=subprocess.DEVNULL)
    seconds = perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    manifest = json.loads((out / "studies" / (out / "current").read_text().strip() / "manifest.json").read_text())
    for cost in manifest["costs"]:
        print(f"{cost['stage']:10s} {cost['seconds']:7.1f} s   {cost['peak_memory_mb']:7.0f} MB peak so far")
    cpu = used.ru_utime + used.ru_stime
    print(f"whole run  {seconds:7.1f} s wall, {cpu:.1f} s cpu, {used.ru_maxrss / 1024:.0f} MB peak")


if __name__ == "__main__":
    main()
