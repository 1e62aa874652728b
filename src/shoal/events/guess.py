"""A guess which unknown column is which of ours, by name and by content.

In: a staged source that no layout fits. Out: the ``--columns`` line to paste. The one thing to know: a guess is only
ever shown, never used without the user.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shoal.engines.contract import Engine
from shoal.events.dialect import is_number
from shoal.events.staged import Staged

SAMPLE = 300
FEWEST = 10
"""A column with fewer different values in a sample names kinds, not people."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "event_time": ("eventtime", "timestamp", "time", "datetime", "date", "createdat", "orderdate", "paidat", "ts",
                   "datum", "zeit", "fecha", "下单时间", "付款时间", "支付时间", "成交时间", "交易时间", "购买时间",
                   "订单时间", "创建时间", "下单日期", "购买日期", "销售日期", "订单日期", "时间", "日期"),
    "customer_id": ("customerid", "customer", "userid", "user", "clientid", "client", "visitorid", "visitor",
                    "memberid", "member", "buyerid", "buyer", "cust", "custid", "uid", "householdid", "email",
                    "kunde", "kundennr", "cliente", "会员编号", "会员id", "会员号", "会员卡号", "用户编号", "用户id",
                    "客户编号", "客户id", "顾客编号", "顾客id", "买家id", "买家会员名", "买家昵称", "会员", "用户",
                    "客户", "买家", "顾客", "id"),
    "order_id": ("orderid", "order", "ordernumber", "orderno", "invoice", "invoiceno", "basketid", "transactionid",
                 "receipt", "bestellung", "pedido", "订单号", "订单编号", "订单id", "订单", "交易号", "小票号"),
    "product_id": ("productid", "product", "itemid", "item", "sku", "stockcode", "article", "articleid", "artikel",
                   "producto", "商品编码", "商品编号", "商品id", "商品代码", "产品编号", "产品编码", "产品id", "货号",
                   "款号", "商品"),
    "event_type": ("eventtype", "event", "eventname", "action", "behavior", "behaviour", "behaviortype",
                   "行为类型", "事件类型", "行为"),
    "quantity": ("quantity", "qty", "count", "units", "pieces", "menge", "anzahl", "cantidad",
                 "购买数量", "订购数量", "数量", "件数"),
    "price": ("unitprice", "price", "itemprice", "preis", "precio", "商品单价", "成交单价", "单价", "价格"),
    "amount": ("amount", "total", "linetotal", "revenue", "sales", "salesvalue", "value", "paid", "sum", "betrag",
               "umsatz", "importe", "实付金额", "支付金额", "成交金额", "销售金额", "消费金额", "销售额",
               "金额", "总价"),
    "category": ("category", "categoryname", "categorycode", "department", "kategorie", "categoria",
                 "商品类目", "商品分类", "商品类别", "类目", "分类", "品类", "类别"),
    "name": ("productname", "itemname", "description", "title", "name",
             "商品名称", "商品标题", "产品名称", "品名", "名称"),
    "brand": ("brand", "vendor", "manufacturer", "marke", "商品品牌", "品牌"),
    "currency": ("currency", "currencycode", "币种", "货币"),
    "session_id": ("sessionid", "session", "usersession"),
}  # fmt: skip
"""What shops call our columns: letters and digits only, in lower case."""

_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DATED = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}.*|(19|20)\d{6}|1\d{9}(\d{3}|\d{6})?|"
    rf"{_MONTH} \d{{1,2}},? \d{{4}}.*|\d{{1,2}}[ -]{_MONTH}[ -]\d{{2,4}}.*|\d{{4}}年\d{{1,2}}月\d{{1,2}}日.*",
    re.IGNORECASE,
)
"""What looks like a time."""
NUMERIC = frozenset({"quantity", "price", "amount"})
REQUIRED = ("event_time", "customer_id")


@dataclass(frozen=True, slots=True)
class Guess:
    """The line to paste, and those of our columns in it that rest on content alone.

    `timed` says whether any column holds times; `customer` is the column that most likely names customers.
    """

    line: str
    unsure: tuple[str, ...]
    timed: bool
    customer: str


def guess(engine: Engine, staged: Staged, known: Mapping[str, tuple[str, ...]]) -> Guess:
    """What the columns of a table may be, by their names and by a sample of what they hold."""
    rows = engine.rows(
        f"SELECT {', '.join(f'CAST({cell} AS VARCHAR)' for cell in staged.columns.values())} "
        f"FROM {staged.relation} ORDER BY __line LIMIT {SAMPLE}"
    )
    values = {
        name: [str(row[at]).strip() for row in rows if row[at] is not None and str(row[at]).strip()]
        for at, name in enumerate(staged.columns)
    }
    chosen, unsure = {ours: theirs[0] for ours, theirs in known.items() if len(theirs) == 1}, []
    for ours in NAMES:
        left = [name for name in staged.columns if name not in chosen.values()]
        if ours in chosen or not left:
            continue
        by_name, best = max(((_score(ours, name, values[name]), name) for name in left), key=lambda pair: pair[0])
        if by_name[0] or (ours in REQUIRED and by_name[1]):
            chosen[ours] = best
            unsure += [] if by_name[0] else [ours]
    return Guess(_line(chosen), tuple(unsure), "event_time" in chosen, chosen.get("customer_id", "COLUMN"))


def _score(ours: str, name: str, values: Sequence[str]) -> tuple[int, float]:
    """How well a column's name fits, and how well its content does. A name that the content belies does not count."""
    plain = re.sub(r"[^0-9a-z\u3400-\u9fff]", "", name.casefold())
    fits = _content(ours, values)
    whole = {plain, name.casefold().rpartition(".")[2]}  # what stands inside something else is named by its end as well
    place = next((at for at, word in enumerate(NAMES[ours]) if word in whole), None)
    if place is not None:
        return (200 - place if fits or not values else 0), fits
    inside = next((at for at, word in enumerate(NAMES[ours]) if len(word) > 2 and word in plain), None)
    return (100 - inside if inside is not None and fits else 0), fits


def _content(ours: str, values: Sequence[str]) -> float:
    """From 0 to 1, how well a column's values fit one of ours."""
    if not values:
        return 0.0
    times = sum(map(_is_time, values)) / len(values)
    if ours == "event_time":
        return times if times > 0.8 else 0.0
    if ours in NUMERIC:
        return float(times < 0.5 and sum(map(is_number, values)) > 0.8 * len(values))
    if ours == "customer_id":
        return _like_ids(values) if times <= 0.5 else 0.0
    return 0.0 if times > 0.5 else 0.5


def _like_ids(values: Sequence[str]) -> float:
    """How much values look like ids of people: many different ones, short, no decimals; best if some come again."""
    different = len(set(values))
    if different < (max(FEWEST, len(values) / 40) if len(values) >= 3 * FEWEST else min(2, len(values))):
        return 0.0
    if sum("." in value and is_number(value) and not value.endswith(".0") for value in values) > len(values) / 2:
        return 0.0
    return 0.1 + 0.9 * (1 - different / len(values))


def _is_time(value: str) -> bool:
    return DATED.fullmatch(value) is not None


def _line(chosen: Mapping[str, str]) -> str:
    order = ["customer_id", "event_time", *(ours for ours in NAMES if ours not in REQUIRED)]
    pairs = (f"{ours}={chosen.get(ours, '...')}" for ours in order if ours in chosen or ours in REQUIRED)
    return f"--columns {shlex.quote(','.join(pairs))}"
