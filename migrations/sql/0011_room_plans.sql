-- Units out of service, and which unit a counted stay gets.

-- A claim of several rooms has one assignment for each, by `place` from 0. A pinned one is never moved by a plan.
CREATE TABLE inventory.unit_assignment (
  claim_id    uuid        NOT NULL REFERENCES inventory.claim ON DELETE CASCADE,
  place       smallint    NOT NULL DEFAULT 0 CHECK (place >= 0),
  resource_id uuid        NOT NULL,
  unit_id     uuid        NOT NULL,
  nights      daterange   NOT NULL CHECK (NOT isempty(nights)),
  pinned      boolean     NOT NULL DEFAULT false,
  assigned_at timestamptz NOT NULL,
  CONSTRAINT stay_has_one_unit_a_place PRIMARY KEY (claim_id, place),
  CONSTRAINT unit_has_one_stay_at_a_time EXCLUDE USING gist (unit_id WITH =, nights WITH &&)
);
CREATE INDEX unit_assignment_by_resource ON inventory.unit_assignment USING gist (resource_id, nights);

CREATE TABLE inventory.outage (
  id          uuid PRIMARY KEY,
  resource_id uuid        NOT NULL,
  unit_id     uuid        NOT NULL,
  nights      daterange   NOT NULL CHECK (NOT isempty(nights)),
  reason      text        NOT NULL,
  created_at  timestamptz NOT NULL,
  CONSTRAINT unit_is_out_of_service_once_at_a_time EXCLUDE USING gist (unit_id WITH =, nights WITH &&)
);
CREATE INDEX outage_by_resource ON inventory.outage USING gist (resource_id, nights);

-- A stay that is let go gives its room back in the same moment, whoever lets it go.
CREATE FUNCTION inventory.give_room_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM inventory.unit_assignment WHERE claim_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER claim_gives_its_room_back AFTER UPDATE OF released_at ON inventory.claim
  FOR EACH ROW WHEN (NEW.released_at IS NOT NULL AND NEW.unit_id IS NULL AND NEW.departure_id IS NULL)
  EXECUTE FUNCTION inventory.give_room_back();
