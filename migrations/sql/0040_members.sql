-- Who works for a business: how they came, and who is invited. A link is kept as a keyed hash only, the address sealed.

ALTER TABLE catalog.business_member
  ADD COLUMN joined_at  timestamptz,                       -- null: before this was written down
  ADD COLUMN invited_by uuid REFERENCES identity.user_account ON DELETE SET NULL;
CREATE UNIQUE INDEX business_member_one_owner ON catalog.business_member (business_id) WHERE role = 'owner';

CREATE TABLE catalog.invitation (
  id           uuid PRIMARY KEY,
  business_id  uuid        NOT NULL REFERENCES catalog.business ON DELETE CASCADE,
  role         text        NOT NULL,
  invited_by   uuid        NOT NULL REFERENCES identity.user_account ON DELETE CASCADE,
  address      bytea,                                      -- sealed; null: forgotten
  address_mark bytea,                                      -- the same as a keyed hash, to count what one mailbox gets
  link_hash    bytea,
  status       text        NOT NULL DEFAULT 'open'
               CHECK (status IN ('open', 'accepted', 'declined', 'revoked', 'expired')),
  created_at   timestamptz NOT NULL,
  sent_at      timestamptz NOT NULL,                       -- the latest letter
  expires_at   timestamptz NOT NULL,
  closed_at    timestamptz,
  CONSTRAINT invitation_brings_in_no_owner CHECK (role IN ('manager', 'staff')),
  CONSTRAINT invitation_link_is_unique UNIQUE (link_hash),
  CONSTRAINT invitation_has_a_link_while_it_is_open CHECK ((status = 'open') = (link_hash IS NOT NULL)),
  CONSTRAINT invitation_says_when_it_closed CHECK ((status = 'open') = (closed_at IS NULL)),
  CONSTRAINT invitation_knows_whom_it_waits_for
    CHECK (status <> 'open' OR (address IS NOT NULL AND address_mark IS NOT NULL))
);
CREATE UNIQUE INDEX invitation_one_open_per_address ON catalog.invitation (business_id, address_mark)
  WHERE status = 'open';
CREATE INDEX invitation_by_business ON catalog.invitation (business_id, id DESC);
CREATE INDEX invitation_by_inviter ON catalog.invitation (invited_by) WHERE status = 'open';
CREATE INDEX invitation_by_mark ON catalog.invitation (address_mark) WHERE address_mark IS NOT NULL;
CREATE INDEX invitation_by_end ON catalog.invitation (expires_at) WHERE status = 'open';

-- Every letter that left: what one business sends and one mailbox gets is limited.
CREATE TABLE catalog.invitation_letter (
  id            uuid PRIMARY KEY,
  invitation_id uuid        NOT NULL REFERENCES catalog.invitation ON DELETE CASCADE,
  business_id   uuid        NOT NULL,
  address_mark  bytea       NOT NULL,
  sent_at       timestamptz NOT NULL
);
CREATE INDEX invitation_letter_by_business ON catalog.invitation_letter (business_id, sent_at);
CREATE INDEX invitation_letter_by_mark ON catalog.invitation_letter (address_mark, sent_at);

-- A partner's key may be for one business only: nothing of another is reached with it.
ALTER TABLE identity.api_key ADD COLUMN business_id uuid REFERENCES catalog.business ON DELETE CASCADE;
