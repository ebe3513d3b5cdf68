-- Calendar feeds: what is imported, what is exported.

CREATE TABLE inventory.feed (
  id            uuid PRIMARY KEY,
  resource_id   uuid        NOT NULL,
  unit_id       uuid,                            -- NULL: each busy time takes any one unit
  name          text        NOT NULL,
  url           text        NOT NULL,
  result        text        NOT NULL DEFAULT 'waiting'
                CHECK (result IN ('waiting', 'good', 'unchanged', 'partial', 'suspicious', 'failed')),
  detail        text        NOT NULL DEFAULT '', -- a sentence for the host
  etag          text,                            -- of the last answer that was taken whole
  last_modified text,
  tried_at      timestamptz,
  succeeded_at  timestamptz,
  suspected_at  timestamptz,                     -- since when much is missing that has not been let go
  failures      integer     NOT NULL DEFAULT 0 CHECK (failures >= 0),
  next_try_at   timestamptz NOT NULL,
  created_at    timestamptz NOT NULL,
  CONSTRAINT feed_one_address_a_resource UNIQUE (resource_id, url)
);
CREATE INDEX feed_due ON inventory.feed (next_try_at);

-- One busy time of a feed. Its claims belong to `id`, and stay when the feed forgets what is past.
CREATE TABLE inventory.feed_span (
  id         uuid PRIMARY KEY,
  feed_id    uuid        NOT NULL REFERENCES inventory.feed ON DELETE CASCADE,
  uid        text        NOT NULL,
  occurrence text        NOT NULL,
  starts_at  timestamptz NOT NULL,
  ends_at    timestamptz NOT NULL,
  first_day  date,                               -- all-day: days [first_day, last_day)
  last_day   date,
  summary    text        NOT NULL,
  tentative  boolean     NOT NULL,
  state      text        NOT NULL CHECK (state IN ('claimed', 'conflict', 'covered')),
  detail     text        NOT NULL DEFAULT '',
  CONSTRAINT feed_span_ends_after_it_starts CHECK (ends_at > starts_at)
);
CREATE INDEX feed_span_by_feed ON inventory.feed_span (feed_id, ends_at);

-- The address under which a resource's own calendar can be fetched.
CREATE TABLE inventory.export_address (
  resource_id uuid PRIMARY KEY,
  secret      text        NOT NULL,
  rotated_at  timestamptz NOT NULL,
  CONSTRAINT export_address_leads_to_one_resource UNIQUE (secret)
);
