"""Every command: exit codes, one JSON object and nothing else, progress on stderr, both languages, settings."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from rich.cells import cell_len

from shoal.cli.help import examples
from shoal.cli.main import COMMANDS, build_app
from shoal.cli.options import listed, mapping
from shoal.cli.output import _coloured
from shoal.cli.show import PARTS
from shoal.words.errors import UsageError
from shoal.words.language import LANGUAGES, Language
from tests.end_to_end.shop import ASKED, Ran, shoal
from tests.segments.made import shop

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ANSWERS = tuple(name for name in COMMANDS if name != "completion")  # which prints a script for a shell
QUICK = ("--k", "2", "--no-proof", "--stages", "segments", "--memory", "1GB")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("table") / "customers.csv"
    pa_csv.write_csv(shop(150).table.drop_columns(["gap_mean_days"]), file)
    return file


def _asked(command: str, log: Path, published: Path, table: Path, out: Path) -> list[object]:
    return {
        "run": ["run", log, "--out", out, *QUICK],
        "check": ["check", log],
        "segment": ["segment", table, "--out", out, "--k", "3"],
        "show": ["show", published],
        "assign": ["assign", published, log],
        "recommend": ["recommend", published, "c003", "--n", "4"],
        "similar": ["similar", published, "p3", "--n", "4"],
        "demo": ["demo", out, "--customers", "30"],
        "completion": ["completion", "bash"],
    }[command]


@pytest.mark.parametrize("command", COMMANDS)
def test_what_was_asked_ends_with_0_and_text_on_stdout(
    command: str, shop_log: Path, published: Path, table: Path, tmp_path: Path
) -> None:
    ran = shoal(*_asked(command, shop_log, published, table, tmp_path / "out"))
    assert ran.code == 0
    assert len(ran.out.splitlines()) > 3
    assert ran.said == ""
    assert "\x1b" not in ran.out + ran.err
    assert not CHINESE.search(ran.out.replace("中文", ""))


@pytest.mark.parametrize("command", ANSWERS)
def test_json_is_one_object_and_nothing_else(
    command: str, shop_log: Path, published: Path, table: Path, tmp_path: Path
) -> None:
    ran = shoal(*_asked(command, shop_log, published, table, tmp_path / "out"), "--json")
    assert ran.code == 0
    assert command == "demo" or ran.json["made"]["versions"]
    assert len(ran.json) > 3
    assert ran.out.count("\n") == 1


@pytest.mark.parametrize("command", ANSWERS)
def test_chinese_is_spoken_when_asked_for_wherever_the_option_stands(
    command: str, shop_log: Path, published: Path, table: Path, tmp_path: Path
) -> None:
    name, *rest = _asked(command, shop_log, published, table, tmp_path / "out")
    ran = shoal(name, "--lang", "zh", *rest)
    assert ran.code == 0
    assert CHINESE.search(ran.out)
    assert all(CHINESE.search(line) for line in ran.err.splitlines())


@pytest.mark.parametrize("variable", ["LANG", "LC_ALL", "SHOAL_LANG"])
def test_the_language_of_the_system_is_spoken(variable: str, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "SHOAL_LANG"):
        monkeypatch.delenv(name, raising=False)
    assert not CHINESE.search(shoal("show", published, "segments").out)
    monkeypatch.setenv(variable, "zh_CN.UTF-8")
    assert CHINESE.search(shoal("show", published, "segments").out)
    assert not CHINESE.search(shoal("show", published, "segments", "--lang=en").out)
    assert CHINESE.search(shoal("show", "nowhere").said)


# help -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_explains_every_option_and_gives_an_example(command: str, language: Language) -> None:
    ran = shoal(*([command] if command else []), "--lang", language, "--help") if command else shoal("--help")
    assert ran.code == 0
    assert "shoal run" in ran.out or f"shoal {command}" in ran.out
    assert "RANGE" not in ran.out  # click's word for a number, in no language of ours
    if command:
        assert bool(CHINESE.search(ran.out)) == (language == "zh")
        for option in build_app(language).commands[command].params:
            assert option.opts[0] in ran.out or option.param_type_name == "argument"
            assert option.param_type_name == "argument" or getattr(option, "help", None), option.name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_of_the_help_is_a_command_that_parses(command: str, language: Language) -> None:
    app = build_app(language)
    epilog = app.commands[command].epilog
    assert epilog is not None
    assert examples(epilog)
    for example in examples(epilog):
        words = shlex.split(re.split(r" >>? ", example)[0])
        assert words[:2] == ["shoal", command]
        context = app.commands[command].make_context(command, words[2:])
        assert context.params


def test_short_help_version_and_nothing() -> None:
    assert shoal("-h").out == shoal("--help").out
    assert re.fullmatch(r"shoal, version \d+\.\d+\.\d+\S*\n", shoal("--version").out)
    bare = shoal()
    assert bare.code in (0, 2)
    assert "Commands" in bare.out + bare.err


# usage ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["fly"],
        ["run"],
        ["run", "a.csv"],
        ["run", "--out", "x"],
        ["run", "a.csv", "--out", "x", "--wings", "2"],
        ["run", "a.csv", "--out", "x", "--seed", "-1"],
        ["run", "a.csv", "--out", "x", "--seed", "lucky"],
        ["run", "a.csv", "--out", "x", "--k", "some"],
        ["run", "a.csv", "--out", "x", "--space", "outer"],
        ["run", "a.csv", "--out", "x", "--engine", "steam"],
        ["run", "a.csv", "--out", "x", "--stages", "none"],
        ["run", "a.csv", "--out", "x", "--memory", "lots"],
        ["run", "a.csv", "--out", "x", "--horizon", "0"],
        ["run", "a.csv", "--out", "x", "--look-back", "ever"],
        ["run", "a.csv", "--out", "x", "--timezone", "Moon"],
        ["run", "a.csv", "--out", "x", "--as-of", "noon"],
        ["run", "a.csv", "--out", "x", "--columns", "customer_id"],
        ["run", "a.csv", "--out", "x", "--columns", "=a"],
        ["run", "a.csv", "--out", "x", "--lang", "fr"],
        ["check", "a.csv", "--horizon", "soon"],
        ["check"],
        ["segment", "a.csv"],
        ["segment", "a.csv", "--out", "x", "--init", "magic"],
        ["segment", "a.csv", "--out", "x", "--n-init", "0"],
        ["segment", "a.csv", "--out", "x", "--tol", "-1"],
        ["segment", "a.csv", "--out", "x", "--outliers", "eat"],
        ["show"],
        ["show", "nowhere"],
        ["assign", "nowhere", "a.csv"],
    ],
)
def test_wrong_usage_ends_with_2_and_a_message(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = shoal(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.strip()
    assert "Traceback" not in ran.err
    assert not (tmp_path / "x" / "studies").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["runn", "a.csv"], "shoal run"),
        (["run", "a.csv", "--ou", "x"], "--out"),
        (["run", "a.csv"], "--out DIR"),
        (["run", "a.csv", "--out"], "--out"),
        (["run", "a.csv", "--out", "x", "--seed", "lucky"], "0"),
        (["segment", "a.csv", "--out", "x", "--init", "magic"], "k-means++, random"),
        (["run", "a.csv", "--out", "x", "--diversity", "3"], "0 "),
        (["recommend", "x", "--segment", "first"], "1"),
        (["show", "a", "b", "c", "d"], "'d'"),
        (["completion", "tcsh"], "bash, zsh, fish"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_slip_is_told_what_was_meant_in_both_languages(
    words: list[str], said: str, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8" if language == "zh" else "C")
    ran = shoal(*words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "--help" in ran.err
    assert bool(CHINESE.search(ran.err)) == (language == "zh")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(shell: str) -> None:
    ran = shoal("completion", shell)
    assert ran.code == 0
    assert "_SHOAL_COMPLETE" in ran.out


@pytest.mark.parametrize(
    ("typed", "at", "offered"),
    [
        ("shoal ", 1, {"run", "check", "segment", "show", "assign", "demo", "completion"}),
        ("shoal run --loo", 2, {"--look-back"}),
        ("shoal run --space be", 3, {"behaviour"}),
        ("shoal run --k sil", 3, {"silhouette"}),
        ("shoal show my-shop qua", 3, {"quality"}),
        ("shoal completion z", 2, {"zsh"}),
    ],
)
def test_tab_offers_commands_options_and_values(typed: str, at: int, offered: set[str]) -> None:
    env = {**os.environ, "_SHOAL_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(at)}
    ran = subprocess.run([sys.executable, "-m", "shoal"], env=env, capture_output=True, text=True, check=False)
    assert offered <= {line.partition(",")[2] for line in ran.stdout.splitlines()}


def test_chinese_help_says_everything_in_chinese_and_keeps_to_its_width() -> None:
    ran = shoal("run", "--lang", "zh", "--help")
    assert "用法：shoal run [选项]" in ran.out
    assert not re.search("Usage|Options|Show this|default:|required", ran.out)
    lines = [line for line in ran.out.splitlines() if "  shoal " not in line]
    assert max(cell_len(line) for line in lines) <= 80


def test_colours_are_for_terminals_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert _coloured()
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        with monkeypatch.context() as here:
            here.setenv(name, value)
            assert not _coloured()
    monkeypatch.setattr("sys.stdout.isatty", lambda: False, raising=False)
    assert not _coloured()


def test_parts_that_cannot_be_shown_are_said(published: Path) -> None:
    for words in (["weather"], ["segment"], ["customer"], ["proof", "3"], ["segment", "9"], ["customer", "nobody"]):
        ran = shoal("show", published, *words)
        assert (ran.code, ran.out) == (2, "")
        assert ran.said.count("\n") <= 3


@pytest.mark.parametrize("part", [part for part in PARTS if part not in ("segment", "customer")])
def test_every_part_is_shown_as_text_and_json(published: Path, part: str) -> None:
    ran = shoal("show", published, part)
    assert ran.code == 0
    assert len(ran.out.splitlines()) > 3
    assert shoal("show", published, part, "--json").json


def test_a_segment_and_a_customer_are_shown(published: Path) -> None:
    assert shoal("show", published, "segment", 2, "--json").json["segment"]["number"] == 2
    assert shoal("show", published, "customer", "c001", "--json").json["customer_id"] == "c001"
    assert "c001" in shoal("show", published, "customer", "c001").out
    assert shoal("show", published, "manifest", "--json").json["study"]


# columns --------------------------------------------------------------------------------------------------------------


def test_the_line_an_error_pastes_works(shop_log: Path, tmp_path: Path) -> None:
    strange = tmp_path / "export.csv"
    header, *lines = shop_log.read_text(encoding="utf-8").splitlines()
    theirs = {"customer_id": "Kunde Nr", "event_time": "Zeitpunkt", "amount": "Betrag", "product_id": "Artikel"}
    named = ",".join(theirs.get(name, name) for name in header.split(","))
    strange.write_text("\n".join([named, *lines]) + "\n", encoding="utf-8")
    refused = shoal("run", strange, "--out", tmp_path / "out", *QUICK)
    assert refused.code == 2
    assert "Kunde Nr" in refused.said
    (pasted,) = [line for line in refused.said.splitlines() if "--columns" in line and "=" in line]
    words = shlex.split(pasted.strip())
    assert words[0] == "--columns"
    assert mapping(words[1]) == mapping(words[1]) | {"customer_id": "Kunde Nr", "event_time": "Zeitpunkt"}  # type: ignore[operator]
    ran = shoal("run", strange, "--out", tmp_path / "out", *QUICK, *words)
    assert ran.code == 0


def test_a_column_that_is_not_there_is_said_with_those_that_are(shop_log: Path, tmp_path: Path) -> None:
    ran = shoal("run", shop_log, "--out", tmp_path, "--columns", "customer_id=shopper", *QUICK)
    assert ran.code == 2
    assert "shopper" in ran.said
    assert "event_time" in ran.said


def test_words_become_values() -> None:
    assert mapping(None) is None
    assert mapping("customer_id = Customer ID, event_time=Date,") == {
        "customer_id": "Customer ID",
        "event_time": "Date",
    }
    assert mapping("amount=a=b") == {"amount": "a=b"}
    assert listed(None) == listed("") == listed(" , ") == ()
    assert listed("POST, DOT") == listed("POST", "DOT") == ("POST", "DOT")
    assert listed('"tea, green",sku9', 'pipe 5" long') == ("tea, green", "sku9", 'pipe 5" long')
    assert mapping('"amount=Total, EUR",customer_id=c') == {"amount": "Total, EUR", "customer_id": "c"}
    for broken in ('"tea, green', '"tea" green'):
        with pytest.raises(UsageError, match="does not close it"):
            listed(broken)
    with pytest.raises(UsageError, match="which column is which"):
        mapping("customer_id=")


# settings -------------------------------------------------------------------------------------------------------------


def _with(settings: str, folder: Path, log: Path, *more: object) -> Ran:
    file = folder / "shoal.toml"
    file.write_text(settings, encoding="utf-8")
    return shoal("run", log, "--out", folder / "out", "--settings", file, "--json", *more)


def _settings(folder: Path) -> dict[str, object]:
    ran = shoal("show", folder / "out", "manifest", "--json")
    return ran.json["settings"]  # type: ignore[no-any-return]


def test_settings_come_from_a_file_and_what_is_typed_wins(shop_log: Path, tmp_path: Path) -> None:
    written = (
        '[run]\nk = 4\nspace = "rfm"\nproof = false\nstages = "segments"\nlook-back = 200\nexclude = ["p1", "p2"]\n'
        'memory = "1GB"\n[run.columns]\ncustomer_id = "customer_id"\n'
    )
    ran = _with(written, tmp_path, shop_log, "--k", "2")
    assert ran.code == 0
    assert len(ran.json["segments"]) == 2
    settings = _settings(tmp_path)
    assert (settings["k"], settings["space"], settings["look_back"], settings["proof"]) == ("2", "rfm", 200, False)
    assert settings["exclude"] == ["p1", "p2"]
    assert settings["columns"] == {"customer_id": "customer_id"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[run]\nwings = 2\n", "no setting 'wings'"),
        ("[run\n", "cannot be read as TOML"),
        ('[run]\nspace = "outer"\n', "outer"),
        ("[run]\nseed = -1\n", "seed"),
        ("[run]\nk = 2.5\n", "k"),
        ("run = 3\n", "run"),
        ('[run]\nproof = "no"\n', "proof"),
        ("[run]\nhorizon = true\n", "horizon"),
        ("[run]\nexclude = [1, 2]\n", "exclude"),
        ("[run]\ncolumns = { customer_id = 3 }\n", "columns"),
    ],
)
def test_settings_that_cannot_be_are_said(written: str, said: str, shop_log: Path, tmp_path: Path) -> None:
    ran = _with(written, tmp_path, shop_log)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.said


def test_a_settings_file_that_is_not_there_is_said(shop_log: Path, tmp_path: Path) -> None:
    ran = shoal("run", shop_log, "--out", tmp_path / "out", "--settings", tmp_path / "no.toml")
    assert ran.code == 2
    assert "no.toml cannot be opened" in ran.said
    assert "--settings" in ran.said


# what is written ------------------------------------------------------------------------------------------------------


def test_check_publishes_nothing_and_writes_where_asked(shop_log: Path, tmp_path: Path) -> None:
    ran = shoal("check", shop_log, "--out", tmp_path / "quality", "--json")
    files = {"quality.json", "set_aside.parquet", "returns.parquet"}
    assert {path.name for path in (tmp_path / "quality").iterdir()} == files
    assert json.loads((tmp_path / "quality/quality.json").read_text(encoding="utf-8"))["records"] == ran.json["records"]


def test_assign_writes_a_table_where_asked(published: Path, shop_log: Path, tmp_path: Path) -> None:
    assert shoal("assign", published, shop_log, "--out", tmp_path, "--as-of", "2024-03-01").code == 0
    found = pq.read_table(tmp_path / "assigned.parquet")
    assert found.column_names == ["customer_id", "segment", "confidence", "runner_up", "published_segment"]
    assert found.num_rows > 200


def test_where_nothing_can_be_written_it_is_said(published: Path, shop_log: Path, table: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    for words in (
        ["run", shop_log, *QUICK],
        ["check", shop_log],
        ["segment", table],
        ["assign", published, shop_log],
    ):
        ran = shoal(*words, "--out", taken)
        assert (ran.code, ran.out) == (2, ""), words
        assert "taken" in ran.said
    assert shoal("demo", taken, "--customers", "20").code == 2
    assert taken.read_text() == "a file"


def test_the_command_is_in_the_manifest_as_it_was_typed(published: Path) -> None:
    command = shoal("show", published, "manifest", "--json").json["command"]
    assert re.fullmatch(r"shoal run '?\S.*orders\.csv'? --out .* --timezone Europe/London .*--memory 1GB", command)


def test_the_report_shows_ids_only_when_asked(shop_log: Path, published: Path, tmp_path: Path) -> None:
    hidden = Path(shoal("show", published, "--json").json["report"]).read_text(encoding="utf-8")
    assert not re.search(r"\bc\d{3}\b", hidden)
    ran = shoal("run", shop_log, "--out", tmp_path, "--show-ids", *QUICK, "--json")
    assert re.search(r"\bc\d{3}\b", Path(ran.json["report"]).read_text(encoding="utf-8"))


# processes of their own -----------------------------------------------------------------------------------------------


def _process(*words: object, **how: object) -> subprocess.CompletedProcess[str]:
    asked = [sys.executable, "-m", "shoal", *map(str, words)]
    return subprocess.run(asked, text=True, capture_output=True, check=False, timeout=300, **how)  # type: ignore[call-overload, no-any-return]


def test_python_dash_m_is_the_command_and_its_streams_are_apart(shop_log: Path) -> None:
    ran = _process("check", shop_log, "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["records"] > 7_000
    lines = ran.stderr.splitlines()
    assert len(lines) > 3
    assert all(line.endswith(" ...") for line in lines), ran.stderr
    assert "\x1b" not in ran.stdout + ran.stderr


@pytest.mark.parametrize("words", [["check", "LOG", "--json"], ["run", "--help"]])
def test_a_reader_that_goes_away_is_no_trouble(words: list[str], shop_log: Path) -> None:
    """``shoal check ... | head -1``: the reader has what it wanted."""
    reads, writes = os.pipe()
    os.close(reads)
    given = [str(shop_log) if word == "LOG" else word for word in words]
    asked = [sys.executable, "-m", "shoal", *given]
    ran = subprocess.run(asked, stdout=writes, stderr=subprocess.PIPE, check=False)
    os.close(writes)
    assert ran.returncode == 0
    assert all(line.endswith(b" ...") for line in ran.stderr.splitlines()), ran.stderr


def test_an_answer_that_cannot_be_printed_is_said(shop_log: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with Path("/dev/full").open("w") as full:
        asked = [sys.executable, "-m", "shoal", "check", str(shop_log)]
        ran = subprocess.run(asked, stdout=full, stderr=subprocess.PIPE, check=False, text=True)
    assert ran.returncode == 2
    assert "could not be printed: No space left on device" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "Exception" not in ran.stderr


def test_a_terminal_that_knows_no_unicode_is_no_traceback(shop_log: Path) -> None:
    ran = _process("check", shop_log, "--lang", "zh", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert ran.returncode == 0, ran.stderr[-500:]


def test_being_stopped_says_so_and_leaves_nothing(
    shop_log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shoal.study.run.segment", stopped)
    ran = shoal("run", shop_log, "--out", tmp_path)
    assert (ran.code, ran.out) == (130, "")
    assert ran.said.strip() == "Stopped. The study published before is untouched."
    assert not [*tmp_path.glob(".work-*"), *(tmp_path / "studies").glob(".*")]


def test_published_is_what_was_asked(published: Path) -> None:
    settings = shoal("show", published, "manifest", "--json").json["settings"]
    assert settings["k"] == ASKED[ASKED.index("--k") + 1]


def test_recommend_serves_customers_sessions_baskets_segments_and_visitors(published: Path) -> None:
    def offered(*asked: object) -> list[str]:
        found = shoal("recommend", published, *asked, "--n", "3", "--json").json
        return [product["product_id"] for product in found["products"]]

    assert len(offered("c003")) == 3
    assert len(offered("new", "--viewed", "p1", "--in-cart", "p2")) == 3
    assert not {"p1", "p2"} & set(offered("--basket", "p1,p2"))
    assert offered("--basket", "p1,p2") == offered("--basket", "p1", "--basket", '"p2"')
    assert len(offered("--segment", "1")) == 3
    assert len(offered()) == 3
    both = shoal("recommend", published, "c003", "c004", "--n", "3", "--json").json
    assert [one["customer_id"] for one in both["lists"]] == ["c003", "c004"]


def test_recommend_refuses_two_questions_at_once(published: Path) -> None:
    ran = shoal("recommend", published, "c003", "--segment", "1")
    assert (ran.code, ran.out) == (2, "")
    assert "exclude each other" in ran.err


@pytest.mark.parametrize("asked", [("--basket", "p1"), ("--segment", "1")])
def test_recommend_refuses_news_of_a_customer_where_none_is_asked_for(asked: tuple[str, str], published: Path) -> None:
    for told in (("--viewed", "p2"), ("--attribute", "country=GB")):
        ran = shoal("recommend", published, *asked, *told)
        assert (ran.code, ran.out) == (2, "")
        assert f"{asked[0]} has no use for" in ran.err


def test_the_rules_of_a_run_reach_its_lists(shop_log: Path, tmp_path: Path) -> None:
    asked = ("--block", "p1,p2", "--offers", "2", "--already-bought", "allow", "--no-proof", "--k", "2")
    assert shoal("run", shop_log, "--out", tmp_path / "out", *asked, "--timezone", "UTC").code == 0
    found = shoal("show", tmp_path / "out", "recommendations", "--json").json
    assert (found["n"], found["kept_out"]) == (2, {"blocked": 2})


def test_segment_takes_labels_and_says_what_became_of_them(table: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("customer_id,label\nc0000000,cooks\nc0000001,gone\nc0000002,gardeners\n")
    asked = ("segment", table, "--out", tmp_path / "out", "--algorithm", "labelled", "--labels", labels, "--json")
    found = json.loads(shoal(*asked).out)
    assert len(found["segments"]) == 3
    assert any(one["code"] == "segments.guided" for one in found["findings"])
    refused = shoal("segment", table, "--out", tmp_path / "out", "--labels", labels)
    assert refused.code == 2
    assert "--algorithm labelled or auto" in refused.err
