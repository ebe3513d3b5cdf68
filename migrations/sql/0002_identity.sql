CREATE SCHEMA identity;

CREATE TABLE identity.user_account (
  id            uuid PRIMARY KEY,
  email         text        NOT NULL,
  email_key     text        GENERATED ALWAYS AS (lower(email)) STORED,
  password_hash text        NOT NULL,
  first_name    text        NOT NULL,
  last_name     text        NOT NULL,
  phone         text,
  born_on       date,
  language      text        NOT NULL DEFAULT 'en',
  zone          text        NOT NULL DEFAULT 'UTC',
  country       text,
  city          text,
  bio           text        NOT NULL DEFAULT '' CHECK (length(bio) <= 500),
  status        text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'deleted')),
  created_at    timestamptz NOT NULL,
  updated_at    timestamptz NOT NULL,
  version       integer     NOT NULL DEFAULT 1,
  CONSTRAINT user_email_is_unique UNIQUE (email_key)
);

CREATE TABLE identity.role_grant (
  user_id    uuid        NOT NULL REFERENCES identity.user_account ON DELETE CASCADE,
  role       text        NOT NULL CHECK (role IN ('guest', 'host', 'admin')),
  granted_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, role)
);

CREATE TABLE identity.refresh_token (
  id         uuid PRIMARY KEY,
  family_id  uuid        NOT NULL,
  user_id    uuid        NOT NULL REFERENCES identity.user_account ON DELETE CASCADE,
  token_hash bytea       NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  revoked_at timestamptz,
  CONSTRAINT refresh_token_is_unique UNIQUE (token_hash)
);
CREATE INDEX refresh_token_by_family ON identity.refresh_token (family_id);
CREATE INDEX refresh_token_by_user ON identity.refresh_token (user_id);
