CREATE SCHEMA inventory;

-- One table for everything that can hold a place. A claim is live until `released_at`; one with `held_until` is soft:
-- a rival may release it once that instant has passed (a hold, or a booking still waiting for its payment).
CREATE TABLE inventory.claim (
  id          uuid PRIMARY KEY,
  resource_id uuid        NOT NULL,
  unit_id     uuid,                       -- NULL: counted in inventory.night_count, unit assigned later
  quantity    smallint    NOT NULL DEFAULT 1 CHECK (quantity >= 1),
  during      tstzrange   NOT NULL CHECK (NOT isempty(during)),
  first_night date,                       -- nightly claims: nights [first_night, last_night]
  last_night  date,
  kind        text        NOT NULL CHECK (kind IN ('hold', 'booking', 'block', 'external')),
  owner_id    uuid,                       -- hold id, booking id or block id, by kind
  held_until  timestamptz,
  note        text        NOT NULL DEFAULT '',
  created_at  timestamptz NOT NULL,
  released_at timestamptz,
  CONSTRAINT claim_one_holder_at_a_time
    EXCLUDE USING gist (unit_id WITH =, during WITH &&) WHERE (released_at IS NULL AND unit_id IS NOT NULL)
);
CREATE INDEX claim_live_by_resource ON inventory.claim USING gist (resource_id, during) WHERE (released_at IS NULL);
CREATE INDEX claim_by_owner ON inventory.claim (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX claim_soft ON inventory.claim (held_until) WHERE released_at IS NULL AND held_until IS NOT NULL;

CREATE TABLE inventory.night_count (
  resource_id uuid     NOT NULL,
  night       date     NOT NULL,
  capacity    integer  NOT NULL CHECK (capacity >= 0),
  overbooking integer  NOT NULL DEFAULT 0 CHECK (overbooking >= 0),
  claimed     integer  NOT NULL DEFAULT 0 CHECK (claimed >= 0),
  CONSTRAINT night_count_one_row_per_night PRIMARY KEY (resource_id, night),
  CONSTRAINT night_never_above_capacity CHECK (claimed <= capacity + overbooking)
) WITH (fillfactor = 80);
