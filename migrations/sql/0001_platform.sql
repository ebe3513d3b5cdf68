CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE SCHEMA platform;

-- Facts, written in the same commit as what they tell of. `id` is taken after the aggregate's row lock, so for one
-- aggregate it grows in commit order; `xact` lets a tail skip transactions that are still open (see platform/tail.py).
CREATE TABLE platform.outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id     uuid        NOT NULL,
  type         text        NOT NULL,
  aggregate_id uuid        NOT NULL,
  data         jsonb       NOT NULL,
  occurred_at  timestamptz NOT NULL,
  xact         xid8        NOT NULL DEFAULT pg_current_xact_id(),
  relayed_at   timestamptz
);
CREATE INDEX outbox_waiting ON platform.outbox (id) WHERE relayed_at IS NULL;
CREATE INDEX outbox_by_xact ON platform.outbox (xact);
CREATE INDEX outbox_by_aggregate ON platform.outbox (aggregate_id, id);

CREATE TABLE platform.idempotency (
  caller       text        NOT NULL,
  key          text        NOT NULL,
  request_hash bytea       NOT NULL,
  status       smallint    NOT NULL,
  body         bytea       NOT NULL,
  headers      jsonb       NOT NULL DEFAULT '{}',
  expires_at   timestamptz NOT NULL,
  CONSTRAINT idempotency_one_answer_per_key PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_expired ON platform.idempotency (expires_at);

-- What a subscriber has already done; inserted in the subscriber's own transaction.
CREATE TABLE platform.handled_event (
  subscriber text        NOT NULL,
  event_id   uuid        NOT NULL,
  handled_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT handled_event_once_per_subscriber PRIMARY KEY (subscriber, event_id)
);

-- When each piece of periodic work was last begun; whoever moves the time takes the turn.
CREATE TABLE platform.periodic_turn (
  name     text        PRIMARY KEY,
  taken_at timestamptz NOT NULL
);
