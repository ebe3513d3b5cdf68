"""What must hold afterwards, asked of the database in plain SQL; a breach is a row."""

from typing import LiteralString

from hospes.modules.booking.states import MOVES
from hospes.platform.db import ReadTx

_ALLOWED = [f"{source}>{move.target}" for move in MOVES.values() for source in move.sources]

INVARIANTS: dict[str, LiteralString] = {
    "no night above capacity": """
        SELECT n.resource_id::text, n.night::text, n.claimed, n.capacity + n.overbooking AS most
        FROM inventory.night_count AS n WHERE n.claimed > n.capacity + n.overbooking""",
    "counters equal the claims": """
        WITH taken AS (
          SELECT c.resource_id, d::date AS night, sum(c.quantity) AS claimed FROM inventory.claim AS c,
                 generate_series(c.first_night, c.last_night, interval '1 day') AS d
          WHERE c.released_at IS NULL AND c.unit_id IS NULL AND c.departure_id IS NULL GROUP BY 1, 2)
        SELECT COALESCE(n.resource_id, t.resource_id)::text, COALESCE(n.night, t.night)::text, n.claimed, t.claimed
        FROM inventory.night_count AS n FULL JOIN taken AS t ON t.resource_id = n.resource_id AND t.night = n.night
        WHERE COALESCE(n.claimed, 0) <> COALESCE(t.claimed, 0)""",
    "no departure above capacity": """
        SELECT d.id::text, d.claimed, d.capacity + d.overbooking AS most FROM inventory.departure AS d
        WHERE d.claimed > d.capacity + d.overbooking
          OR d.claimed <> (SELECT COALESCE(sum(c.quantity), 0) FROM inventory.claim AS c
                           WHERE c.departure_id = d.id AND c.released_at IS NULL)""",
    "no two claims of a unit at one time": """
        SELECT a.id::text, b.id::text FROM inventory.claim AS a JOIN inventory.claim AS b
          ON b.unit_id = a.unit_id AND b.id > a.id AND b.during && a.during
        WHERE a.released_at IS NULL AND b.released_at IS NULL""",
    "every live claim has a live owner": """
        SELECT c.id::text, c.kind, b.status, h.status FROM inventory.claim AS c
          LEFT JOIN booking.booking AS b ON b.id = c.owner_id LEFT JOIN booking.hold AS h ON h.id = c.owner_id
          LEFT JOIN booking.change AS g ON g.id = c.owner_id
        WHERE c.released_at IS NULL AND (
          (c.kind = 'booking' AND (b.id IS NULL OR b.status IN ('declined', 'expired', 'cancelled')))
          OR (c.kind = 'hold' AND h.status IS DISTINCT FROM 'live' AND g.status IS DISTINCT FROM 'open')
          OR c.owner_id IS NULL)""",
    "every imported claim ahead belongs to a busy time elsewhere": """
        SELECT c.id::text, c.owner_id::text FROM inventory.claim AS c
          LEFT JOIN inventory.feed_span AS s ON s.id = c.owner_id
        WHERE c.released_at IS NULL AND c.kind = 'external' AND s.id IS NULL AND upper(c.during) > (
          SELECT max(f.tried_at) FROM inventory.feed AS f WHERE f.resource_id = c.resource_id)""",
    # A month ahead: what begins before the last answer or lies far away is clipped.
    "what is sold elsewhere and was claimed is held here": """
        SELECT s.id::text, s.first_day::text, s.last_day::text FROM inventory.feed_span AS s
          JOIN inventory.feed AS f ON f.id = s.feed_id, LATERAL (
          SELECT count(*) AS claims, sum(c.last_night - c.first_night + 1) AS nights FROM inventory.claim AS c
          WHERE c.owner_id = s.id AND c.released_at IS NULL) AS held
        WHERE s.state = 'claimed' AND s.starts_at > f.succeeded_at + interval '1 day'
          AND s.ends_at < f.succeeded_at + interval '30 days'
          AND (held.claims = 0 OR held.nights < s.last_day - s.first_day)""",
    # What waits for an answer or a payment past its time may have lost its place to a rival already.
    "every booking that holds a place has its claims": """
        SELECT b.id::text, b.status FROM booking.booking AS b JOIN booking.item AS i ON i.booking_id = b.id
          LEFT JOIN inventory.claim AS c ON c.id = i.claim_id AND c.owner_id = b.id
        WHERE b.status IN ('pending_approval', 'pending_payment', 'confirmed', 'in_progress')
          AND (c.id IS NULL OR c.released_at IS NOT NULL)
          AND NOT (b.status LIKE 'pending%%' AND c.held_until <= c.released_at)""",
    "every booking's history is complete": """
        WITH steps AS (
          SELECT h.booking_id, h.from_status, h.to_status, h.action,
                 lag(h.to_status) OVER each AS before, lead(h.step) OVER each IS NULL AS newest
          FROM booking.history AS h WINDOW each AS (PARTITION BY h.booking_id ORDER BY h.step))
        SELECT b.id::text, b.status, s.from_status, s.to_status FROM booking.booking AS b
          LEFT JOIN steps AS s ON s.booking_id = b.id
        WHERE s.booking_id IS NULL OR s.from_status IS DISTINCT FROM s.before OR (s.newest AND s.to_status <> b.status)
          OR (s.from_status IS NOT NULL AND s.from_status <> s.to_status
              AND NOT (s.from_status || '>' || s.to_status) = ANY(%(allowed)s::text[]))""",
    # A use that is over may be counted still, until somebody needs its place.
    "coupons are counted as they are used": """
        SELECT c.code, c.used, c.global_limit, count(u.id) FROM promotions.coupon AS c
          LEFT JOIN promotions.coupon_use AS u ON u.coupon_id = c.id AND u.counted
        GROUP BY c.id HAVING c.used <> count(u.id) OR c.used > c.global_limit""",
    "every confirmed booking with a coupon has redeemed it": """
        SELECT b.id::text, d ->> 'code' FROM booking.booking AS b, jsonb_array_elements(b.terms -> 'discounts') AS d
        WHERE b.status IN ('confirmed', 'in_progress', 'completed') AND NOT EXISTS (
          SELECT 1 FROM promotions.coupon_use AS u WHERE u.owner_id = b.id AND u.status = 'redeemed'
            AND u.coupon_id = (d ->> 'coupon_id')::uuid)""",
    "credit given is left, in use, or has run out": """
        SELECT l.user_id::text, l.currency, l.held, e.moved FROM (
          SELECT l.user_id, l.currency, sum(l.left_over + COALESCE(u.amount, 0)) AS held FROM promotions.credit_lot AS l
            LEFT JOIN (SELECT lot_id, sum(amount) AS amount FROM promotions.credit_use WHERE status = 'reserved'
                       GROUP BY 1) AS u ON u.lot_id = l.id GROUP BY 1, 2) AS l
          FULL JOIN (SELECT user_id, currency, sum(amount) AS moved FROM promotions.wallet_entry GROUP BY 1, 2) AS e
            ON e.user_id = l.user_id AND e.currency = l.currency
        WHERE l.held IS DISTINCT FROM e.moved""",
    "price lines sum to the total": """
        SELECT b.id::text, b.total FROM booking.booking AS b
        WHERE b.total <> (SELECT sum((line ->> 'amount')::bigint)
                          FROM jsonb_array_elements(b.terms -> 'price' -> 'lines') AS line)""",
    # A booking's own payment and those of its changes, less what went back or is on its way. What is authorised counts,
    # and so does what its terms say is paid later: a balance, at the property, after an authorisation has lapsed.
    "what is kept was paid": """
        SELECT b.id::text, b.status, b.total, paid.amount FROM booking.booking AS b, LATERAL (
          SELECT COALESCE(sum(CASE
                   WHEN p.captured > 0 THEN p.captured - COALESCE(back.amount, 0)
                   WHEN p.status = 'authorised' THEN p.amount
                   WHEN p.status <> 'cancelled' AND (p.purpose = 'balance' OR p.provider = 'property'
                                                     OR (p.capture = 'manual' AND p.purpose = 'full')) THEN p.amount
                   ELSE 0 END), 0) AS amount FROM payments.payment AS p
            LEFT JOIN LATERAL (SELECT sum(a.amount) AS amount FROM payments.attempt AS a
                               WHERE a.payment_id = p.id AND a.kind = 'refund' AND a.status NOT IN ('dead', 'declined')
                                 AND a.reason IS DISTINCT FROM 'surplus') AS back ON true
          WHERE p.purpose <> 'damage_deposit' AND (p.booking_id = b.id OR p.booking_id IN (
            SELECT g.id FROM booking.change AS g WHERE g.booking_id = b.id))
          ) AS paid
        WHERE b.status IN ('confirmed', 'in_progress', 'completed') AND paid.amount < b.total""",
    "what moved is on the ledger, once": """
        SELECT a.id::text, a.kind, a.amount, t.id FROM payments.attempt AS a
          LEFT JOIN ledger.transaction AS t ON t.key = 'payment:' || a.id::text
        WHERE a.kind IN ('charge', 'capture', 'refund') AND (a.status = 'succeeded') <> (t.id IS NOT NULL)""",
    # Of a second charge of one part its refund is marked as surplus, and neither counts.
    "a payment says what its attempts moved": """
        SELECT p.id::text, p.status, p.captured, p.refunded, moved.taken, moved.back
        FROM payments.payment AS p, LATERAL (
          SELECT COALESCE(sum(a.amount) FILTER (WHERE a.kind <> 'refund'), 0) AS taken,
                 COALESCE(sum(a.amount) FILTER (WHERE a.kind = 'refund'), 0) AS back
          FROM payments.attempt AS a WHERE a.payment_id = p.id AND a.status = 'succeeded'
            AND a.kind IN ('charge', 'capture', 'refund') AND a.reason IS DISTINCT FROM 'surplus' AND NOT EXISTS (
              SELECT FROM payments.attempt AS s WHERE s.payment_id = p.id AND s.reason = 'surplus'
                AND s.target_ref = a.provider_ref)) AS moved
        WHERE (p.captured, p.refunded) <> (moved.taken, moved.back)""",
    "the ledger's providers hold what was taken and not given back": """
        WITH moved AS (
          SELECT COALESCE(a.provider, p.provider) AS provider, p.currency,
                 sum(CASE WHEN a.kind = 'refund' THEN -a.amount ELSE a.amount - COALESCE(a.fee, 0) END) AS amount
          FROM payments.attempt AS a JOIN payments.payment AS p ON p.id = a.payment_id
          WHERE a.kind IN ('charge', 'capture', 'refund') AND a.status = 'succeeded'
            AND COALESCE(a.provider, p.provider) <> 'property' GROUP BY 1, 2),
        held AS (
          SELECT c.owner AS provider, c.currency, sum(g.amount) AS amount FROM ledger.posting AS g
            JOIN ledger.account AS c ON c.id = g.account_id JOIN ledger.transaction AS t ON t.id = g.transaction_id
          WHERE c.kind = 'provider' AND t.key LIKE 'payment:%%' AND t.kind <> 'dispute_lost' GROUP BY 1, 2)
        SELECT provider, currency, moved.amount, held.amount FROM moved FULL JOIN held USING (provider, currency)
        WHERE COALESCE(moved.amount, 0) <> COALESCE(held.amount, 0)""",
    "the ledger sums to zero": """
        SELECT g.transaction_id, c.currency, sum(g.amount) AS off FROM ledger.posting AS g
          JOIN ledger.account AS c ON c.id = g.account_id GROUP BY 1, 2 HAVING sum(g.amount) <> 0""",
    # Of bookings that have not moved since they were allocated; the others wait for it, seconds at most.
    "what is kept of a booking is allocated": """
        WITH own AS (
          SELECT booking_id AS id, booking_id FROM payouts.earning
          UNION ALL SELECT g.id, g.booking_id FROM booking.change AS g JOIN payouts.earning AS e
            ON e.booking_id = g.booking_id WHERE g.status = 'applied'),
        paid AS (
          SELECT own.booking_id, max(p.updated_at) AS at, sum(CASE
              WHEN p.captured > 0 THEN p.captured - COALESCE((
                SELECT sum(a.amount) FROM payments.attempt AS a WHERE a.payment_id = p.id AND a.kind = 'refund'
                  AND a.status <> 'declined' AND a.reason IS DISTINCT FROM 'surplus'), 0)
              WHEN p.status NOT IN ('cancelled', 'authorised') AND b.status <> 'cancelled' THEN p.amount
              ELSE 0 END) AS amount
          FROM own JOIN booking.booking AS b ON b.id = own.booking_id
            JOIN payments.payment AS p ON p.booking_id = own.id AND p.purpose <> 'damage_deposit' GROUP BY 1),
        booked AS (
          SELECT own.booking_id, sum(g.amount) FILTER (WHERE t.kind = 'allocated') AS amount,
                 -sum(g.amount) FILTER (WHERE t.kind LIKE 'credit%%') AS credit
          FROM own JOIN ledger.transaction AS t ON t.about = own.id JOIN ledger.posting AS g ON g.transaction_id = t.id
            JOIN ledger.account AS c ON c.id = g.account_id AND c.kind = 'guest' GROUP BY 1)
        SELECT e.booking_id::text, b.status, paid.amount, booked.amount FROM payouts.earning AS e
          JOIN booking.booking AS b ON b.id = e.booking_id LEFT JOIN paid ON paid.booking_id = e.booking_id
          LEFT JOIN booked ON booked.booking_id = e.booking_id
        WHERE b.status IN ('confirmed', 'in_progress', 'completed', 'no_show', 'cancelled')
          AND e.updated_at >= GREATEST(b.updated_at, paid.at)
          AND COALESCE(paid.amount, 0) + COALESCE(booked.credit, 0) <> COALESCE(booked.amount, 0)""",
    "what was paid out is on the ledger": """
        SELECT p.id::text, p.status, p.amount, held.amount FROM payouts.payout AS p LEFT JOIN (
          SELECT t.key, -sum(g.amount) AS amount FROM ledger.transaction AS t
            JOIN ledger.posting AS g ON g.transaction_id = t.id JOIN ledger.account AS c ON c.id = g.account_id
          WHERE t.kind = 'paid_out' AND c.kind IN ('provider', 'provider_fees') GROUP BY 1) AS held
          ON held.key = 'payout:' || p.id::text
        WHERE COALESCE(held.amount, 0) <> CASE p.status WHEN 'paid' THEN p.amount ELSE 0 END""",
    "documents are numbered without gaps": """
        SELECT d.business_id::text, d.kind, d.year, count(*), max(d.number) FROM invoices.document AS d
        GROUP BY d.business_id, d.kind, d.year HAVING count(*) <> max(d.number)""",
    "an ended booking holds no card": """
        SELECT b.id::text, b.status, p.id::text, p.purpose FROM booking.booking AS b
          JOIN payments.payment AS p ON p.booking_id = b.id AND p.status = 'authorised'
        WHERE b.status IN ('expired', 'declined', 'cancelled') AND NOT EXISTS (
          SELECT 1 FROM payments.attempt AS a WHERE a.payment_id = p.id AND a.kind IN ('capture', 'void'))""",
}


async def breaches(tx: ReadTx) -> dict[str, list[tuple[object, ...]]]:
    """By invariant, at most ten rows that break it; empty while all hold."""
    found = {}
    for name, sql in INVARIANTS.items():
        rows = await tx.all(f"{sql} LIMIT 10", {"allowed": _ALLOWED})
        if rows:
            found[name] = [tuple(row.values()) for row in rows]
    return found
