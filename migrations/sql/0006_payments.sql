CREATE SCHEMA payments;

CREATE TABLE payments.payment (
  id          uuid PRIMARY KEY,
  booking_id  uuid        NOT NULL,
  payer_id    uuid        NOT NULL REFERENCES identity.user_account,
  provider    text        NOT NULL,
  currency    char(3)     NOT NULL,
  amount      bigint      NOT NULL CHECK (amount >= 0),
  captured    bigint      NOT NULL DEFAULT 0 CHECK (captured BETWEEN 0 AND amount),
  refunded    bigint      NOT NULL DEFAULT 0,
  status      text        NOT NULL CHECK (status IN ('awaiting_method', 'processing', 'needs_action', 'succeeded',
                                                     'failed', 'cancelled', 'partly_refunded', 'refunded')),
  failure     text,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  version     integer     NOT NULL DEFAULT 1,
  CONSTRAINT refund_never_above_captured CHECK (refunded BETWEEN 0 AND captured)
);
CREATE INDEX payment_by_booking ON payments.payment (booking_id);

-- One call to a provider: written before it (recorded), and again after it with what came back.
CREATE TABLE payments.attempt (
  id           uuid PRIMARY KEY,            -- also the idempotency key sent to the provider
  payment_id   uuid        NOT NULL REFERENCES payments.payment,
  kind         text        NOT NULL CHECK (kind IN ('charge', 'refund')),
  amount       bigint      NOT NULL CHECK (amount > 0),
  method       jsonb       NOT NULL DEFAULT '{}',      -- the provider's token and what may be shown; never card data
  status       text        NOT NULL CHECK (status IN ('recorded', 'calling', 'needs_action', 'succeeded', 'declined',
                                                      'unknown', 'dead')),
  provider_ref text,
  action       jsonb,                                   -- what the payer must do: {"kind": "redirect", "url": …}
  reason       text,
  tries        smallint    NOT NULL DEFAULT 0,
  next_try_at  timestamptz,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL
);
CREATE UNIQUE INDEX attempt_one_open_charge_per_payment ON payments.attempt (payment_id)
  WHERE kind = 'charge' AND status IN ('recorded', 'calling', 'needs_action', 'unknown');
CREATE INDEX attempt_by_payment ON payments.attempt (payment_id, created_at);
CREATE INDEX attempt_due ON payments.attempt (next_try_at) WHERE status IN ('recorded', 'calling', 'unknown');

CREATE TABLE payments.provider_event (
  provider     text        NOT NULL,
  event_id     text        NOT NULL,
  payload      jsonb       NOT NULL,
  received_at  timestamptz NOT NULL,
  processed_at timestamptz,
  CONSTRAINT provider_event_once PRIMARY KEY (provider, event_id)
);

-- The sandbox vendor's own memory, as Stripe or Paystack would keep it on their side.
CREATE SCHEMA sandbox;
CREATE TABLE sandbox.charge (
  id              text PRIMARY KEY,
  idempotency_key text        NOT NULL UNIQUE,
  token           text        NOT NULL,
  amount          bigint      NOT NULL,
  currency        char(3)     NOT NULL,
  status          text        NOT NULL,
  reason          text,
  refunded        bigint      NOT NULL DEFAULT 0,
  created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE sandbox.refund (
  id              text PRIMARY KEY,
  idempotency_key text        NOT NULL UNIQUE,
  charge_id       text        NOT NULL REFERENCES sandbox.charge,
  amount          bigint      NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now()
);
