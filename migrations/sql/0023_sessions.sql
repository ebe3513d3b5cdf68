-- Keys that sign access tokens. Every key is published some time before it signs, and verifies until its last token ran out.
CREATE TABLE identity.token_key (
  id             uuid PRIMARY KEY,
  kid            text        NOT NULL,   -- thumbprint of the public half (RFC 7638)
  public_jwk     jsonb       NOT NULL,
  sealed_private bytea       NOT NULL,   -- readable with the keyring only
  created_at     timestamptz NOT NULL,
  signs_from     timestamptz NOT NULL,   -- until the next key does
  CONSTRAINT token_key_is_named_once UNIQUE (kid),
  CONSTRAINT token_keys_sign_one_after_the_other UNIQUE (signs_from)
);

-- One sign-in of an API client: all refresh tokens that came from it.
CREATE TABLE identity.token_family (
  id           uuid PRIMARY KEY,
  user_id      uuid        NOT NULL REFERENCES identity.user_account ON DELETE CASCADE,
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  confirmed_at timestamptz,                      -- when a password or second factor was last given
  user_agent   text        NOT NULL DEFAULT '',
  place        text        NOT NULL DEFAULT '',  -- where from, the address shortened
  revoked_at   timestamptz
);
CREATE INDEX token_family_by_user ON identity.token_family (user_id);

INSERT INTO identity.token_family (id, user_id, created_at, last_used_at, revoked_at)
SELECT family_id, (array_agg(user_id))[1], min(created_at), max(created_at),
       CASE WHEN bool_or(revoked_at IS NOT NULL) THEN max(revoked_at) END
  FROM identity.refresh_token GROUP BY family_id;

ALTER TABLE identity.refresh_token
  ADD CONSTRAINT refresh_token_belongs_to_a_sign_in
      FOREIGN KEY (family_id) REFERENCES identity.token_family ON DELETE CASCADE;

-- Whose tokens are refused although they are well signed, for as long as one issued until then can live.
CREATE TABLE identity.refusal (
  user_id    uuid PRIMARY KEY REFERENCES identity.user_account ON DELETE CASCADE,
  refused_at timestamptz NOT NULL,
  sessions   boolean     NOT NULL            -- browsers too: the account is suspended
);

ALTER TABLE identity.user_account
  ADD COLUMN status_changed_at timestamptz,
  ADD COLUMN status_reason     text NOT NULL DEFAULT '' CHECK (length(status_reason) <= 500);
