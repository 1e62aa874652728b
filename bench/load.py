"""Loading many records: shoal beside pandas.read_csv and DuckDB's bare reader, on the same file, in one run.

    python bench/load.py --rows 5000000 --faults 5000 --folder bench/data
    python bench/load.py --rows 5000000 --faults 5000 --folder bench/data --timezone Asia/Shanghai --times slashes

`--times` is how the file writes its times, `--files` over how many files of equal size the records are spread; the bare
reader is told the form and reads into what its type for it is, whatever the zone. `careful` is the same load with
nothing typed at the door, which is what every file went through that is not plain.

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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time

HEADER = "customer_id,event_time,event_type,product_id,quantity,amount,order_id,name"
NOW = 1_767_225_600
TIMES: dict[str, tuple[Callable[[datetime], str], str]] = {
    "iso": (lambda at: f"{at:%Y-%m-%d %H:%M:%S}", "TIMESTAMP"),
    "zulu": (lambda at: f"{at:%Y-%m-%dT%H:%M:%S}Z", "TIMESTAMPTZ"),
    "offset": (lambda at: f"{at:%Y-%m-%dT%H:%M:%S}+08:00", "TIMESTAMPTZ"),
    "fraction": (lambda at: f"{at:%Y-%m-%dT%H:%M:%S}.250Z", "TIMESTAMPTZ"),
    "minutes": (lambda at: f"{at:%Y/%m/%d %H:%M}", "TIMESTAMP"),
    "slashes": (lambda at: f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02d}", "TIMESTAMP"),
    "dots": (lambda at: f"{at:%d.%m.%Y %H:%M:%S}", "TIMESTAMP %d.%m.%Y %H:%M:%S"),
    "days": (lambda at: f"{at:%Y-%m-%d}", "DATE"),
    "compact": (lambda at: f"{at:%Y%m%d}", "DATE %Y%m%d"),
    "seconds": (lambda at: f"{int(at.timestamp())}", "BIGINT"),
    "milliseconds": (lambda at: f"{int(at.timestamp())}000", "BIGINT"),
}
"""Ways to write a time, and what the bare reader makes of each."""
FAULTS = {
    "missing_customer": ",{t},view,p{n},,,,x",
    "missing_time": "u{n},,view,p{n},,,,x",
    "unparsable_time": "u{n},soon,view,p{n},,,,x",
    "future_time": "u{n},{later},view,p{n},,,,x",
    "unknown_event_type": "u{n},{t},poke,p{n},,,,x",
    "unparsable_number": "u{n},{t},purchase,p{n},two,1,o{n},x",
    "negative_amount": "u{n},{t},purchase,p{n},1,-1,o{n},x",
    "malformed_line": "u{n},{t},view",
    "unclosed_quote": 'u{n},{t},view,p{n},,,,"open',
    "bad_encoding": "u{n},{t},view,p{n},,,,\udcff",
    "blank_line": "",
}
KINDS = ("view", "view", "cart", "purchase")


@dataclass(frozen=True)
class Case:
    """What is loaded, and how. `lines` holds the faults of each file by line."""

    files: Sequence[Path]
    lines: Path
    times: str
    timezone: str

    @property
    def options(self) -> dict[str, object]:
        return {"now": NOW, "timezone": self.timezone}


def planted(case: Case, rows: int, faults: int, seed: int = 0) -> dict[str, dict[int, str]]:
    """Write the files; rule by line of every fault in each."""
    rng, each = random.Random(seed), rows // len(case.files)
    found = {}
    for at, path in enumerate(case.files):
        span = range(min(200, each // 2), each + 2)
        lines = {line: rng.choice(list(FAULTS)) for line in rng.sample(span, faults // len(case.files))}
        with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(HEADER + "\n")
            for line in range(2, each + 2):
                file.write(record(at * each + line, lines.get(line), TIMES[case.times][0]) + "\n")
        found[path.name] = lines
    return found


def record(n: int, fault: str | None, written: Callable[[datetime], str]) -> str:
    at = datetime(2025, n % 365 // 31 + 1, n % 365 % 28 + 1, tzinfo=UTC) + timedelta(seconds=n % 86_400)
    if fault is not None:
        return FAULTS[fault].format(n=n, t=written(at), later=written(at.replace(year=2031)))
    kind = KINDS[n * 7 % 4]
    bought = f"{n % 5 + 1},{n % 9000 + 1}.{n % 90 + 10},o{n}" if kind == "purchase" else ",,"
    name = f'"Product, {n % 5000}"' if n % 10 == 0 else f"Product {n % 5000}"
    return f"u{n * 2_654_435_761 % 400_009},{written(at)},{kind},p{n % 5000},{bought},{name}"


def with_shoal(case: Case) -> None:
    from tempfile import TemporaryDirectory

    from shoal.engines.choose import open_engine
    from shoal.events.load import load

    with TemporaryDirectory(dir=case.lines.parent) as folder, open_engine("duckdb", Path(folder), "2GB") as engine:
        _, quality = load(case.files, engine, Path(folder), visits=False, **case.options)
        table = quality.set_aside.select(["source_file", "source_line", "rule"]).to_pydict()
    found = set(zip(*table.values(), strict=True))
    planted = json.loads(case.lines.read_text())
    wanted = {(file, int(line), rule) for file, lines in planted.items() for line, rule in lines.items()}
    assert found == wanted, f"{len(found ^ wanted)} differences, such as {sorted(found ^ wanted)[:3]}"
    assert quality.duplicates == 0, quality.duplicates
    assert quality.records == quality.used + quality.after_as_of + len(found)


def with_careful(case: Case) -> None:
    from shoal.events.typed import sorting

    sorting.LEAST_RECORDS = 1 << 60
    with_shoal(case)


def with_door(case: Case) -> None:
    from tempfile import TemporaryDirectory

    from shoal.engines.choose import open_engine
    from shoal.events.doors import Door
    from shoal.words.progress import silent

    with TemporaryDirectory(dir=case.lines.parent) as folder, open_engine("duckdb", Path(folder), "2GB") as engine:
        door = Door(engine, Path(folder), silent)
        door.enter(case.files)
        door.close()


def with_visits(case: Case) -> None:
    from tempfile import TemporaryDirectory

    from shoal.engines.choose import open_engine
    from shoal.events.load import load

    with TemporaryDirectory(dir=case.lines.parent) as folder, open_engine("duckdb", Path(folder), "2GB") as engine:
        log, _ = load(case.files, engine, Path(folder), **case.options)
        assert log.visits or case.times in ("days", "compact")  # a day alone has no visits


def with_bare(case: Case) -> None:
    import duckdb

    kind, _, dates = TIMES[case.times][1].partition(" ")
    dated = f"{'date' if kind == 'DATE' else 'timestamp'}format = '{dates}', " if dates else ""
    duckdb.sql("SET memory_limit = '2GB'")
    duckdb.sql(
        f"CREATE TABLE t AS SELECT * FROM read_csv({[str(file) for file in case.files]}, header = true, "
        f"ignore_errors = true, strict_mode = false, {dated}"
        f"types = {{'event_time': '{kind}', 'quantity': 'DECIMAL(18,4)', 'amount': 'DECIMAL(18,4)'}})"
    )


def with_pandas(case: Case) -> None:
    import pandas as pd

    for path in case.files:
        pd.read_csv(path, on_bad_lines="skip", encoding_errors="replace", parse_dates=["event_time"], low_memory=False)


SIDES = {
    "bare": with_bare,
    "pandas": with_pandas,
    "door": with_door,
    "careful": with_careful,
    "shoal": with_shoal,
    "visits": with_visits,
}


def timed(side: str, case: Case) -> dict[str, float]:
    """One side in this process: seconds, CPU seconds, peak memory; loading libraries is not counted."""
    for library in {"bare": ("duckdb",), "pandas": ("pandas",)}.get(
        side, ("shoal.events.load", "shoal.engines.duckdb")
    ):
        import_module(library)
    start, cpu = perf_counter(), process_time()
    SIDES[side](case)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": perf_counter() - start, "cpu": process_time() - cpu, "mb": memory}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--faults", type=int, default=5_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--timezone", default="UTC")
    parser.add_argument("--times", choices=list(TIMES), default="iso")
    parser.add_argument("--files", type=int, default=1)
    parser.add_argument("--sides", default=",".join(SIDES))
    parser.add_argument("--side")
    asked = parser.parse_args()
    name = f"load_{asked.rows}_{asked.times}_{asked.files}"
    files = [asked.folder / f"{name}_{at}.csv" for at in range(asked.files)]
    case = Case(files, asked.folder / f"{name}.json", asked.times, asked.timezone)
    if asked.side:
        print(json.dumps(timed(asked.side, case)))
        return
    asked.folder.mkdir(parents=True, exist_ok=True)
    if not case.lines.exists():
        case.lines.write_text(json.dumps(planted(case, asked.rows, asked.faults)))
    figures = {}
    for side in asked.sides.split(","):
        done = subprocess.run(
            [sys.executable, __file__, *sys.argv[1:], "--side", side], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{side}: {done.stderr.strip().splitlines()[-1]}")
        figures[side] = json.loads(done.stdout)
    size = sum(file.stat().st_size for file in files) / 1e6
    print(
        f"{asked.rows:,} rows, {size:,.0f} MB, {asked.times}, {asked.timezone}, {asked.faults:,} faults, every one "
        "found at its line and none invented"
    )
    print(f"{'':8}{'seconds':>9}{'CPU s':>9}{'rows/s':>12}{'peak MB':>9}{'CPU of bare':>13}")
    for side, took in figures.items():
        rate, ratio = asked.rows / took["seconds"], took["cpu"] / figures["bare"]["cpu"]
        print(f"{side:8}{took['seconds']:9.1f}{took['cpu']:9.1f}{rate:12,.0f}{took['mb']:9,.0f}{ratio:13.2f}")


if __name__ == "__main__":
    main()
