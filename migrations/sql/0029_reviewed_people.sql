-- Who hosts are, seen on a document by an admin; the number on it is never kept. Businesses that were asked for more.

CREATE TABLE identity.identity_check (
  id          uuid        PRIMARY KEY,
  user_id     uuid        NOT NULL REFERENCES identity.user_account,
  kind        text        NOT NULL,
  country     text        NOT NULL,
  expires_on  date        NOT NULL,
  status      text        NOT NULL DEFAULT 'waiting',
  reason      text        NOT NULL DEFAULT '',
  asked_at    timestamptz NOT NULL,
  decided_at  timestamptz,
  reviewed_by uuid        REFERENCES identity.user_account,
  files_until timestamptz,
  reminded_at timestamptz,
  CONSTRAINT identity_is_shown_by_a_known_document CHECK (kind IN ('passport', 'id_card', 'driving_licence')),
  CONSTRAINT identity_document_is_of_a_country CHECK (country ~ '^[A-Z]{2}$'),
  CONSTRAINT identity_check_has_a_known_status CHECK (status IN ('waiting', 'approved', 'refused', 'expired')),
  CONSTRAINT identity_decision_has_a_time_and_ends_its_files CHECK (
    (status = 'waiting') = (decided_at IS NULL) AND (status = 'waiting') = (files_until IS NULL)),
  CONSTRAINT identity_decision_has_a_person CHECK (status NOT IN ('approved', 'refused') OR reviewed_by IS NOT NULL),
  CONSTRAINT identity_refusal_has_a_reason CHECK (status <> 'refused' OR reason <> ''),
  CONSTRAINT nobody_approves_their_own_identity CHECK (reviewed_by IS NULL OR reviewed_by <> user_id)
);
CREATE UNIQUE INDEX identity_check_one_waiting_per_person ON identity.identity_check (user_id) WHERE status = 'waiting';
CREATE UNIQUE INDEX identity_check_one_approved_per_person ON identity.identity_check (user_id)
  WHERE status = 'approved';
CREATE INDEX identity_check_by_person ON identity.identity_check (user_id, id DESC);
CREATE INDEX identity_check_by_status ON identity.identity_check (status, id);
CREATE INDEX identity_check_by_end ON identity.identity_check (expires_on) WHERE status = 'approved';

CREATE TABLE identity.identity_file (
  check_id    uuid NOT NULL REFERENCES identity.identity_check ON DELETE CASCADE,
  side        text NOT NULL,
  storage_key text NOT NULL UNIQUE,
  PRIMARY KEY (check_id, side),
  CONSTRAINT identity_file_is_of_a_known_side CHECK (side IN ('front', 'back', 'selfie')),
  CONSTRAINT identity_file_lies_in_the_private_part CHECK (starts_with(storage_key, 'private/identity/'))
);

ALTER TABLE catalog.business
  ADD COLUMN asked_at timestamptz,
  ADD COLUMN answer text NOT NULL DEFAULT '',
  ADD CONSTRAINT only_a_pending_business_is_asked_for_more CHECK (asked_at IS NULL OR status = 'PENDING'),
  ADD CONSTRAINT answer_of_a_business_is_of_bounded_length CHECK (length(answer) <= 2000);
