-- Keys of partners' programs. The key itself is shown once and never kept: only what SHA-256 makes of its 256 bits.
CREATE TABLE identity.api_key (
  id           uuid PRIMARY KEY,
  user_id      uuid        NOT NULL REFERENCES identity.user_account,
  name         text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 60),
  prefix       text        NOT NULL CHECK (prefix ~ '^[a-z2-7]{8}$'),   -- shown, so that one can tell keys apart
  secret_hash  bytea       NOT NULL,
  scopes       text[]      NOT NULL,
  per_minute   integer     NOT NULL,                                    -- requests, all processes together
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz,
  last_used_at timestamptz,                                             -- to the minute
  revoked_at   timestamptz,
  rotated_from uuid REFERENCES identity.api_key,
  CONSTRAINT api_key_prefix_is_unique UNIQUE (prefix),
  CONSTRAINT api_key_is_rotated_once UNIQUE (rotated_from),
  CONSTRAINT api_key_is_kept_as_a_hash CHECK (octet_length(secret_hash) = 32),
  CONSTRAINT api_key_has_a_limit CHECK (per_minute BETWEEN 1 AND 6000),
  CONSTRAINT api_key_expires_after_it_is_made CHECK (expires_at > created_at)
);
CREATE INDEX api_key_by_user ON identity.api_key (user_id, id DESC);

-- What a person has chosen. Language and zone are in the account; what they say of their travels may touch their
-- health or belief, so it is sealed under their own key.
CREATE TABLE identity.preferences (
  user_id       uuid PRIMARY KEY REFERENCES identity.user_account,
  version       integer     NOT NULL,
  notifications jsonb       NOT NULL DEFAULT '{}',   -- topic → channel → wanted; what is not said is as by default
  travel        bytea,
  updated_at    timestamptz NOT NULL,
  CONSTRAINT preferences_of_notifications_are_an_object CHECK (jsonb_typeof(notifications) = 'object')
);
ALTER TABLE identity.user_account
  ADD COLUMN currency text CONSTRAINT user_currency_is_a_code CHECK (currency ~ '^[A-Z]{3}$');
