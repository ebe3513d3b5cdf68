CREATE SCHEMA payments;

CREATE TABLE payments.payment (
  id          uuid PRIMARY KEY,
  booking_id  uuid        NOT NULL,
  payer_id    uuid        NOT NULL REFERENCES identity.user_account,
  provider    text        NOT NULL,
  currency    char(3)     NOT NULL,
  amount      bigint      NOT NULL CHECK (amount > 0),
  captured    bigint      NOT NULL DEFAULT 0 CHECK (captured BETWEEN 0 AND amount),
  refunded    bigint      NOT NULL DEFAULT 0,
  status      text        NOT NULL CHECK (status IN ('awaiting_method', 'processing', 'needs_action', 'succeeded',
                                                     'failed', 'cancelled', 'partly_refunded', 'refunded')),
  failure     text,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  version     integer     NOT NULL DEFAULT 1,
  CONSTRAINT payment_one_per_booking UNIQUE (booking_id),
  CONSTRAINT refund_never_above_captured CHECK (refunded BETWEEN 0 AND captured),
  CONSTRAINT paid_exactly_when_captured
    CHECK ((status IN ('succeeded', 'partly_refunded', 'refunded')) = (captured = amount))
);

-- One thing asked of a provider: written before the call (recorded), marked as it goes out (calling), and written
-- again with what came back. `tries` counts calls while it is recorded or calling, looks while it is unknown.
CREATE TABLE payments.attempt (
  id           uuid PRIMARY KEY,            -- also the idempotency key sent to the provider
  payment_id   uuid        NOT NULL REFERENCES payments.payment,
  kind         text        NOT NULL CHECK (kind IN ('charge', 'refund')),
  amount       bigint      NOT NULL CHECK (amount > 0),
  method       jsonb       NOT NULL DEFAULT '{}',      -- the provider's token and what may be shown; never card data
  status       text        NOT NULL CHECK (status IN ('recorded', 'calling', 'needs_action', 'succeeded', 'declined',
                                                      'unknown', 'dead')),
  provider_ref text,                                    -- the provider's own name for this charge or refund
  target_ref   text,                                    -- refunds: the provider's name of the charge
  action       jsonb,                                   -- what the payer must do: {"kind": "redirect", "url": …}
  reason       text,
  tries        smallint    NOT NULL DEFAULT 0,
  next_try_at  timestamptz,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  CONSTRAINT refund_names_its_charge CHECK (kind = 'charge' OR target_ref IS NOT NULL)
);
CREATE UNIQUE INDEX attempt_one_open_charge_per_payment ON payments.attempt (payment_id)
  WHERE kind = 'charge' AND status IN ('recorded', 'calling', 'needs_action', 'unknown');
CREATE INDEX attempt_by_payment ON payments.attempt (payment_id, created_at);
CREATE INDEX attempt_due ON payments.attempt (next_try_at)
  WHERE status IN ('recorded', 'calling', 'needs_action', 'unknown');

CREATE TABLE payments.provider_event (
  provider     text        NOT NULL,
  event_id     text        NOT NULL,
  attempt_id   uuid,                                    -- what it is about, by the key we had sent
  payload      jsonb       NOT NULL,
  received_at  timestamptz NOT NULL,
  processed_at timestamptz,
  CONSTRAINT provider_event_once PRIMARY KEY (provider, event_id)
);
CREATE INDEX provider_event_waiting ON payments.provider_event (received_at) WHERE processed_at IS NULL;

-- The sandbox vendor's own memory, as Stripe or Paystack would keep it on their side. A card number is never kept:
-- a token remembers only which test card it was (`behaviour`).
CREATE SCHEMA sandbox;
CREATE TABLE sandbox.token (
  id         text PRIMARY KEY,
  behaviour  text        NOT NULL,
  brand      text        NOT NULL,
  last4      char(4)     NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE sandbox.charge (
  id              text PRIMARY KEY,
  idempotency_key text        NOT NULL UNIQUE,
  token           text        NOT NULL,
  amount          bigint      NOT NULL CHECK (amount > 0),
  currency        char(3)     NOT NULL,
  status          text        NOT NULL CHECK (status IN ('succeeded', 'declined', 'needs_action')),
  reason          text,
  action_url      text,
  refunded        bigint      NOT NULL DEFAULT 0,
  created_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sandbox_refund_never_above_charge CHECK (refunded BETWEEN 0 AND amount)
);
CREATE TABLE sandbox.refund (
  id              text PRIMARY KEY,
  idempotency_key text        NOT NULL UNIQUE,
  charge_id       text        NOT NULL REFERENCES sandbox.charge,
  amount          bigint      NOT NULL CHECK (amount > 0),
  created_at      timestamptz NOT NULL DEFAULT now()
);
-- How often a key found the vendor out of service, for the card that shows it.
CREATE TABLE sandbox.outage (
  idempotency_key text PRIMARY KEY,
  times           integer NOT NULL
);
