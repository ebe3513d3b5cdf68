"""Statements that share a round trip say and do what they would alone."""

import pytest
from psycopg.errors import ForeignKeyViolation

from hospes.platform.db import Database, Row, WriteTx
from hospes.platform.statements import named, one_after_the_other, side_by_side, split

THING = "INSERT INTO thing (id, of) VALUES (%(id)s, %(of)s)"
PART = "INSERT INTO part (id, thing) VALUES (%s, %s)"


@pytest.fixture
async def things(tx: WriteTx) -> WriteTx:
    await tx.run("CREATE TEMPORARY TABLE thing (id integer PRIMARY KEY, of text, step serial) ON COMMIT DROP")
    await tx.run("CREATE TEMPORARY TABLE part (id integer, thing integer REFERENCES thing) ON COMMIT DROP")
    return tx


async def ids(tx: WriteTx) -> list[int]:
    return [row["id"] for row in await tx.all("SELECT id FROM thing ORDER BY step")]


def test_parameters_are_renamed_by_their_place() -> None:
    assert one_after_the_other((THING, PART)) == (
        "WITH s0 AS (INSERT INTO thing (id, of) VALUES (%(p0_id)s, %(p0_of)s))"
        " INSERT INTO part (id, thing) VALUES (%(p1_0)s, %(p1_1)s)"
    )
    assert named([{"id": 1, "of": "x"}, (2, 3)]) == {"p0_id": 1, "p0_of": "x", "p1_0": 2, "p1_1": 3}


def test_the_instant_is_shared() -> None:
    both = one_after_the_other(("INSERT INTO a VALUES (%(now)s)", "INSERT INTO b VALUES (%(now)s, %(id)s)"))
    assert both == "WITH s0 AS (INSERT INTO a VALUES (%(now)s)) INSERT INTO b VALUES (%(now)s, %(p1_id)s)"
    assert named([{"now": 1}, {"now": 1, "id": 2}]) == {"now": 1, "p1_id": 2}


async def test_statements_of_two_instants_do_not_share_them(things: WriteTx) -> None:
    await things.run_later("INSERT INTO thing (id, of) VALUES (1, %(now)s)", {"now": "noon"})
    await things.run_later("INSERT INTO thing (of, id) VALUES (%(now)s, 2)", {"now": "night"})
    rows = await things.all("SELECT of FROM thing ORDER BY id")
    assert [row["of"] for row in rows] == ["noon", "night"]
    noon = things.ask("SELECT %(now)s::text AS at", {"now": "noon"})
    night = things.ask("SELECT %(now)s::text AS at", {"now": "night"})
    assert [await noon.row(), await night.row()] == [{"at": "noon"}, {"at": "night"}]


def test_a_percent_sign_stays_one() -> None:
    assert "LIKE 'a%%'" in side_by_side(("SELECT 1 WHERE 'a' LIKE 'a%%' AND %s",))


def test_a_row_is_taken_apart_by_its_marks() -> None:
    names, values = ["?", "a", "b", "?", "a", "?"], [True, 1, None, None, None, True]
    assert list(split(names, values)) == [{"a": 1, "b": None}, None, {}]


async def test_what_waits_is_there_for_the_next_statement(things: WriteTx) -> None:
    await things.run_later(THING, {"id": 1, "of": "wood"})
    assert await ids(things) == [1]


async def test_a_row_and_what_refers_to_it_share_a_statement(things: WriteTx) -> None:
    await things.run_later(THING, {"id": 1, "of": "wood"})
    assert await things.run_together(PART, (7, 1)) == 1
    row = await things.find("SELECT id, thing FROM part")
    assert row == {"id": 7, "thing": 1}


async def test_control_a_row_that_refers_to_nothing_is_still_refused(things: WriteTx) -> None:
    await things.run_later(THING, {"id": 1, "of": "wood"})
    with pytest.raises(ForeignKeyViolation):
        await things.run_together(PART, (7, 2))


async def test_equal_statements_keep_their_order(things: WriteTx) -> None:
    for number in (3, 1, 2):
        await things.run_later(THING, {"id": number, "of": "wood"})
    assert await ids(things) == [3, 1, 2]


async def test_what_waits_when_a_savepoint_fails_is_gone_with_it(things: WriteTx) -> None:
    await things.run_later(THING, {"id": 1, "of": "wood"})

    async def fail() -> None:
        async with things.savepoint():
            await things.run_later(THING, {"id": 2, "of": "wood"})
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await fail()
    assert await ids(things) == [1]


async def test_a_commit_writes_what_waits_and_a_rollback_does_not(db: Database) -> None:
    async with db.write() as tx:
        await tx.run("CREATE TABLE kept (id integer)")
        await tx.run_later("INSERT INTO kept (id) VALUES (%s)", (1,))

    async def fail() -> None:
        async with db.write() as tx:
            await tx.run_later("INSERT INTO kept (id) VALUES (%s)", (2,))
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await fail()
    async with db.read() as reading:
        assert await reading.all("SELECT id FROM kept") == [{"id": 1}]


async def test_questions_are_answered_with_the_next_one(things: WriteTx) -> None:
    await things.run(THING, {"id": 1, "of": "100 % wood"})
    first = things.ask("SELECT id, of FROM thing WHERE id = %(id)s", {"id": 1})
    none = things.ask("SELECT id FROM thing WHERE id = %s", (9,))
    last = await things.find("SELECT count(*) AS id FROM thing WHERE of LIKE '100 %%' AND id = %s", (1,))
    assert (last, await first.row(), await none.row()) == ({"id": 1}, {"id": 1, "of": "100 % wood"}, None)


async def test_a_question_is_answered_without_another_statement_too(things: WriteTx) -> None:
    assert await things.ask("SELECT 1 AS one").row() == {"one": 1}


async def test_a_question_is_asked_before_anything_is_written(things: WriteTx) -> None:
    asked = things.ask("SELECT count(*) AS n FROM thing")
    await things.run(THING, {"id": 1, "of": "wood"})
    assert await asked.row() == {"n": 0}


async def test_a_check_refuses_before_anything_is_written(things: WriteTx) -> None:
    def refuse(row: Row | None) -> None:
        raise ValueError(f"saw {row}")

    things.ask("SELECT 1 AS one", check=refuse)
    with pytest.raises(ValueError, match=r"saw \{'one': 1\}"):
        await things.run(THING, {"id": 1, "of": "wood"})
    assert await ids(things) == []
