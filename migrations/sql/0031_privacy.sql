-- Copies of what is known of a person, made when they ask for one. The file lies sealed in storage for a week.
CREATE TABLE identity.export (
  id          uuid PRIMARY KEY,
  user_id     uuid        NOT NULL REFERENCES identity.user_account,
  status      text        NOT NULL CHECK (status IN ('asked', 'ready', 'over')),
  asked_at    timestamptz NOT NULL,
  ready_at    timestamptz,
  ends_at     timestamptz,
  storage_key text,
  size        bigint,
  CONSTRAINT export_that_is_ready_has_a_file
    CHECK ((status = 'ready') = (storage_key IS NOT NULL AND size IS NOT NULL AND ends_at IS NOT NULL))
);
CREATE UNIQUE INDEX export_one_at_a_time ON identity.export (user_id) WHERE status = 'asked';
CREATE INDEX export_by_user ON identity.export (user_id, id DESC);
CREATE INDEX export_to_end ON identity.export (ends_at) WHERE status = 'ready';

-- Somebody wants to be forgotten: until `due_at` signing in takes it back.
CREATE TABLE identity.deletion (
  id         uuid PRIMARY KEY,
  user_id    uuid        NOT NULL REFERENCES identity.user_account,
  status     text        NOT NULL CHECK (status IN ('waiting', 'undone', 'done')),
  asked_at   timestamptz NOT NULL,
  due_at     timestamptz NOT NULL,
  ended_at   timestamptz,
  in_the_way text[]      NOT NULL DEFAULT '{}',   -- kinds of what put it off last
  CONSTRAINT deletion_that_is_over_says_when CHECK ((status = 'waiting') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX deletion_one_open_for_a_person ON identity.deletion (user_id) WHERE status = 'waiting';
CREATE INDEX deletion_due ON identity.deletion (due_at) WHERE status = 'waiting';

-- What a person has agreed to, and withdrawn: every yes and every no, never changed.
CREATE TABLE identity.consent (
  id      uuid PRIMARY KEY,
  user_id uuid        NOT NULL REFERENCES identity.user_account,
  kind    text        NOT NULL CHECK (kind IN ('terms', 'privacy', 'marketing')),
  version text        NOT NULL CHECK (version <> ''),
  given   boolean     NOT NULL,
  at      timestamptz NOT NULL,
  origin  text        NOT NULL DEFAULT '',        -- a keyed hash of the network address
  CONSTRAINT only_marketing_can_be_refused CHECK (given OR kind = 'marketing')
);
CREATE INDEX consent_by_user ON identity.consent (user_id, kind, id DESC);

-- Documents of people who were forgotten are kept for the tax office, but sealed.
ALTER TABLE invoices.document ADD COLUMN sealed_content bytea;   -- instead of `content`, which is then empty
CREATE OR REPLACE FUNCTION invoices.refuse_to_change_a_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(NEW) ->> 'sealed_content' IS NOT NULL AND to_jsonb(NEW) -> 'content' = '{}'
       AND (to_jsonb(NEW) - 'content' - 'sealed_content') = (to_jsonb(OLD) - 'content' - 'sealed_content') THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'An issued document is never changed or removed; write a credit note.' USING ERRCODE = 'restrict_violation';
END
$$;
