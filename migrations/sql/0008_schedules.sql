-- Weekly windows, exceptions, departures, and claims by the minute.

CREATE TABLE inventory.schedule (
  resource_id     uuid PRIMARY KEY,
  slot_minutes    integer NOT NULL CHECK (slot_minutes BETWEEN 1 AND 1440),
  step_minutes    integer NOT NULL CHECK (step_minutes BETWEEN 1 AND 1440),
  longest_minutes integer,                       -- NULL: up to the window
  before_minutes  integer NOT NULL DEFAULT 0 CHECK (before_minutes BETWEEN 0 AND 1440),
  after_minutes   integer NOT NULL DEFAULT 0 CHECK (after_minutes BETWEEN 0 AND 1440),
  notice_minutes  integer NOT NULL DEFAULT 0 CHECK (notice_minutes >= 0),
  horizon_days    integer NOT NULL DEFAULT 90 CHECK (horizon_days BETWEEN 1 AND 730),
  max_per_day     integer CHECK (max_per_day >= 1),
  max_per_week    integer CHECK (max_per_week >= 1),
  travel_mode     text    NOT NULL DEFAULT 'local' CHECK (travel_mode IN ('local', 'travel')),
  radius_km       double precision CHECK (radius_km > 0),
  speed_kmh       double precision CHECK (speed_kmh > 0),
  home_latitude   double precision CHECK (home_latitude BETWEEN -90 AND 90),
  home_longitude  double precision CHECK (home_longitude BETWEEN -180 AND 180),
  version         integer NOT NULL DEFAULT 1,
  CONSTRAINT schedule_longest_is_no_shorter_than_a_slot CHECK (longest_minutes >= slot_minutes),
  CONSTRAINT schedule_travel_has_home_radius_and_speed CHECK (travel_mode = 'local' OR
    (radius_km IS NOT NULL AND speed_kmh IS NOT NULL AND home_latitude IS NOT NULL AND home_longitude IS NOT NULL))
);

-- Wall-clock times at the property. Closing at or before opening is on the next day.
CREATE TABLE inventory.schedule_window (
  resource_id uuid     NOT NULL REFERENCES inventory.schedule ON DELETE CASCADE,
  unit_id     uuid,                              -- NULL: of every unit without windows of its own
  weekday     smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
  opens       time     NOT NULL,
  closes      time     NOT NULL,
  CONSTRAINT window_opens_once_at_a_time UNIQUE NULLS NOT DISTINCT (resource_id, unit_id, weekday, opens)
);

CREATE TABLE inventory.schedule_exception (
  resource_id uuid  NOT NULL REFERENCES inventory.schedule ON DELETE CASCADE,
  day         date  NOT NULL,
  unit_id     uuid,
  opens       time[] NOT NULL DEFAULT '{}',      -- both empty: closed
  closes      time[] NOT NULL DEFAULT '{}',
  note        text  NOT NULL DEFAULT '',
  CONSTRAINT exception_one_a_day UNIQUE NULLS NOT DISTINCT (resource_id, day, unit_id),
  CONSTRAINT exception_every_opening_closes CHECK (cardinality(opens) = cardinality(closes))
);

-- `first_day` and `last_day` are the days it starts and ends on the wall there.
CREATE TABLE inventory.departure (
  id             uuid PRIMARY KEY,
  resource_id    uuid        NOT NULL,
  starts_at      timestamptz NOT NULL,
  ends_at        timestamptz NOT NULL,
  first_day      date        NOT NULL,
  last_day       date        NOT NULL,
  capacity       integer     NOT NULL CHECK (capacity >= 1),
  overbooking    integer     NOT NULL DEFAULT 0 CHECK (overbooking >= 0),
  claimed        integer     NOT NULL DEFAULT 0 CHECK (claimed >= 0),
  cutoff_minutes integer     NOT NULL DEFAULT 0 CHECK (cutoff_minutes >= 0),
  min_group      integer     NOT NULL DEFAULT 1 CHECK (min_group >= 1),
  max_group      integer,
  price_amount   bigint      CHECK (price_amount >= 0),
  status         text        NOT NULL DEFAULT 'scheduled' CHECK (status IN ('scheduled', 'cancelled')),
  version        integer     NOT NULL DEFAULT 1,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  CONSTRAINT departure_never_above_capacity CHECK (claimed <= capacity + overbooking),
  CONSTRAINT departure_ends_after_it_starts CHECK (ends_at > starts_at),
  CONSTRAINT departure_largest_group_is_no_smaller CHECK (max_group >= min_group)
) WITH (fillfactor = 80);
CREATE INDEX departure_by_start ON inventory.departure (resource_id, starts_at);

-- `during` holds the buffers too; the service itself is [starts_at, ends_at). NULL for nights: the span is the service.
ALTER TABLE inventory.claim
  ADD COLUMN starts_at    timestamptz,
  ADD COLUMN ends_at      timestamptz,
  ADD COLUMN departure_id uuid REFERENCES inventory.departure,
  ADD COLUMN latitude     double precision,
  ADD COLUMN longitude    double precision,
  ADD CONSTRAINT claim_service_lies_within_its_span
    CHECK (starts_at IS NULL OR (starts_at < ends_at AND during @> tstzrange(starts_at, ends_at))),
  ADD CONSTRAINT claim_has_a_unit_or_is_counted CHECK (departure_id IS NULL OR unit_id IS NULL);
CREATE INDEX claim_live_by_departure ON inventory.claim (departure_id)
  WHERE departure_id IS NOT NULL AND released_at IS NULL;
