"""Loading many records: shoal beside pandas.read_csv and DuckDB's bare reader, on the same file, in one run.

    python bench/load.py --rows 5000000 --faults 5000 --folder bench/data

The file has faults planted at known lines; before any figure is printed, what shoal set aside is compared with them,
line by line and rule by rule. Each side runs in a process of its own. The bare reader types the columns into a table
and leaves out what it cannot read; it neither names a line nor looks for twins: a floor, not a rival. `door` is
shoal's own reading of lines into columns of text, without typing, rules, twins, scores and the account. `visits` is
the load of a study, which derives the visits that the log does not name; `shoal check` does without.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time

HEADER = "customer_id,event_time,event_type,product_id,quantity,amount,order_id,name"
NOW = 1_767_225_600
FAULTS = {
    "missing_customer": ",2025-01-01 10:00:00,view,p{n},,,,x",
    "missing_time": "u{n},,view,p{n},,,,x",
    "unparsable_time": "u{n},soon,view,p{n},,,,x",
    "future_time": "u{n},2031-01-01 10:00:00,view,p{n},,,,x",
    "unknown_event_type": "u{n},2025-01-01 10:00:00,poke,p{n},,,,x",
    "unparsable_number": "u{n},2025-01-01 10:00:00,purchase,p{n},two,1,o{n},x",
    "negative_amount": "u{n},2025-01-01 10:00:00,purchase,p{n},1,-1,o{n},x",
    "malformed_line": "u{n},2025-01-01 10:00:00,view",
    "unclosed_quote": 'u{n},2025-01-01 10:00:00,view,p{n},,,,"open',
    "bad_encoding": "u{n},2025-01-01 10:00:00,view,p{n},,,,\udcff",
    "blank_line": "",
}


def planted(path: Path, rows: int, faults: int, seed: int = 0) -> dict[int, str]:
    """Write the file; rule by line of every fault in it."""
    rng = random.Random(seed)
    lines = {line: rng.choice(list(FAULTS)) for line in rng.sample(range(200, rows + 2), faults)}
    kinds = ("view", "view", "cart", "purchase")
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(HEADER + "\n")
        for n in range(2, rows + 2):
            if n in lines:
                file.write(FAULTS[lines[n]].format(n=n) + "\n")
                continue
            kind = kinds[n * 7 % 4]
            bought = f"{n % 5 + 1},{n % 9000 + 1}.{n % 90 + 10},o{n}" if kind == "purchase" else ",,"
            name = f'"Product, {n % 5000}"' if n % 10 == 0 else f"Product {n % 5000}"
            day, second = n % 365, n % 86_400
            clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
            stamp = f"2025-{day // 31 + 1:02d}-{day % 28 + 1:02d} {clock}"
            file.write(f"u{n * 2_654_435_761 % 400_009},{stamp},{kind},p{n % 5000},{bought},{name}\n")
    return lines


def with_shoal(path: Path, wanted: dict[int, str]) -> None:
    from tempfile import TemporaryDirectory

    from shoal.engines.choose import open_engine
    from shoal.events.load import load

    with TemporaryDirectory(dir=path.parent) as folder, open_engine("duckdb", Path(folder), "2GB") as engine:
        _, quality = load([path], engine, Path(folder), now=NOW, visits=False)
        table = quality.set_aside.select(["source_line", "rule"]).to_pydict()
    found = dict(zip(table["source_line"], table["rule"], strict=True))
    assert found == wanted, f"{len(set(found.items()) ^ set(wanted.items()))} differences"
    assert quality.duplicates == 0, quality.duplicates
    assert quality.records == quality.used + quality.after_as_of + len(found)


def with_door(path: Path) -> None:
    from tempfile import TemporaryDirectory

    from shoal.engines.choose import open_engine
    from shoal.events.doors import Door
    from shoal.words.progress import silent

    with TemporaryDirectory(dir=path.parent) as folder, open_engine("duckdb", Path(folder), "2GB") as engine:
        door = Door(engine, Path(folder), silent)
        door.enter([path])
        door.close()


def with_visits(path: Path) -> None:
    from tempfile import TemporaryDirectory

    from shoal.engines.choose import open_engine
    from shoal.events.load import load

    with TemporaryDirectory(dir=path.parent) as folder, open_engine("duckdb", Path(folder), "2GB") as engine:
        log, _ = load([path], engine, Path(folder), now=NOW)
        assert log.visits


def with_bare(path: Path) -> None:
    import duckdb

    duckdb.sql("SET memory_limit = '2GB'")
    duckdb.sql(
        f"CREATE TABLE t AS SELECT * FROM read_csv('{path}', header = true, ignore_errors = true, strict_mode = false, "
        "types = {'event_time': 'TIMESTAMP', 'quantity': 'DECIMAL(18,4)', 'amount': 'DECIMAL(18,4)'})"
    )


def with_pandas(path: Path) -> None:
    import pandas as pd

    pd.read_csv(path, on_bad_lines="skip", encoding_errors="replace", parse_dates=["event_time"], low_memory=False)


def timed(side: str, path: Path, lines: Path) -> dict[str, float]:
    """One side in this process: seconds, CPU seconds, peak memory; loading libraries is not counted."""
    for library in {"bare": ("duckdb",), "pandas": ("pandas",)}.get(
        side, ("shoal.events.load", "shoal.engines.duckdb")
    ):
        import_module(library)
    start, cpu = perf_counter(), process_time()
    if side == "shoal":
        with_shoal(path, {int(line): rule for line, rule in json.loads(lines.read_text()).items()})
    else:
        {"door": with_door, "bare": with_bare, "pandas": with_pandas, "visits": with_visits}[side](path)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": perf_counter() - start, "cpu": process_time() - cpu, "mb": memory}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--faults", type=int, default=5_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--side")
    asked = parser.parse_args()
    path, lines = asked.folder / f"load_{asked.rows}.csv", asked.folder / f"load_{asked.rows}.json"
    if asked.side:
        print(json.dumps(timed(asked.side, path, lines)))
        return
    asked.folder.mkdir(parents=True, exist_ok=True)
    if not lines.exists():
        lines.write_text(json.dumps(planted(path, asked.rows, asked.faults)))
    figures = {}
    for side in ("bare", "pandas", "door", "shoal", "visits"):
        command = [sys.executable, __file__, "--folder", str(asked.folder), "--rows", str(asked.rows), "--side", side]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{side}: {done.stderr.strip().splitlines()[-1]}")
        figures[side] = json.loads(done.stdout)
    size = path.stat().st_size / 1e6
    print(
        f"{asked.rows:,} rows, {size:,.0f} MB, {asked.faults:,} faults, every one found at its line and none invented"
    )
    print(f"{'':8}{'seconds':>9}{'CPU s':>9}{'rows/s':>12}{'peak MB':>9}{'CPU of bare':>13}")
    for side, took in figures.items():
        rate, ratio = asked.rows / took["seconds"], took["cpu"] / figures["bare"]["cpu"]
        print(f"{side:8}{took['seconds']:9.1f}{took['cpu']:9.1f}{rate:12,.0f}{took['mb']:9,.0f}{ratio:13.2f}")


if __name__ == "__main__":
    main()
