-- Bookings by the minute and by departure, and of several resources.

ALTER TABLE booking.hold
  DROP CONSTRAINT hold_check,
  ADD COLUMN mode         text NOT NULL DEFAULT 'nightly' CHECK (mode IN ('nightly', 'timed', 'departure')),
  ADD COLUMN resource_ids uuid[] NOT NULL DEFAULT '{}',       -- everything it keeps, with starts_at and ends_at
  ADD COLUMN starts_at    timestamptz,
  ADD COLUMN ends_at      timestamptz,
  ADD CONSTRAINT hold_ends_after_it_begins CHECK (departure > arrival OR (mode <> 'nightly' AND departure >= arrival));

ALTER TABLE booking.booking
  DROP CONSTRAINT booking_check,
  ADD COLUMN mode    text NOT NULL DEFAULT 'nightly' CHECK (mode IN ('nightly', 'timed', 'departure')),
  ADD COLUMN plan_id uuid,
  ADD CONSTRAINT booking_ends_after_it_begins
    CHECK (departure > arrival OR (mode <> 'nightly' AND departure >= arrival));

-- One row a claim; position 0 is what the booking is about, the others come along.
ALTER TABLE booking.item
  ADD COLUMN position smallint NOT NULL DEFAULT 0,
  ADD CONSTRAINT item_one_at_a_position UNIQUE (booking_id, position);
DROP INDEX booking.item_by_booking;
