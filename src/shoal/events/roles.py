"""What each column of a customers file is: who, contact, consent, a number, a text, or nothing to segment by.

In: a matched customers file. Out: `Roles`, the SQL of every column that is kept and a reason for every other one. The
one thing to know: a column is told by its name where people's data is at stake, and by what it holds everywhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from shoal.engines.contract import Engine, literal
from shoal.events.cells import NOTHING, Cells, cell_text
from shoal.events.keys import EMAIL, PHONE
from shoal.events.layouts import CUSTOMER_COLUMNS
from shoal.events.matching import Match
from shoal.events.numbers import number_sql
from shoal.events.reading import PERSONAL
from shoal.events.times import ORDERS, find_style
from shoal.words.errors import InputError

YES = ("yes", "y", "true", "t", "1", "1.0", "ja", "oui", "si", "sí", "是", "有", "同意", "subscribed", "granted")
NO = ("no", "n", "false", "f", "0", "0.0", "nein", "non", "否", "无", "不同意", "unsubscribed", "denied")
CONSENTS = re.compile(r"(?i)consent|accepts|opt[ _-]?in|subscrib|newsletter|marketing|同意|订阅")
PRIVATE = re.compile(
    r"(?i)^name$|company|^note|(^|[ _-])(ip|iban|ssn|vat|tax[ _-]?(id|number))([ _-]|$)|passport|(^|[ _])(lat|lon)|"
    r"身份证|备注|公司"
)
"""Names of columns that say who somebody is, beside `PERSONAL`."""
COARSE = re.compile(r"(?i)(country|province|state|region|county|city)([ _-]*(code|name))?$|国家|省份?$|城市$|地区$")
"""Parts of an address that many share: they may describe a customer."""
CODES = re.compile(r"(?i)(^|[ _-])(id|code|no|nr|number|key|uuid|hash|index)$|编号$")
TOTALS = re.compile(
    r"(?i)(total|lifetime|sum|number|count|average|avg|num|amount)[ _-]*(of[ _-]*)?"
    r"(spent|spend|orders?|revenue|purchases?|sales|visits|order[ _-]value)|"
    r"(spent|spend|orders?|revenue|purchases?|sales|visits)[ _-]*(total|count|sum|amount)|"
    r"last[ _-]*(order|purchase|visit|login|seen|active)|(^|[ _-])(ltv|clv|aov|rfm)([ _-]|$)|消费总额|订单数|累计|最近"
)
"""Names of columns that sum up what customers did: shoal counts that itself, as it was at each date."""
MOSTLY = 0.9


@dataclass(slots=True)
class Roles:
    """SQL by column: contacts, consents, numbers and texts; and of the others why they are left out, as a code."""

    contacts: dict[str, str] = field(default_factory=dict)
    consents: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)


def roles(engine: Engine, found: Match, dated: bool) -> Roles:
    """The role of every column that is not one of ours already; `dated` files say when each row was written."""
    found, named = _bare(found), Roles()
    taken = {theirs for ours in CUSTOMER_COLUMNS for theirs in found.columns.get(ours, ())}
    for ours in CUSTOMER_COLUMNS:
        _ours(found, ours, named)
    for name in found.staged.columns:
        if name not in taken:
            _judge(Cells(engine, found), name, named, dated)
    return named


def _bare(found: Match) -> Match:
    """The match with every column of the file also under its own name, behind a mark that no name of ours has."""
    own = {f"={name}": (name,) for name in found.staged.columns}
    return replace(found, columns={**own, **found.columns})


def _ours(found: Match, ours: str, named: Roles) -> None:
    """Contacts and consents that have a name of ours."""
    for theirs in found.columns.get(ours, ()):
        cell, kind = found.staged.columns[theirs], found.staged.types[theirs]
        if ours.startswith("consent_"):
            named.consents[ours] = consent(cell, kind)
        elif ours in ("email", "phone"):
            named.contacts[ours] = cell_text(cell, kind)


def _judge(cells: Cells, name: str, named: Roles, dated: bool) -> None:
    cell, kind = cells.raw(f"={name}")[0]
    text = said(cell_text(cell, kind))
    filled, kinds = cells.engine.rows(f"SELECT COUNT({text}), COUNT(DISTINCT {text}) FROM {cells.relation}")[0]
    personal = (PERSONAL.search(name) or PRIVATE.search(name)) and not COARSE.search(name)
    if personal or _contacts(cells, text, filled):
        named.contacts[name] = text
    elif CONSENTS.search(name):
        named.consents[_consent_name(name)] = consent(cell, kind)
    elif not filled:
        named.left[name] = "empty"
    elif kinds == 1:
        named.left[name] = "constant"
    elif TOTALS.search(name) and not dated:
        named.left[name] = "behaviour"
    elif kinds == filled and CODES.search(name):
        named.left[name] = "code"
    else:
        _number_or_text(cells, name, text, int(filled), named)


def _number_or_text(cells: Cells, name: str, text: str, filled: int, named: Roles) -> None:
    cell, kind = cells.raw(f"={name}")[0]
    number = _flag(cells, text) or _number(cells.engine, cells.relation, cell, kind, filled)
    if number:
        named.numbers[name] = number
    elif kind == "DATE" or kind.startswith("TIMESTAMP") or _dates(cells, cell, filled):
        named.left[name] = "date"
    else:
        named.texts[name] = text


def _number(engine: Engine, relation: str, cell: str, kind: str, filled: int) -> str:
    """SQL of a column of numbers as DOUBLE, NULL where it says none; empty where the column is none of numbers."""
    if kind == "VARCHAR":
        read = f"TRY_CAST(NULLIF(trim({cell}), '') AS DOUBLE)"
        if _counted(engine, relation, read) < filled:
            read = f"CAST({number_sql(engine, relation, cell)} AS DOUBLE)"
        sql = f"CASE WHEN isfinite({read}) THEN {read} END"
        return sql if _counted(engine, relation, read) >= max(1.0, 0.99 * filled) else ""
    if kind in ("DATE", "TIME") or kind.startswith("TIMESTAMP") or kind.endswith("]") or "(" in kind[:7]:
        return f"CAST({cell} AS DOUBLE)" if kind.startswith("DECIMAL") else ""
    if kind == "BOOLEAN":
        return f"CAST(CAST({cell} AS INTEGER) AS DOUBLE)"
    return f"CASE WHEN isfinite(CAST({cell} AS DOUBLE)) THEN CAST({cell} AS DOUBLE) END"


def _flag(cells: Cells, text: str) -> str:
    """SQL of a column that says yes or no as 1 and 0; empty where it says anything else."""
    rows = cells.engine.rows(f"SELECT DISTINCT lower({text}) FROM {cells.relation} WHERE {text} IS NOT NULL LIMIT 4")
    words = {str(row[0]) for row in rows}
    if len(words) != 2 or not words <= {*YES, *NO} or words <= set(YES) or words <= set(NO):
        return ""
    return f"CASE WHEN lower({text}) IN ({_listed(YES)}) THEN 1e0 WHEN {text} IS NOT NULL THEN 0e0 END"


def _dates(cells: Cells, cell: str, filled: int) -> bool:
    try:
        styles = [find_style(cells.engine, cells.relation, cell, "UTC", order, "") for order in ORDERS]
    except InputError:  # nothing there reads as a time
        return False
    return max(_counted(cells.engine, cells.relation, style.sql) for style in styles) >= MOSTLY * filled


def _contacts(cells: Cells, text: str, filled: int) -> bool:
    """Whether a hundredth of the cells are e-mail addresses or telephone numbers with the code of a country."""
    test = f"regexp_matches({text}, {literal(EMAIL)}) OR regexp_matches({text}, {literal(PHONE)})"
    return bool(filled) and _counted(cells.engine, cells.relation, f"CASE WHEN {test} THEN 1 END") > 0.01 * filled


def _counted(engine: Engine, relation: str, sql: str) -> int:
    return int(engine.rows(f"SELECT COUNT({sql}) FROM {relation}")[0][0])


def said(text: str) -> str:
    """SQL of a text, NULL where systems write a word for nothing; ``none`` in small letters is something people say."""
    return f"CASE WHEN lower({text}) IN {NOTHING} AND {text} <> 'none' THEN NULL ELSE {text} END"


def consent(cell: str, kind: str) -> str:
    """SQL of a consent: only a clear yes is one."""
    return f"COALESCE(lower({cell_text(cell, kind)}) IN ({_listed(YES)}), FALSE)"


def _consent_name(name: str) -> str:
    return "consent_" + re.sub(r"\W+", "_", name.lower()).strip("_")


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(map(literal, words))
