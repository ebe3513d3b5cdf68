-- What proves a person besides their password. Secrets of apps are sealed; of codes and cookies only hashes are kept.
CREATE TABLE identity.second_factor (
  id           uuid PRIMARY KEY,
  user_id      uuid        NOT NULL REFERENCES identity.user_account ON DELETE CASCADE,
  kind         text        NOT NULL CHECK (kind IN ('totp', 'sms')),
  secret       bytea,                             -- totp: the shared secret, sealed
  last_step    bigint      NOT NULL DEFAULT 0,    -- totp: no code of this 30 s step or an earlier one is accepted again
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz,
  CONSTRAINT second_factor_is_one_of_its_kind UNIQUE (user_id, kind),
  CONSTRAINT second_factor_app_has_a_secret CHECK ((kind = 'totp') = (secret IS NOT NULL))
);

CREATE TABLE identity.passkey (
  id            uuid PRIMARY KEY,
  user_id       uuid        NOT NULL REFERENCES identity.user_account ON DELETE CASCADE,
  credential_id bytea       NOT NULL CHECK (length(credential_id) BETWEEN 1 AND 1023),
  public_key    bytea       NOT NULL,
  sign_count    bigint      NOT NULL CHECK (sign_count >= 0),
  name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  transports    text[]      NOT NULL DEFAULT '{}',
  backed_up     boolean     NOT NULL,             -- kept in step between the person's devices
  created_at    timestamptz NOT NULL,
  last_used_at  timestamptz,
  CONSTRAINT passkey_belongs_to_one_person UNIQUE (credential_id)
);
CREATE INDEX passkey_by_user ON identity.passkey (user_id);

CREATE TABLE identity.recovery_code (
  id         uuid PRIMARY KEY,
  user_id    uuid        NOT NULL REFERENCES identity.user_account ON DELETE CASCADE,
  code_hash  bytea       NOT NULL,
  created_at timestamptz NOT NULL,
  used_at    timestamptz,
  CONSTRAINT recovery_code_is_given_once UNIQUE (user_id, code_hash)
);

-- A browser that a person has signed in with, by the hash of its cookie.
CREATE TABLE identity.device (
  id            uuid PRIMARY KEY,
  user_id       uuid        NOT NULL REFERENCES identity.user_account ON DELETE CASCADE,
  token_hash    bytea       NOT NULL,
  name          text        NOT NULL,             -- such as Firefox on Linux
  place         text        NOT NULL DEFAULT '',
  first_seen_at timestamptz NOT NULL,
  last_seen_at  timestamptz NOT NULL,
  trusted_until timestamptz,                      -- until then it is not asked for a second step
  CONSTRAINT device_is_known_once UNIQUE (user_id, token_hash)
);
CREATE INDEX device_by_last_use ON identity.device (last_seen_at);

-- Somebody has lost every second step: an admin checks who they are, and a day later the steps are removed.
CREATE TABLE identity.second_factor_reset (
  id         uuid PRIMARY KEY,
  user_id    uuid        NOT NULL REFERENCES identity.user_account ON DELETE CASCADE,
  status     text        NOT NULL CHECK (status IN ('asked', 'approved', 'done', 'refused', 'cancelled')),
  words      text        NOT NULL DEFAULT '' CHECK (length(words) <= 1000),  -- of the person who asks
  reason     text        NOT NULL DEFAULT '' CHECK (length(reason) <= 1000), -- of the admin who decides
  asked_at   timestamptz NOT NULL,
  decided_by uuid,
  decided_at timestamptz,
  due_at     timestamptz,
  ended_at   timestamptz,
  CONSTRAINT second_factor_reset_is_decided_by_somebody_else CHECK (decided_by <> user_id),
  CONSTRAINT second_factor_reset_waits_before_it_is_done
    CHECK (status NOT IN ('approved', 'done') OR (decided_by IS NOT NULL AND due_at > decided_at))
);
CREATE UNIQUE INDEX second_factor_reset_one_open_for_a_person ON identity.second_factor_reset (user_id)
  WHERE status IN ('asked', 'approved');
CREATE INDEX second_factor_reset_due ON identity.second_factor_reset (due_at) WHERE status = 'approved';
