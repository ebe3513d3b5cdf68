-- Payments in parts, authorisations, disputes, dead letters, circuit breakers.

-- What is paid for, a booking or a change of one, has one payment or more: its parts. A part that is not due yet is
-- scheduled; one with `capture` manual is authorised first and taken later.
ALTER TABLE payments.payment
  DROP CONSTRAINT payment_one_per_booking,
  DROP CONSTRAINT payment_status_check,
  ADD COLUMN purpose     text     NOT NULL DEFAULT 'full' CHECK (purpose IN ('full', 'deposit', 'balance', 'share',
                                                                             'damage_deposit', 'extra')),
  ADD COLUMN part        smallint NOT NULL DEFAULT 1 CHECK (part > 0),
  ADD COLUMN due_at      timestamptz,                      -- null: now
  ADD COLUMN capture     text     NOT NULL DEFAULT 'automatic' CHECK (capture IN ('automatic', 'manual')),
  ADD COLUMN authorised  bigint   NOT NULL DEFAULT 0 CHECK (authorised >= 0),
  ADD COLUMN authorisation_expires_at timestamptz,
  ADD COLUMN business_id uuid,                             -- known for parts that concern the host, such as damages
  ADD COLUMN method      jsonb,                            -- kept for taking a later part: {"token", "brand", "last4"}
  ADD COLUMN customer    text,                             -- the provider's name of the payer
  ADD COLUMN disputed    boolean  NOT NULL DEFAULT false,
  ADD COLUMN reminded_at timestamptz,
  ADD COLUMN tries       smallint NOT NULL DEFAULT 0,      -- how often a later part was refused
  ADD COLUMN lapses_at   timestamptz,                      -- a later part that is not paid by then is given up
  ADD COLUMN release_at  timestamptz,                      -- when an authorisation is let go
  ADD CONSTRAINT payment_part_once UNIQUE (booking_id, part),
  ADD CONSTRAINT payment_status_known CHECK (status IN ('scheduled', 'awaiting_method', 'processing', 'needs_action',
    'authorised', 'succeeded', 'failed', 'cancelled', 'partly_refunded', 'refunded')),
  ADD CONSTRAINT only_a_manual_capture_is_authorised CHECK (status <> 'authorised' OR capture = 'manual'),
  ADD CONSTRAINT authorised_covers_the_amount CHECK (status <> 'authorised' OR authorised >= amount);
CREATE INDEX payment_of_payer ON payments.payment (payer_id, id);
CREATE INDEX payment_due ON payments.payment (due_at) WHERE status IN ('scheduled', 'failed') AND due_at IS NOT NULL;
CREATE INDEX payment_held ON payments.payment (authorisation_expires_at) WHERE status = 'authorised';
CREATE INDEX payment_to_release ON payments.payment (release_at) WHERE release_at IS NOT NULL;

ALTER TABLE payments.attempt
  DROP CONSTRAINT attempt_kind_check,
  DROP CONSTRAINT refund_names_its_charge,
  ADD COLUMN provider    text,                             -- null: the payment's
  ADD COLUMN fee         bigint,                           -- what the provider keeps, when it says so
  ADD COLUMN save        boolean NOT NULL DEFAULT false,   -- the payer wants the method kept
  ADD COLUMN off_session boolean NOT NULL DEFAULT false,   -- the payer is not there
  ADD CONSTRAINT attempt_kind_known CHECK (kind IN ('charge', 'authorise', 'capture', 'void', 'refund')),
  ADD CONSTRAINT attempt_names_its_charge CHECK (kind IN ('charge', 'authorise') OR target_ref IS NOT NULL);
DROP INDEX payments.attempt_one_open_charge_per_payment;
CREATE UNIQUE INDEX attempt_one_open_charge_per_payment ON payments.attempt (payment_id)
  WHERE kind IN ('charge', 'authorise') AND status IN ('recorded', 'calling', 'needs_action', 'unknown');
CREATE UNIQUE INDEX attempt_one_open_end_per_authorisation ON payments.attempt (payment_id, target_ref)
  WHERE kind IN ('capture', 'void') AND status IN ('recorded', 'calling', 'unknown');

-- A message about a dispute carries what it says, since there is no attempt to look up.
ALTER TABLE payments.provider_event ADD COLUMN dispute jsonb;

-- How a business takes money; frozen into the quote, so that a later edit does not touch what is agreed.
CREATE TABLE payments.terms (
  business_id      uuid PRIMARY KEY REFERENCES catalog.business,
  way              text     NOT NULL CHECK (way IN ('full', 'deposit', 'authorise', 'at_property')),
  deposit_bp       integer  NOT NULL DEFAULT 3000 CHECK (deposit_bp BETWEEN 500 AND 9500),
  long_stay_nights smallint NOT NULL DEFAULT 30 CHECK (long_stay_nights BETWEEN 0 AND 365),  -- deposit: above this
  balance_days     smallint NOT NULL DEFAULT 14 CHECK (balance_days BETWEEN 1 AND 180),      -- before arrival
  grace_days       smallint NOT NULL DEFAULT 3 CHECK (grace_days BETWEEN 1 AND 30),
  damage_amount    bigint   NOT NULL DEFAULT 0 CHECK (damage_amount BETWEEN 0 AND 1000000000),
  damage_currency  char(3)  NOT NULL DEFAULT 'EUR',
  updated_at       timestamptz NOT NULL,
  updated_by       uuid     NOT NULL
);

