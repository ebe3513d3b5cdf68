-- Proofs that were asked for: that a mailbox or a number is somebody's, that they may set a new password, that they are
-- there. The code (six digits) and the link are kept as keyed hashes only, the address sealed.
CREATE TABLE identity.challenge (
  id              uuid PRIMARY KEY,
  holder          text        NOT NULL,               -- 'user:' and an id; of a reset 'mail:' and a keyed hash of the address typed
  purpose         text        NOT NULL,
  user_id         uuid        REFERENCES identity.user_account ON DELETE CASCADE,  -- null: of a reset that fits no account
  channel         text        NOT NULL CHECK (channel IN ('email', 'sms')),
  target          bytea,                              -- where it goes and what it proves, sealed
  target_mark     bytea,                              -- the same as a keyed hash, to count what one mailbox or number gets
  code_hash       bytea,
  code_open       boolean     NOT NULL,               -- false: used, or there is a newer one
  code_expires_at timestamptz NOT NULL,
  tries           smallint    NOT NULL DEFAULT 0,
  link_hash       bytea,
  expires_at      timestamptz NOT NULL,               -- of the link
  created_at      timestamptz NOT NULL,
  used_at         timestamptz,
  CONSTRAINT challenge_code_is_tried_five_times_at_most CHECK (tries <= 5),
  CONSTRAINT challenge_link_is_unique UNIQUE (link_hash),
  CONSTRAINT challenge_is_used_up_at_once CHECK (used_at IS NULL OR NOT code_open)
);
CREATE UNIQUE INDEX challenge_one_live_code_per_purpose ON identity.challenge (holder, purpose) WHERE code_open;
CREATE INDEX challenge_by_holder ON identity.challenge (holder, purpose, created_at);
CREATE INDEX challenge_by_target ON identity.challenge (target_mark, created_at) WHERE target_mark IS NOT NULL;
CREATE INDEX challenge_by_user ON identity.challenge (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX challenge_by_end ON identity.challenge (expires_at);

-- Messages go by mail or by SMS; codes and links in them stay sealed until they are sent, and are not sent too late.
ALTER TABLE notifications.message
  ADD COLUMN channel      text NOT NULL DEFAULT 'email' CHECK (channel IN ('email', 'sms')),
  ADD COLUMN secrets      text NOT NULL DEFAULT '',
  ADD COLUMN worthless_at timestamptz;
