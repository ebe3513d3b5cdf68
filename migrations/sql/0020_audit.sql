-- Who did what to whom, written in the commit that does it. Never changed, never deleted by the product.
CREATE TABLE platform.audit_entry (
  id         uuid PRIMARY KEY,                    -- UUIDv7: in the order of time
  at         timestamptz NOT NULL,
  actor_id   uuid,                                -- who did it; null: the product itself
  acting_for uuid,                                -- whose account an admin was in
  action     text        NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
  subject_id uuid,                                -- whom or what it was done to
  data       jsonb       NOT NULL DEFAULT '{}',   -- names of fields, never what is secret or personal
  origin     text        NOT NULL DEFAULT ''      -- a keyed hash of the network address
);
CREATE INDEX audit_entry_by_subject ON platform.audit_entry (subject_id, id DESC);
CREATE INDEX audit_entry_by_actor ON platform.audit_entry (actor_id, id DESC) WHERE actor_id IS NOT NULL;

CREATE FUNCTION platform.refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an audit entry is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_entry_is_never_changed BEFORE UPDATE OR DELETE ON platform.audit_entry
  FOR EACH ROW EXECUTE FUNCTION platform.refuse_change_of_audit();
