-- Accounts elsewhere with which people sign in here. The provider's name for a person is kept as a keyed hash.
CREATE TABLE identity.linked_account (
  id           uuid PRIMARY KEY,
  user_id      uuid        NOT NULL REFERENCES identity.user_account ON DELETE CASCADE,
  provider     text        NOT NULL CHECK (provider IN ('google', 'facebook', 'apple', 'oidc')),
  subject_mark bytea       NOT NULL,
  linked_at    timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  CONSTRAINT linked_account_belongs_to_one_person UNIQUE (provider, subject_mark),
  CONSTRAINT linked_account_once_a_provider UNIQUE (user_id, provider)
);

-- Who came through a provider has no password until they set one.
ALTER TABLE identity.user_account ALTER COLUMN password_hash DROP NOT NULL;
