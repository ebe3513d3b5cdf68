CREATE SCHEMA booking;

CREATE TABLE booking.hold (
  id          uuid PRIMARY KEY,
  guest_id    uuid        NOT NULL REFERENCES identity.user_account,
  resource_id uuid        NOT NULL,
  arrival     date        NOT NULL,
  departure   date        NOT NULL CHECK (departure > arrival),
  party       jsonb       NOT NULL,
  quote       jsonb       NOT NULL,
  status      text        NOT NULL CHECK (status IN ('live', 'used', 'released', 'expired')),
  expires_at  timestamptz NOT NULL,
  created_at  timestamptz NOT NULL
);
CREATE INDEX hold_by_guest ON booking.hold (guest_id) WHERE status = 'live';
CREATE INDEX hold_expiring ON booking.hold (expires_at) WHERE status = 'live';

CREATE TABLE booking.booking (
  id           uuid PRIMARY KEY,
  reference    text        NOT NULL,
  guest_id     uuid        NOT NULL REFERENCES identity.user_account,
  business_id  uuid        NOT NULL,
  property_id  uuid        NOT NULL,
  status       text        NOT NULL CHECK (status IN ('pending_approval', 'pending_payment', 'confirmed', 'in_progress',
                                                      'completed', 'declined', 'expired', 'cancelled', 'no_show')),
  arrival      date        NOT NULL,
  departure    date        NOT NULL CHECK (departure > arrival),
  check_in_at  timestamptz NOT NULL,
  check_out_at timestamptz NOT NULL,
  adults       smallint    NOT NULL,
  children     smallint    NOT NULL DEFAULT 0,
  infants      smallint    NOT NULL DEFAULT 0,
  pets         smallint    NOT NULL DEFAULT 0,
  currency     char(3)     NOT NULL,
  total        bigint      NOT NULL CHECK (total >= 0),
  terms        jsonb       NOT NULL,     -- frozen at booking: price lines, cancellation terms, house rules, names
  message      text        NOT NULL DEFAULT '',
  decide_by    timestamptz,              -- the host's answer, the guest's payment: whichever the status waits for
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  version      integer     NOT NULL DEFAULT 1,
  CONSTRAINT booking_reference_is_unique UNIQUE (reference)
);
CREATE INDEX booking_by_guest ON booking.booking (guest_id, id);
CREATE INDEX booking_by_property ON booking.booking (property_id, arrival);
CREATE INDEX booking_by_business ON booking.booking (business_id, id);
CREATE INDEX booking_due ON booking.booking (decide_by) WHERE status IN ('pending_approval', 'pending_payment');
CREATE INDEX booking_to_start ON booking.booking (check_in_at) WHERE status = 'confirmed';
CREATE INDEX booking_to_end ON booking.booking (check_out_at) WHERE status = 'in_progress';

CREATE TABLE booking.item (
  id          uuid PRIMARY KEY,
  booking_id  uuid     NOT NULL REFERENCES booking.booking,
  resource_id uuid     NOT NULL,
  claim_id    uuid     NOT NULL,
  quantity    smallint NOT NULL DEFAULT 1
);
CREATE INDEX item_by_booking ON booking.item (booking_id);
CREATE INDEX item_by_resource ON booking.item (resource_id, booking_id);

CREATE TABLE booking.history (
  id          uuid PRIMARY KEY,
  booking_id  uuid        NOT NULL REFERENCES booking.booking,
  at          timestamptz NOT NULL,
  actor       text        NOT NULL,      -- guest, host, admin, clock, payment
  actor_id    uuid,
  action      text        NOT NULL,
  from_status text,
  to_status   text        NOT NULL,
  note        text        NOT NULL DEFAULT '',
  step        bigint      GENERATED ALWAYS AS IDENTITY      -- the order of steps at the same instant
);
CREATE INDEX history_by_booking ON booking.history (booking_id, step);
