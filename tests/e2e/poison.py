"""A world in which every text that somebody could have written is an attack.

Every text column of every table is overwritten unless it is known to hold a code (`CODES`, or a CHECK that lists its
values) or nothing people write (`NOT_SHOWN`): a new column takes part without anybody thinking of it. JSON is gone
through for sentences and names; people are sealed anew.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from hospes.modules.identity.contracts import EmergencyContact
from hospes.modules.identity.sealed import open_person, seal_person
from hospes.platform.sealing import Keyring

ATTACK = "\"'></script><img src=x onerror=hit()>{{7*7}}"  # 44 letters: some columns hold 60
LINK = "javascript:hit()//"
# Codes and references of ours, wherever they are; lists of permitted values are read from the table's constraints.
CODES = frozenset(
    [
        "kind",
        "status",
        "mode",
        "reference",
        "provider",
        "currency",
        "zone",
        "country",
        "language",
        "role",
        "type",
        "code",
        "code_key",
        "ref",
        "token",
        "secret",
        "key",
        "action",
        "actor",
        "from_status",
        "to_status",
        "storage_key",
        "content_type",
        "photo",
        "channel",
        "purpose",
        "holder",
        "version",
        "origin",
        "kid",
        "password_hash",
        "brand",
        "last4",
        "provider_ref",
        "target_ref",
        "account_ref",
        "customer",
        "method",
        "movement",
        "audience",
        "fee",
        "fund",
        "borne_by",
        "resource_kind",
        "source",
        "trigger",
        "email",
        "address",
        "result",
        "etag",
        "last_modified",
        "uid",
        "occurrence",
        "owner",
        "amenities",
        "transports",
        "due",
        "in_the_way",
        "left_out",
        "documents",
        "cancellation_policy",
        "meals",
        "public_jwk",
        "scopes",
        "prefix",
    ]
)
NOT_SHOWN = ("sandbox.", "public.", "platform.outbox", "platform.idempotency", "platform.handled_event",
             "platform.periodic_turn", "identity.unsealed_account", "identity.challenge", "identity.token_key",
             "ledger.posting", "payments.circuit", "notifications.message.html", "notifications.message.secrets",
             "notifications.message.calendar", "promotions.gift_given", "promotions.payer_mark",
             "payments.provider_event", "promotions.trigger_rule",
             "payouts.comparison.", "identity.user_account.person")  # fmt: skip
LINKS = frozenset({"url", "page", "action_url"})
_JSON_NAMES = frozenset(
    [
        "name",
        "title",
        "city",
        "street",
        "region",
        "description",
        "note",
        "reason",
        "guest",
        "property",
        "legal_name",
        "unit",
    ]
)
_LISTED = re.compile(r"= ANY \(ARRAY")


def poison(url: str, keyring: Keyring) -> set[str]:
    """Overwrite what is there; answers the columns that hold an attack now."""
    with psycopg.connect(url, row_factory=dict_row) as conn:
        conn.execute("SET session_replication_role = replica")  # history cannot be rewritten; here it must be
        reached = {f"{table}.{column}" for table, column in _texts(conn) if _overwrite(conn, table, column)}
        reached |= {f"{table}.{column}" for table, column in _documents(conn) if _rewrite(conn, table, column)}
        for row in conn.execute("SELECT id, data_key, person FROM identity.user_account WHERE person IS NOT NULL"):
            _poison_person(conn, keyring, row)
        reached.add("identity.user_account.person")
    return reached


def _columns(conn: Any, types: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    listed = {
        (row["tab"], row["col"])
        for row in conn.execute(
            "SELECT conrelid::regclass::text AS tab, attname AS col, pg_get_constraintdef(c.oid) AS said"
            " FROM pg_constraint AS c JOIN pg_attribute AS a ON attrelid = conrelid AND attnum = ANY(conkey)"
            " WHERE contype = 'c'"
        )
        if _LISTED.search(row["said"])
    }
    rows = conn.execute(
        "SELECT c.table_schema || '.' || c.table_name AS tab, column_name AS col FROM information_schema.columns AS c"
        " JOIN information_schema.tables AS t USING (table_schema, table_name) WHERE t.table_type = 'BASE TABLE'"
        " AND c.table_schema NOT IN ('pg_catalog', 'information_schema') AND c.data_type = ANY(%s)"
        " AND is_generated = 'NEVER' ORDER BY 1, ordinal_position",
        (list(types),),
    ).fetchall()
    for row in rows:
        name = f"{row['tab']}.{row['col']}"
        if row["col"] not in CODES and (row["tab"], row["col"]) not in listed and not name.startswith(NOT_SHOWN):
            yield row["tab"], row["col"]


def _texts(conn: Any) -> list[tuple[str, str]]:
    return list(_columns(conn, ("text",)))


def _documents(conn: Any) -> list[tuple[str, str]]:
    return list(_columns(conn, ("jsonb", "json")))


def _overwrite(conn: Any, table: str, column: str) -> bool:
    said = LINK if column in LINKS else ATTACK
    statement = sql.SQL("UPDATE {} SET {} = %s || left(md5(ctid::text), 6) WHERE {} IS NOT NULL").format(
        _table(table), sql.Identifier(column), sql.Identifier(column)
    )
    return bool(conn.execute(statement, (said,)).rowcount)


def _rewrite(conn: Any, table: str, column: str) -> bool:
    name = sql.Identifier(column)
    rows = conn.execute(sql.SQL("SELECT ctid::text AS at, {} AS said FROM {}").format(name, _table(table))).fetchall()
    changed = [(json.dumps(new), row["at"]) for row in rows if (new := _spoiled(row["said"])) != row["said"]]
    change = sql.SQL("UPDATE {} SET {} = %s::jsonb WHERE ctid = %s::tid").format(_table(table), name)
    with conn.cursor() as cursor:
        cursor.executemany(change, changed)
    return bool(changed)


def _spoiled(said: Any, name: str = "") -> Any:
    """Sentences and names become attacks; codes, dates and addresses of ours stay."""
    if isinstance(said, dict):
        return {key: _spoiled(value, key) for key, value in said.items()}
    if isinstance(said, list):
        return [_spoiled(value, name) for value in said]
    if isinstance(said, str) and said and (" " in said.strip() or name in _JSON_NAMES):
        return ATTACK
    return said


def _poison_person(conn: Any, keyring: Keyring, row: dict[str, Any]) -> None:
    user_id: UUID = row["id"]
    person = open_person(keyring, user_id, row["data_key"], row["person"])
    spoiled = replace(
        person, first_name=ATTACK, last_name=ATTACK, city=ATTACK, bio=ATTACK,
        emergency_contact=EmergencyContact(ATTACK, "+442071234567", ATTACK),
    )  # fmt: skip
    sealed = seal_person(keyring, user_id, spoiled, row["data_key"])
    conn.execute("UPDATE identity.user_account SET person = %s WHERE id = %s", (sealed.person, user_id))


def _table(name: str) -> sql.Identifier:
    return sql.Identifier(*name.split("."))
