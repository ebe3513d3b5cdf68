-- Who gets what of a booking's price, and how hosts are paid.
CREATE SCHEMA payouts;

-- A business whose commission is not the installation's.
CREATE TABLE payouts.terms (
  business_id   uuid PRIMARY KEY REFERENCES catalog.business,
  commission_bp integer     NOT NULL CHECK (commission_bp BETWEEN 0 AND 10000),
  updated_at    timestamptz NOT NULL,
  updated_by    uuid        NOT NULL
);

-- Where a business is paid to, and whether the provider lets it.
CREATE TABLE payouts.account (
  business_id uuid PRIMARY KEY REFERENCES catalog.business,
  id          uuid        NOT NULL UNIQUE,               -- the key sent to the provider
  provider    text        NOT NULL,
  email       text        NOT NULL,
  country     char(2)     NOT NULL,
  details     jsonb       NOT NULL DEFAULT '{}',         -- emptied once the provider has them
  ref         text,                                      -- the provider's name of it; null: being opened
  status      text        NOT NULL CHECK (status IN ('opening', 'due', 'enabled')),
  due         text[]      NOT NULL DEFAULT '{}',
  url         text        NOT NULL DEFAULT '',
  checked_at  timestamptz,
  created_at  timestamptz NOT NULL,
  CONSTRAINT an_account_that_is_open_has_a_name_there CHECK (status = 'opening' OR ref IS NOT NULL)
);
CREATE INDEX account_by_ref ON payouts.account (provider, ref);

-- What a booking earns its host, as the ledger says after its last allocation, and how much of it is in payouts.
CREATE TABLE payouts.earning (
  booking_id    uuid PRIMARY KEY REFERENCES booking.booking,
  business_id   uuid        NOT NULL,
  currency      char(3)     NOT NULL,
  reference     text        NOT NULL,
  commission_bp integer     NOT NULL,                    -- as it was at the first allocation
  earned        bigint      NOT NULL DEFAULT 0,          -- on HOST
  taxes         bigint      NOT NULL DEFAULT 0,          -- on TAX, to be handed on by the host
  paid_out      bigint      NOT NULL DEFAULT 0,          -- of both
  taxes_out     bigint      NOT NULL DEFAULT 0,
  lines         jsonb       NOT NULL DEFAULT '[]',       -- why: [{"label", "amount"}]
  available_at  timestamptz NOT NULL,
  confirmed_at  timestamptz NOT NULL,
  updated_at    timestamptz NOT NULL
);
CREATE INDEX earning_by_business ON payouts.earning (business_id, available_at DESC, booking_id);
CREATE INDEX earning_to_pay ON payouts.earning (business_id, currency) WHERE earned + taxes <> paid_out;

-- Money that is not paid out for now: of a booking, or of a whole business.
CREATE TABLE payouts.hold (
  id          uuid PRIMARY KEY,
  business_id uuid        NOT NULL,
  booking_id  uuid,
  kind        text        NOT NULL CHECK (kind IN ('admin', 'dispute', 'transfer_refused')),
  reason      text        NOT NULL CHECK (reason <> ''),
  placed_at   timestamptz NOT NULL,
  placed_by   uuid,
  released_at timestamptz,
  released_by uuid,
  CONSTRAINT a_hold_of_a_person_says_whose CHECK (kind <> 'admin' OR placed_by IS NOT NULL)
);
CREATE UNIQUE INDEX hold_one_of_a_kind ON payouts.hold (business_id, booking_id, kind) NULLS NOT DISTINCT
  WHERE released_at IS NULL;

CREATE TABLE payouts.payout (
  id           uuid PRIMARY KEY,                         -- also the key sent to the provider, at every try
  business_id  uuid        NOT NULL,
  currency     char(3)     NOT NULL,
  amount       bigint      NOT NULL CHECK (amount > 0),
  taxes        bigint      NOT NULL,                     -- of the amount, what the host hands on
  provider     text        NOT NULL,
  account_ref  text        NOT NULL,
  status       text        NOT NULL CHECK (status IN ('recorded', 'calling', 'unknown', 'paid', 'failed')),
  provider_ref text,
  reason       text,
  tries        smallint    NOT NULL DEFAULT 0,
  next_try_at  timestamptz,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  paid_at      timestamptz,
  CONSTRAINT a_paid_payout_says_when CHECK ((status = 'paid') = (paid_at IS NOT NULL)),
  CONSTRAINT an_open_payout_has_a_next_step CHECK ((status IN ('paid', 'failed')) = (next_try_at IS NULL))
);
CREATE UNIQUE INDEX payout_one_open_per_business_and_currency ON payouts.payout (business_id, currency)
  WHERE status IN ('recorded', 'calling', 'unknown');
CREATE INDEX payout_by_business ON payouts.payout (business_id, created_at DESC, id DESC);
CREATE INDEX payout_by_time ON payouts.payout (created_at DESC, id DESC);
CREATE INDEX payout_due ON payouts.payout (next_try_at) WHERE next_try_at IS NOT NULL;

-- What a payout is made of; without a booking: what was left over or owed from before.
CREATE TABLE payouts.payout_line (
  payout_id  uuid   NOT NULL REFERENCES payouts.payout,
  booking_id uuid   REFERENCES payouts.earning,
  amount     bigint NOT NULL,
  taxes      bigint NOT NULL,
  CONSTRAINT payout_line_once_per_booking UNIQUE NULLS NOT DISTINCT (payout_id, booking_id)
);
CREATE INDEX payout_line_by_booking ON payouts.payout_line (booking_id);

-- Where a provider's books and ours do not agree; an admin sees to it.
CREATE TABLE payouts.finding (
  id          uuid PRIMARY KEY,
  provider    text        NOT NULL,
  name        text        NOT NULL,                      -- our key, or their name when they have none of ours
  movement    text        NOT NULL,                      -- charge, refund, transfer, …
  kind        text        NOT NULL CHECK (kind IN ('missing_here', 'missing_there', 'amounts_differ')),
  currency    char(3)     NOT NULL,
  ours        bigint,
  theirs      bigint,
  at          timestamptz NOT NULL,
  found_at    timestamptz NOT NULL,
  resolved_at timestamptz,
  resolved_by uuid,                                      -- null: it agreed later by itself
  note        text        NOT NULL DEFAULT '',
  CONSTRAINT finding_once_per_movement UNIQUE (provider, name, movement)
);
CREATE INDEX finding_open ON payouts.finding (found_at) WHERE resolved_at IS NULL;
CREATE TABLE payouts.comparison (
  provider    text PRIMARY KEY,
  compared_at timestamptz NOT NULL,
  since       timestamptz NOT NULL,
  until       timestamptz NOT NULL,
  matched     integer     NOT NULL
);
