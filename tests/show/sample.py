"""A report as a real shop would get it, of blocks alone: six segments, findings, charts, hostile names."""

from __future__ import annotations

from shoal.show import charts
from shoal.show.blocks import (
    Block,
    Card,
    Cards,
    Details,
    Figure,
    Figures,
    Finding,
    Heading,
    Link,
    Note,
    Table,
    TableColumn,
)
from shoal.show.page import Section
from shoal.words.language import Text

HOSTILE = "</script><img src=x onerror=alert(1)>"
NAMES = (
    Text("Recent big spenders", "近期高额买家"),
    Text("Regulars who prefer Kitchen", "偏爱厨房用品的常客"),
    Text("Steady small baskets", "稳定的小额客群"),
    Text("Lapsed one-time buyers", "已流失的一次性买家"),
    Text("New arrivals", "新到客户"),
    Text("Bargain hunters who return often", "常退货的折扣买家"),
)
SHARES = (0.08, 0.14, 0.22, 0.31, 0.16, 0.09)
REVENUE = (0.47, 0.21, 0.14, 0.05, 0.06, 0.07)
FEATURES = (
    Text("Days since last order", "距最近一单天数"),
    Text("Orders", "订单数"),
    Text("Total spend", "总消费额"),
    Text("Average order value", "客单价"),
    Text("Different products", "商品种类"),
    Text("Share returned", "退货占比"),
    Text("Weekend share", "周末占比"),
    Text("Spend on Kitchen", "厨房用品消费"),
)


def lead() -> list[Block]:
    words = Text(
        "Eight in a hundred customers bring 47 % of revenue; on the weeks held back these six segments foretell "
        "spending better than RFM cells do.",
        "8% 的客户贡献了 47% 的收入；在预留的后续几周里，这六个分群对消费的预测优于 RFM 分格。",
    )
    return [Note(words, "lead"), _headline()]


def _headline() -> Figures:
    return Figures(
        (
            Figure(
                Text("Customers", "客户"), Text.same("4,292"), Text("with a purchase in 365 days", "365 天内有购买")
            ),
            Figure(Text("Revenue", "收入"), Text.same("£8,278,519"), Text("after returns", "扣除退货")),
            Figure(Text("Segments", "分群"), Text.same("6"), Text("picked by silhouette", "按轮廓系数选定")),
            Figure(Text("Out-of-time R²", "样本外 R²"), Text.same("0.26"), Text("RFM cells: 0.15", "RFM 分格：0.15")),
        )
    )


def findings() -> list[Block]:
    return [
        Finding(
            "clock",
            "problem",
            Text("12 rows are dated 2099.", "有 12 行的日期为 2099 年。"),
            Text("Mend the dates and run again.", "请修正日期后重新运行。"),
            12,
        ),
        Finding(
            "missing",
            "warning",
            Text("25 % of the lines name no customer.", "25% 的记录没有客户编号。"),
            Text("Ask whether guest orders can carry an e-mail hash.", "请确认访客订单能否带上邮箱哈希。"),
            135_080,
        ),
        Finding(
            "groups",
            "info",
            Text(
                "The log has no categories: product groups were learned from co-purchase.",
                "日志没有类目：商品组由共同购买学得。",
            ),
        ),
        Finding(
            "stable",
            "good",
            Text(
                "92 % of customers keep their segment when the data is drawn again.",
                "重新抽样后 92% 的客户仍在原分群。",
            ),
        ),
    ]


def cards() -> Cards:
    return Cards(tuple(_card(place) for place in range(6)))


def _card(place: int) -> Card:
    figures = Figures(
        (
            Figure(
                Text("Customers", "客户"),
                Text.same(f"{round(4292 * SHARES[place]):,}"),
                Text.same(f"{SHARES[place]:.0%}"),
            ),
            Figure(Text("Revenue", "收入"), Text.same(f"{REVENUE[place]:.0%}")),
            Figure(
                Text("Per customer", "人均"), Text.same(f"£{round(8278519 * REVENUE[place] / 4292 / SHARES[place]):,}")
            ),
        )
    )
    columns = (
        TableColumn(Text("What sets it apart", "特点")),
        TableColumn(Text("Here", "本群"), ",.1f"),
        TableColumn(Text("Shop", "全店"), ",.1f"),
        TableColumn(Text("Difference", "差异"), "+.1f", bar=True),
    )
    rows = tuple(
        (FEATURES[(place + i) % 8], 12.0 + i * 31, 97.0 - i, (1.9 - i * 0.7) * (1 if (place + i) % 3 else -1))
        for i in range(4)
    )
    about = Text(
        "Last order 12 days ago (shop: 97); 11 orders a year (shop: 4).",
        "最近一单在 12 天前（全店 97 天）；全年 11 单（全店 4 单）。",
    )
    likes = Note(
        Text("Likes: Kitchen (2.1 times the shop), Christmas", "偏好：厨房用品（全店的 2.1 倍）、圣诞"), "small"
    )
    return Card(
        Text(f"{place + 1}. {NAMES[place].en}", f"{place + 1}. {NAMES[place].zh}"),
        (figures, Note(about), Table(columns, rows), likes),
        colour=place,
        anchor=f"segment-{place + 1}",
    )


