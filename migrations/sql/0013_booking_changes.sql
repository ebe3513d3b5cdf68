-- Changes to bookings, series, the waitlist, and what a person has to look at.

ALTER TABLE booking.history ADD COLUMN data jsonb NOT NULL DEFAULT '{}';      -- of a change: what was, what is now

ALTER TABLE booking.hold
  ADD COLUMN renewed_at timestamptz,             -- a hold is renewed once
  ADD COLUMN warned_at  timestamptz;             -- hold.expiring has been told
CREATE INDEX hold_to_warn_of ON booking.hold (expires_at) WHERE status = 'live' AND warned_at IS NULL;

-- A change that costs more, until it is paid. Its id is what the further payment is for (payments.payment.booking_id) and
-- the owner of the claims it keeps meanwhile; what the guest has stays theirs.
CREATE TABLE booking.change (
  id         uuid PRIMARY KEY,
  booking_id uuid        NOT NULL REFERENCES booking.booking,
  status     text        NOT NULL CHECK (status IN ('open', 'applied', 'expired', 'withdrawn', 'refunded')),
  actor      text        NOT NULL,
  actor_id   uuid        NOT NULL,
  quote      jsonb       NOT NULL,
  old_total  bigint      NOT NULL,
  difference bigint      NOT NULL CHECK (difference > 0),
  currency   char(3)     NOT NULL,
  seen       jsonb       NOT NULL,               -- the booking as it was; applied only while it is still so
  pay_by     timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX change_one_open_per_booking ON booking.change (booking_id) WHERE status = 'open';
CREATE INDEX change_by_booking ON booking.change (booking_id, id);
CREATE INDEX change_due ON booking.change (pay_by) WHERE status = 'open';

CREATE TABLE booking.series (
  id          uuid PRIMARY KEY,
  guest_id    uuid        NOT NULL REFERENCES identity.user_account,
  business_id uuid        NOT NULL,
  resource_id uuid        NOT NULL,
  every_weeks smallint    NOT NULL CHECK (every_weeks BETWEEN 1 AND 52),
  created_at  timestamptz NOT NULL
);
ALTER TABLE booking.booking ADD COLUMN series_id uuid REFERENCES booking.series;
CREATE INDEX booking_by_series ON booking.booking (series_id, check_in_at) WHERE series_id IS NOT NULL;

-- Who waits for a place, first come first served. The offer is a hold of the guest's.
CREATE TABLE booking.waitlist_entry (
  id          uuid PRIMARY KEY,
  guest_id    uuid        NOT NULL REFERENCES identity.user_account,
  business_id uuid        NOT NULL,
  resource_id uuid        NOT NULL,
  wish        jsonb       NOT NULL,
  minutes     integer     CHECK (minutes > 0),   -- any time of this length between starts_at and ends_at
  starts_at   timestamptz NOT NULL,
  ends_at     timestamptz NOT NULL,
  status      text        NOT NULL CHECK (status IN ('waiting', 'offered', 'booked', 'lapsed', 'left', 'over')),
  hold_id     uuid        REFERENCES booking.hold,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  CONSTRAINT waitlist_waits_for_some_time CHECK (ends_at > starts_at),
  CONSTRAINT waitlist_offer_is_a_hold CHECK (status <> 'offered' OR hold_id IS NOT NULL)
);
CREATE INDEX waitlist_queue ON booking.waitlist_entry (resource_id, id) WHERE status = 'waiting';
CREATE INDEX waitlist_offers ON booking.waitlist_entry (resource_id) WHERE status = 'offered';
CREATE INDEX waitlist_by_guest ON booking.waitlist_entry (guest_id, id);
CREATE UNIQUE INDEX waitlist_waits_once ON booking.waitlist_entry (guest_id, resource_id, starts_at, ends_at)
  WHERE status IN ('waiting', 'offered');

-- What went wrong with money and needs a person.
CREATE TABLE booking.attention (
  id          uuid PRIMARY KEY,
  booking_id  uuid        NOT NULL REFERENCES booking.booking,
  event_id    uuid        NOT NULL,
  kind        text        NOT NULL,
  data        jsonb       NOT NULL,
  created_at  timestamptz NOT NULL,
  resolved_at timestamptz,
  resolved_by uuid,
  note        text        NOT NULL DEFAULT '',
  CONSTRAINT attention_once_per_event UNIQUE (event_id)
);
CREATE INDEX attention_open ON booking.attention (id) WHERE resolved_at IS NULL;
