"""Errors say what is wrong, what was found and what to do, in both languages, and form one small tree."""

from __future__ import annotations

import pytest

from shoal.words.errors import (
    InputError,
    LostRowsError,
    MissingExtraError,
    ShoalError,
    StudyError,
    UsageError,
    error,
)
from shoal.words.extras import need
from shoal.words.language import Text, Texts

texts = Texts("shoal.words")


def test_an_error_says_what_found_and_do_on_lines_of_their_own() -> None:
    problem = InputError(Text("No column.", "没有列。"), Text("Found: a.", "找到：a。"), Text("Rename it.", "请改名。"))
    assert str(problem) == problem.say("en") == "No column.\nFound: a.\nRename it."
    assert problem.say("zh") == "没有列。\n找到：a。\n请改名。"


def test_found_and_do_may_be_missing() -> None:
    assert str(StudyError(Text("Busy.", "正忙。"))) == "Busy."


def test_an_error_takes_its_words_from_the_room() -> None:
    problem = error(UsageError, texts, "no_such_zone", name="Mars")
    assert isinstance(problem, UsageError)
    assert "'Mars'" in problem.say("en")
    assert "'Mars'" in problem.say("zh")
    assert problem.found is None
    assert problem.do is not None


def test_an_error_without_words_is_a_bug_that_shows_itself() -> None:
    with pytest.raises(KeyError, match=r"error\.never_written\.what"):
        error(UsageError, texts, "never_written")


@pytest.mark.parametrize("kind", [InputError, UsageError, StudyError, MissingExtraError])
def test_what_a_user_can_mend_is_one_family(kind: type[ShoalError]) -> None:
    assert issubclass(kind, ShoalError)


def test_lost_rows_are_never_the_users_fault() -> None:
    assert not issubclass(LostRowsError, ShoalError)


def test_a_library_that_is_there_is_returned() -> None:
    assert need("json", "frames", Text("Reading", "读取")).dumps([1]) == "[1]"


def test_a_library_that_is_missing_names_its_extra_and_the_purpose() -> None:
    with pytest.raises(MissingExtraError, match=r"shoal\[frames\]") as caught:
        need("no_such_library_at_all.inner", "frames", Text("Reading a frame", "读取数据框"))
    assert isinstance(caught.value, ImportError)
    assert "Reading a frame needs the library no_such_library_at_all" in caught.value.say("en")
    assert "读取数据框需要库 no_such_library_at_all" in caught.value.say("zh")


def test_a_library_that_is_there_but_broken_keeps_its_own_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise ModuleNotFoundError("No module named 'inner_need'", name="inner_need")

    monkeypatch.setattr("shoal.words.extras.import_module", broken)
    with pytest.raises(ModuleNotFoundError, match="inner_need") as caught:
        need("pandas", "frames", Text("Reading", "读取"))
    assert not isinstance(caught.value, MissingExtraError)
