"""A text carries both languages until it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.words.language import Text, Texts, chosen_language, joined

texts = Texts("shoal.words")
words = st.text(max_size=15)


@given(words, words)
def test_a_text_says_the_language_asked_for(en: str, zh: str) -> None:
    text = Text(en, zh)
    assert (text.say("en"), text.say("zh"), str(text)) == (en, zh, en)


@given(words)
def test_a_value_with_braces_or_markup_stays_a_value(name: str) -> None:
    value = "{name} {0} %s </script>" + name
    assert repr(value) in texts("error.no_such_zone.what", name=value).en


def test_a_text_inside_a_text_speaks_the_outer_language() -> None:
    outer = texts("error.missing_extra.what", purpose=Text("Drawing", "绘图"), library="altair")
    assert outer.en.startswith("Drawing needs")
    assert outer.zh.startswith("绘图需要")


def test_a_missing_value_or_key_is_a_bug_that_shows_itself() -> None:
    with pytest.raises(KeyError):
        texts("error.no_such_zone.what")
    with pytest.raises(KeyError, match=r"shoal\.words/texts\.toml has no text 'error\.nothing'"):
        texts("error.nothing")
    assert texts.has("error.no_time.what")
    assert not texts.has("error.no_time.never")
    assert not texts.has("error")


def test_a_list_of_texts_is_joined_in_each_language_its_own_way() -> None:
    assert joined([]) == Text("", "")
    assert joined((Text("tea", "茶"), Text.same(3))) == Text("tea, 3", "茶、3")


@pytest.mark.parametrize(
    ("asked", "variables", "language"),
    [
        (None, {}, "en"),
        ("zh", {"SHOAL_LANG": "en"}, "zh"),
        ("zh-CN", {}, "zh"),
        ("fr", {"SHOAL_LANG": "zh"}, "en"),
        (None, {"SHOAL_LANG": "zh", "LANG": "en_US.UTF-8"}, "zh"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"SHOAL_LANG": "", "LC_MESSAGES": "zh_TW", "LANG": "C"}, "zh"),
    ],
)
def test_the_language_is_what_was_asked_else_the_setting_else_the_locale(
    monkeypatch: pytest.MonkeyPatch, asked: str | None, variables: dict[str, str], language: str
) -> None:
    for name in ("SHOAL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert chosen_language(asked) == language
