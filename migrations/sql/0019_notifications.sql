CREATE SCHEMA notifications;

-- What is to be mailed, written in the commit that handles the event it tells of.
CREATE TABLE notifications.message (
  id           uuid PRIMARY KEY,                   -- also in its Message-ID, so that a second copy can be told
  event_id     uuid        NOT NULL,               -- of a series: the series
  kind         text        NOT NULL,
  recipient_id uuid        NOT NULL,
  address      text        NOT NULL,
  name         text        NOT NULL,
  subject      text        NOT NULL,
  plain        text        NOT NULL,
  html         text        NOT NULL,
  calendar     text        NOT NULL DEFAULT '',    -- text/calendar
  documents    uuid[]      NOT NULL DEFAULT '{}',  -- of invoices.document, attached as PDF
  status       text        NOT NULL CHECK (status IN ('waiting', 'sent', 'failed')),
  tries        smallint    NOT NULL DEFAULT 0,
  next_try_at  timestamptz,
  fault        text        NOT NULL DEFAULT '',
  created_at   timestamptz NOT NULL,
  sent_at      timestamptz,
  CONSTRAINT message_once_per_event_recipient_and_kind UNIQUE (event_id, recipient_id, kind),
  CONSTRAINT message_waits_for_a_time CHECK ((status = 'waiting') = (next_try_at IS NOT NULL))
);
CREATE INDEX message_due ON notifications.message (next_try_at) WHERE status = 'waiting';