def drawings() -> list[Block]:
    share, size = Text("Share of revenue", "收入占比"), Text("Share of customers", "客户占比")
    both = Text("Recent big spenders are 8 % of customers and 47 % of revenue.", "近期高额买家占客户 8%、收入 47%。")
    field = [[((r * 7 + c * 5) % 11 - 5) / 2.5 if (r, c) != (4, 5) else None for c in range(8)] for r in range(6)]
    return [
        charts.grouped(
            "shares", both, NAMES, [(size, SHARES), (share, REVENUE)], value_title=share, format=".0%", summary=both
        ),
        charts.bars(
            "revenue",
            Text("One segment brings half of revenue", "一个分群带来近一半收入"),
            NAMES,
            REVENUE,
            value_title=share,
            format=".1%",
            summary=both,
            colours=range(6),
        ),
        charts.heatmap(
            "profile",
            Text("Where each segment differs from the shop", "各分群与全店的差异"),
            NAMES,
            FEATURES,
            field,
            format="+.1f",
            summary=Text("Standard deviations from the shop's mean.", "与全店均值相差的标准差数。"),
        ),
    ]


def k_drawings() -> list[Block]:
    curve = [0.21, 0.24, 0.26, 0.29, 0.33, 0.30, 0.28, 0.27, 0.25, 0.25, 0.24, 0.23, 0.22, 0.22]
    x = [(i * 37 % 100) / 10 for i in range(400)]
    return [
        charts.lines(
            "k",
            Text("Six segments stand apart most clearly", "分为六群时区分最清晰"),
            range(2, 16),
            [(Text("Silhouette", "轮廓系数"), curve)],
            x_title=Text("Number of segments", "分群数"),
            y_title=Text("Mean silhouette", "平均轮廓系数"),
            format=".2f",
            summary=Text(
                "The mean silhouette is largest, 0.33, at six segments.", "平均轮廓系数在六群时最大，为 0.33。"
            ),
            mark_x=6,
            mark_label=Text("picked: 6", "选定：6"),
        ),
        charts.points(
            "map",
            Text("Segments in the space they were found in", "分群所在空间"),
            x,
            [v + (i * 53 % 100) / 20 for i, v in enumerate(x)],
            [i % 6 for i in range(400)],
            group_names=NAMES,
            x_title=Text("Orders", "订单"),
            y_title=Text("Spend", "消费"),
            summary=Text("400 customers.", "400 位客户。"),
        ),
    ]


def proof() -> list[Block]:
    title = Text("shoal's segments foretell more than RFM cells", "shoal 分群的预测力强于 RFM 分格")
    return [
        Heading(Text("On weeks no model has seen", "在模型未见过的几周")),
        charts.intervals(
            "proof",
            title,
            [Text("Spend bands", "消费分档"), Text("RFM cells", "RFM 分格"), Text.same("shoal")],
            [0.164, 0.145, 0.259],
            [0.14, 0.12, 0.23],
            [0.19, 0.17, 0.29],
            value_title=Text("Out-of-time R²", "样本外 R²"),
            format=".2f",
            summary=title,
            reference=0.164,
            highlight=2,
        ),
    ]


def method() -> list[Block]:
    columns = (TableColumn(Text("Setting", "设置")), TableColumn(Text("Value", "取值")))
    hostile = Table(
        (TableColumn(Text("Product", "商品")), TableColumn(Text("Lines", "行数"))),
        ((HOSTILE, 3), ("a & b \"c\" 'd'", 4)),
    )
    many = tuple(TableColumn(Text(f"A measure with a name, {i}", f"名称较长的度量 {i}"), ",.3f") for i in range(7))
    wide = Table((columns[0], *many), ((NAMES[0], *(1234.5678 * i for i in range(7))),), Text("Measures", "度量"))
    return [
        wide,
        Table(
            columns,
            (
                ("space", "behaviour"),
                ("k", 6),
                ("init", "k-means++"),
                ("n_init", 10),
                ("seed", 0),
                ("tol", 1e-4),
                ("sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
            ),
        ),
        Details(
            Text("Products with odd names", "名称异常的商品"),
            (
                hostile,
                charts.bars(
                    "hostile",
                    Text.same(HOSTILE),
                    [HOSTILE, "茶"],
                    [2, 1],
                    value_title=Text.same("n"),
                    format=",.0f",
                    summary=Text.same(HOSTILE),
                ),
            ),
        ),
        Link(Text("The notice of the data", "数据声明"), "https://archive.ics.uci.edu/dataset/352/online+retail"),
    ]


def sections() -> list[Section]:
    return [
        Section("overview", Text("What to know first", "要点"), tuple(findings())),
        Section("segments", Text("The six segments", "六个分群"), (cards(),)),
        Section("shares", Text("Size and worth", "规模与价值"), tuple(drawings())),
        Section("k", Text("Why six", "为何分六群"), tuple(k_drawings())),
        Section("proof", Text("What is proven", "验证结果"), tuple(proof())),
        Section("method", Text("Method", "方法"), tuple(method())),
    ]


def blocks() -> list[Block]:
    """Every kind of block, in one list."""
    return [*lead(), *(block for section in sections() for block in section.blocks)]
