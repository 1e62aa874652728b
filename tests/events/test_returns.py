"""Returns and cancelled lines against the purchase lines that they undo, one by one."""

from __future__ import annotations

import random

from shoal.events.result import Quality
from shoal.words.columns import RETURNS
from tests.events.conftest import HEADER, Load, Write, codes, rules


def _undone(quality: Quality) -> list[tuple[int, int, float]]:
    """Line of the return, line of the purchase, pieces."""
    rows = quality.returns.to_pylist()
    return sorted((row["source_line"], row["undoes_line"], row["pieces"]) for row in rows)


def test_a_return_undoes_the_latest_line_of_as_many_pieces(write: Write, loaded: Load) -> None:
    _, quality = loaded(
        write(
            "a.csv",
            HEADER,
            "a,2025-01-01,purchase,p1,2,20,o1",
            "a,2025-01-02,purchase,p1,3,30,o2",
            "a,2025-01-03,purchase,p1,2,22,o3",
            "a,2025-01-04,refund,p1,2,22,r1",
            "a,2025-01-05,refund,p1,2,20,r2",
            "a,2025-01-06,refund,p1,3,30,r3",
        )
    )
    assert _undone(quality) == [(5, 4, 2.0), (6, 2, 2.0), (7, 3, 3.0)]
    assert not {"refund_without_purchase", "refund_of_more"} & set(rules(quality))


def test_the_same_order_comes_before_a_later_one(write: Write, loaded: Load) -> None:
    _, quality = loaded(
        write(
            "a.csv",
            HEADER,
            "a,2025-01-01,purchase,p1,2,20,o1",
            "a,2025-01-02,purchase,p1,2,20,o2",
            "a,2025-01-03,refund,p1,2,20,o1",
        )
    )
    assert _undone(quality) == [(4, 2, 2.0)]


def test_a_return_may_undo_a_part_of_a_line_or_several_lines(write: Write, loaded: Load) -> None:
    """Of 5 and 1 pieces 2 come back, then 3 (one of the 1 has gone already): 1 + 1, then 3 of the 4 left."""
    _, quality = loaded(
        write(
            "a.csv",
            HEADER,
            "a,2025-01-01,purchase,p1,5,50,o1",
            "a,2025-01-02,purchase,p1,1,10,o2",
            "a,2025-01-03,refund,p1,2,20,r1",
            "a,2025-01-04,refund,p1,3,30,r2",
        )
    )
    assert _undone(quality) == [(4, 2, 1.0), (4, 3, 1.0), (5, 2, 3.0)]


def test_more_pieces_than_were_bought_and_nothing_bought_are_told_apart(write: Write, loaded: Load) -> None:
    """Worth: 4 pieces for 40 are undone. Against nothing stand 6 of 10 pieces returned for 100, and 7: 67."""
    _, quality = loaded(
        write(
            "a.csv",
            HEADER,
            "a,2025-01-01,purchase,p1,4,40,o1",
            "a,2025-01-02,refund,p1,10,100,r1",
            "b,2025-01-02,refund,p1,1,7,r2",
            "b,2025-01-03,purchase,p1,1,7,o2",
        )
    )
    assert _undone(quality) == [(3, 2, 4.0)]
    assert {code: rules(quality)[code] for code in ("refund_of_more", "refund_without_purchase")} == {
        "refund_of_more": 1, "refund_without_purchase": 1,
    }  # fmt: skip
    said = next(finding for finding in quality.findings if finding.code == "returns")
    assert "Of 2 returned or cancelled lines 0 undo purchases" in said.text.en
    assert "worth 40)" in said.text.en
    assert said.do is not None
    assert "Returns of 67 stand" in said.do.en


def test_no_piece_is_undone_twice_and_none_before_it_was_bought(write: Write, loaded: Load) -> None:
    """A law over random logs: per line at most what was bought, and only earlier lines."""
    rng = random.Random(3)
    lines = []
    for at in range(600):
        kind, pieces = rng.choice(["purchase", "purchase", "refund"]), rng.randrange(1, 5)
        day = f"2025-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
        lines.append(f"u{rng.randrange(6)},{day},{kind},p{rng.randrange(4)},{pieces},{pieces},x{at}")
    _, quality = loaded(write("a.csv", HEADER, *lines))
    bought, back = dict[int, float](), dict[int, float]()
    for line, undoes, pieces in _undone(quality):
        sale, gone = lines[undoes - 2].split(","), lines[line - 2].split(",")
        assert (sale[0], sale[3], sale[2], gone[2]) == (gone[0], gone[3], "purchase", "refund")
        assert sale[1] <= gone[1]
        bought[undoes] = bought.get(undoes, 0) + pieces
        back[line] = back.get(line, 0) + pieces
    assert all(pieces <= float(lines[at - 2].split(",")[4]) for at, pieces in (*bought.items(), *back.items()))
    whole = sum(pieces == float(lines[at - 2].split(",")[4]) for at, pieces in back.items())
    odd = rules(quality)
    assert whole + odd["refund_of_more"] + odd["refund_without_purchase"] == sum("refund" in line for line in lines)


def test_a_log_without_returns_has_an_empty_table_and_says_nothing(write: Write, loaded: Load) -> None:
    _, quality = loaded(write("a.csv", HEADER, "a,2025-01-01,purchase,p1,5,50,o1"))
    assert quality.returns.column_names == [column.name for column in RETURNS]
    assert (quality.returns.num_rows, "returns" in codes(quality)) == (0, False)


def test_a_purchase_cancelled_by_a_later_event_is_told_since_it_counts_as_bought(write: Write, loaded: Load) -> None:
    _, quality = loaded(
        write(
            "a.csv",
            HEADER,
            "a,2025-01-01 10:00,purchase,p1,1,10,o1",
            "a,2025-01-01 10:00,purchase,p2,1,20,o1",
            "a,2025-01-02 10:00,cancel,p1,,,o1",
            "b,2025-01-02 10:00,cancel,p2,,,o1",
            "b,2025-01-02 10:00,cancel,p2,,,o9",
        )
    )
    said = next(finding for finding in quality.findings if finding.code == "cancelled_later")
    assert (said.count, "worth 10 were" in said.text.en) == (1, True)