-- The provider's name of a payer, and the methods they let us keep: tokens only, never card data.
CREATE TABLE payments.saved_method (
  id         uuid PRIMARY KEY,
  user_id    uuid        NOT NULL REFERENCES identity.user_account,
  provider   text        NOT NULL,
  token      text        NOT NULL,
  customer   text,
  brand      text        NOT NULL DEFAULT '',
  last4      text        NOT NULL DEFAULT '' CHECK (last4 ~ '^([0-9]{4})?$'),
  created_at timestamptz NOT NULL,
  deleted_at timestamptz,
  CONSTRAINT saved_method_once_per_payer UNIQUE (user_id, provider, token)
);

CREATE TABLE payments.dispute (
  id           uuid PRIMARY KEY,
  provider     text        NOT NULL,
  ref          text        NOT NULL,
  payment_id   uuid        NOT NULL REFERENCES payments.payment,
  amount       bigint      NOT NULL CHECK (amount > 0),
  currency     char(3)     NOT NULL,
  status       text        NOT NULL CHECK (status IN ('open', 'won', 'lost')),
  reason       text        NOT NULL DEFAULT '',
  evidence_due timestamptz,
  opened_at    timestamptz NOT NULL,
  closed_at    timestamptz,
  CONSTRAINT dispute_once_per_provider UNIQUE (provider, ref),
  CONSTRAINT a_closed_dispute_says_when CHECK ((status = 'open') = (closed_at IS NULL))
);
CREATE INDEX dispute_by_payment ON payments.dispute (payment_id);

-- What machines have given up on and a person must see to: replayed, or resolved with a note.
CREATE TABLE payments.dead_letter (
  id          uuid PRIMARY KEY,
  attempt_id  uuid        NOT NULL REFERENCES payments.attempt,
  payment_id  uuid        NOT NULL REFERENCES payments.payment,
  reason      text        NOT NULL,
  status      text        NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'replayed', 'resolved')),
  created_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  ended_by    uuid,
  note        text        NOT NULL DEFAULT '',
  CONSTRAINT an_ended_letter_says_when CHECK ((status = 'open') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX dead_letter_one_open_per_attempt ON payments.dead_letter (attempt_id) WHERE status = 'open';
CREATE INDEX dead_letter_by_status ON payments.dead_letter (status, id);

-- Whether a provider is called at all: after several failures in a row it is left alone until `retry_at`.
CREATE TABLE payments.circuit (
  provider  text PRIMARY KEY,
  failures  integer     NOT NULL DEFAULT 0 CHECK (failures >= 0),
  retry_at  timestamptz,                                   -- null: closed
  failed_at timestamptz NOT NULL
);

-- ── sandbox: the shipped vendor's own books (providers/sandbox*.py), as a vendor would keep them on their side ──
ALTER TABLE sandbox.token
  ADD COLUMN customer text,                                -- whose saved method it is; null: good for one visit only
  ADD COLUMN forgotten boolean NOT NULL DEFAULT false;
ALTER TABLE sandbox.charge
  DROP CONSTRAINT charge_status_check,
  DROP CONSTRAINT sandbox_refund_never_above_charge,
  ADD COLUMN captured   bigint,                            -- null: all of it, once it succeeded
  ADD COLUMN expires_at timestamptz,                       -- of an authorisation
  ADD COLUMN customer   text,
  ADD CONSTRAINT sandbox_charge_status_known
    CHECK (status IN ('succeeded', 'declined', 'needs_action', 'authorised', 'voided')),
  ADD CONSTRAINT sandbox_capture_never_above_charge CHECK (captured BETWEEN 1 AND amount),
  ADD CONSTRAINT sandbox_refund_never_above_capture CHECK (refunded BETWEEN 0 AND COALESCE(captured, amount));
CREATE INDEX sandbox_charge_by_time ON sandbox.charge (created_at);
CREATE TABLE sandbox.ending (                              -- how an authorisation ended
  idempotency_key text PRIMARY KEY,
  charge_id       text        NOT NULL REFERENCES sandbox.charge,
  kind            text        NOT NULL CHECK (kind IN ('capture', 'void')),
  amount          bigint      NOT NULL CHECK (amount > 0),
  created_at      timestamptz NOT NULL,
  CONSTRAINT sandbox_authorisation_ends_once UNIQUE (charge_id)
);
CREATE TABLE sandbox.saving (                              -- a method kept without taking anything
  id              text PRIMARY KEY,
  idempotency_key text        NOT NULL UNIQUE,
  token           text        NOT NULL REFERENCES sandbox.token,
  created_at      timestamptz NOT NULL
);
CREATE TABLE sandbox.account (
  id              text PRIMARY KEY,
  idempotency_key text        NOT NULL UNIQUE,
  email           text        NOT NULL,
  country         char(2)     NOT NULL,
  page            text        NOT NULL,
  enabled         boolean     NOT NULL DEFAULT false,
  created_at      timestamptz NOT NULL
);
CREATE TABLE sandbox.transfer (
  id              text PRIMARY KEY,
  idempotency_key text        NOT NULL UNIQUE,
  account_id      text        NOT NULL REFERENCES sandbox.account,
  amount          bigint      NOT NULL CHECK (amount > 0),
  currency        char(3)     NOT NULL,
  reversed        bigint      NOT NULL DEFAULT 0,
  about           text        NOT NULL,
  created_at      timestamptz NOT NULL,
  CONSTRAINT sandbox_reversal_never_above_transfer CHECK (reversed BETWEEN 0 AND amount)
);
CREATE TABLE sandbox.reversal (
  id              text PRIMARY KEY,
  idempotency_key text        NOT NULL UNIQUE,
  transfer_id     text        NOT NULL REFERENCES sandbox.transfer,
  amount          bigint      NOT NULL CHECK (amount > 0),
  created_at      timestamptz NOT NULL
);
-- ── end of sandbox ──
