CREATE SCHEMA promotions;

-- A code that takes something off a price. `used` counts uses that are reserved or redeemed; a use that has been let go or
-- has run out may still be counted until somebody needs its place (coupon_use.counted).
CREATE TABLE promotions.coupon (
  id                 uuid PRIMARY KEY,
  code               text        NOT NULL CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9_-]{2,39}$'),
  code_key           text        GENERATED ALWAYS AS (upper(code)) STORED,
  name               text        NOT NULL DEFAULT '',
  kind               text        NOT NULL CHECK (kind IN ('percent', 'amount', 'fee')),
  percent_bp         integer     CHECK (percent_bp BETWEEN 1 AND 10000),       -- of the stay, or of the fee
  amount             bigint      CHECK (amount > 0),
  cap                bigint      CHECK (cap > 0),
  currency           char(3),                                                 -- of amount, cap and minimum_total
  fee                text        CHECK (fee IN ('service', 'cleaning')),
  borne_by           text        NOT NULL CHECK (borne_by IN ('platform', 'host')),
  combinable         boolean     NOT NULL DEFAULT false,
  starts_at          timestamptz NOT NULL,
  ends_at            timestamptz,
  business_id        uuid        REFERENCES catalog.business,
  property_id        uuid        REFERENCES catalog.property,
  resource_kind      text,
  user_id            uuid        REFERENCES identity.user_account,             -- only this person may use it
  first_booking_only boolean     NOT NULL DEFAULT false,
  minimum_total      bigint      CHECK (minimum_total > 0),
  minimum_nights     integer     CHECK (minimum_nights > 0),
  per_user_limit     integer     CHECK (per_user_limit > 0),
  global_limit       integer     CHECK (global_limit > 0),
  used               integer     NOT NULL DEFAULT 0 CHECK (used >= 0),
  status             text        NOT NULL CHECK (status IN ('active', 'paused', 'ended')),
  source             text        NOT NULL,                                     -- host, admin, campaign, or what triggered it
  created_at         timestamptz NOT NULL,
  updated_at         timestamptz NOT NULL,
  version            integer     NOT NULL DEFAULT 1,
  CONSTRAINT coupon_code_is_unique UNIQUE (code_key),
  CONSTRAINT coupon_never_used_more_often_than_allowed CHECK (used <= global_limit),
  CONSTRAINT coupon_says_what_it_takes_off CHECK (
    (kind = 'amount' AND amount IS NOT NULL AND percent_bp IS NULL AND fee IS NULL)
    OR (kind = 'percent' AND percent_bp IS NOT NULL AND amount IS NULL AND fee IS NULL)
    OR (kind = 'fee' AND percent_bp IS NOT NULL AND amount IS NULL AND fee IS NOT NULL)),
  CONSTRAINT coupon_amounts_have_a_currency
    CHECK (currency IS NOT NULL OR (amount IS NULL AND cap IS NULL AND minimum_total IS NULL)),
  CONSTRAINT coupon_ends_after_it_begins CHECK (ends_at > starts_at),
  CONSTRAINT coupon_a_host_bears_is_for_their_business CHECK (borne_by = 'platform' OR business_id IS NOT NULL)
);
CREATE INDEX coupon_by_business ON promotions.coupon (business_id, id) WHERE business_id IS NOT NULL;
CREATE INDEX coupon_by_user ON promotions.coupon (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX coupon_of_everybody ON promotions.coupon (id) WHERE user_id IS NULL;

-- How often one person uses a coupon; made with their first use.
CREATE TABLE promotions.coupon_user (
  coupon_id uuid    NOT NULL REFERENCES promotions.coupon,
  user_id   uuid    NOT NULL REFERENCES identity.user_account,
  used      integer NOT NULL CHECK (used >= 0),
  PRIMARY KEY (coupon_id, user_id)
);

-- One use, of a hold and then of its booking (owner_id). A reservation ends at expires_at, swept or not.
CREATE TABLE promotions.coupon_use (
  id         uuid PRIMARY KEY,
  coupon_id  uuid        NOT NULL REFERENCES promotions.coupon,
  user_id    uuid        NOT NULL REFERENCES identity.user_account,
  owner_id   uuid        NOT NULL,
  status     text        NOT NULL CHECK (status IN ('reserved', 'redeemed', 'released')),
  counted    boolean     NOT NULL DEFAULT true,
  first_only boolean     NOT NULL,
  amount     bigint      NOT NULL CHECK (amount >= 0),
  currency   char(3)     NOT NULL,
  expires_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT coupon_use_waits_until_some_time CHECK ((status = 'reserved') = (expires_at IS NOT NULL)),
  CONSTRAINT coupon_use_taken_is_counted CHECK (counted OR status = 'released')
);
CREATE UNIQUE INDEX coupon_use_once_per_owner ON promotions.coupon_use (owner_id, coupon_id) WHERE status <> 'released';
CREATE UNIQUE INDEX coupon_use_first_booking_once ON promotions.coupon_use (user_id)
  WHERE first_only AND status <> 'released';
CREATE INDEX coupon_use_by_coupon ON promotions.coupon_use (coupon_id, id);
CREATE INDEX coupon_use_by_owner ON promotions.coupon_use (owner_id);
CREATE INDEX coupon_use_to_sweep ON promotions.coupon_use (coupon_id, expires_at) WHERE counted AND status <> 'redeemed';

-- Money given to a person to spend here. `left_over` is what is neither reserved nor spent.
CREATE TABLE promotions.credit_lot (
  id         uuid PRIMARY KEY,
  user_id    uuid        NOT NULL REFERENCES identity.user_account,
  currency   char(3)     NOT NULL,
  amount     bigint      NOT NULL CHECK (amount > 0),
  left_over  bigint      NOT NULL,
  expires_at timestamptz,
  reason     text        NOT NULL,
  note       text        NOT NULL DEFAULT '',
  fund       text        NOT NULL CHECK (fund IN ('promotions', 'goodwill')),   -- whose expense it is; takes back what expires
  about      uuid,
  given_by   uuid,
  created_at timestamptz NOT NULL,
  CONSTRAINT credit_never_below_zero_nor_above_what_was_given CHECK (left_over BETWEEN 0 AND amount)
);
CREATE INDEX credit_lot_by_user ON promotions.credit_lot (user_id, currency, id);
CREATE INDEX credit_lot_to_expire ON promotions.credit_lot (expires_at) WHERE left_over > 0;

CREATE TABLE promotions.credit_use (
  id         uuid PRIMARY KEY,
  lot_id     uuid        NOT NULL REFERENCES promotions.credit_lot,
  user_id    uuid        NOT NULL REFERENCES identity.user_account,
  owner_id   uuid        NOT NULL,
  amount     bigint      NOT NULL CHECK (amount > 0),
  returned   bigint      NOT NULL DEFAULT 0,
  status     text        NOT NULL CHECK (status IN ('reserved', 'spent', 'released')),
  expires_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT credit_returned_never_above_spent CHECK (returned BETWEEN 0 AND amount),
  CONSTRAINT credit_use_waits_until_some_time CHECK ((status = 'reserved') = (expires_at IS NOT NULL))
);
CREATE INDEX credit_use_by_owner ON promotions.credit_use (owner_id);
CREATE INDEX credit_use_reserved ON promotions.credit_use (user_id, expires_at) WHERE status = 'reserved';

-- What a person sees of their credit: given, spent, come back, run out.
CREATE TABLE promotions.wallet_entry (
  id       uuid PRIMARY KEY,
  user_id  uuid        NOT NULL REFERENCES identity.user_account,
  at       timestamptz NOT NULL,
  kind     text        NOT NULL CHECK (kind IN ('given', 'spent', 'returned', 'expired')),
  amount   bigint      NOT NULL,               -- above zero: more credit; below: less
  currency char(3)     NOT NULL,
  about    uuid,
  note     text        NOT NULL DEFAULT '',
  CONSTRAINT wallet_entry_sign_fits_its_kind CHECK ((amount > 0) = (kind IN ('given', 'returned')) AND amount <> 0)
);
CREATE INDEX wallet_entry_by_user ON promotions.wallet_entry (user_id, id);

-- What happens on its own when something happens; an admin edits it. `gives` is a Gift (promotions/contracts/gifts.py).
CREATE TABLE promotions.trigger_rule (
  name       text PRIMARY KEY,
  active     boolean     NOT NULL,
  gives      jsonb       NOT NULL,
  monthly    integer     CHECK (monthly > 0),   -- at most so many to one person a month
  updated_at timestamptz NOT NULL DEFAULT now(),
  version    integer     NOT NULL DEFAULT 1
);
INSERT INTO promotions.trigger_rule (name, active, gives, monthly) VALUES
  ('signup', true, '{"kind": "percent", "percent_bp": 1000, "valid_days": 30, "first_booking_only": true}', NULL),
  ('email_verified', true, '{"kind": "credit", "amounts": [["USD", 1000], ["EUR", 1000], ["GBP", 800], ["NGN", 1000000]], "valid_days": 365}', NULL),
  ('profile_complete', true, '{"kind": "credit", "amounts": [["USD", 500], ["EUR", 500], ["GBP", 400], ["NGN", 500000]], "valid_days": 365}', NULL),
  ('first_hosting', true, '{"kind": "fee", "percent_bp": 5000, "fee": "service", "valid_days": 180}', NULL),
  ('birthday', true, '{"kind": "percent", "percent_bp": 1500, "valid_days": 30}', NULL),
  ('booking_completed', true, '{"kind": "percent", "percent_bp": 500, "valid_days": 90}', NULL),
  ('referral_friend', true, '{"kind": "credit", "amounts": [["USD", 2000], ["EUR", 2000], ["GBP", 1600], ["NGN", 2000000]], "valid_days": 365}', NULL),
  ('referral_referrer', true, '{"kind": "credit", "amounts": [["USD", 2000], ["EUR", 2000], ["GBP", 1600], ["NGN", 2000000]], "valid_days": 365}', 10);

CREATE TABLE promotions.campaign (
  id         uuid PRIMARY KEY,
  name       text        NOT NULL,
  audience   text        NOT NULL CHECK (audience IN ('everyone', 'guests', 'hosts', 'admins')),
  country    char(2),
  gives      jsonb       NOT NULL,
  starts_at  timestamptz NOT NULL,
  ends_at    timestamptz NOT NULL,
  status     text        NOT NULL CHECK (status IN ('scheduled', 'running', 'paused', 'done')),
  reached    uuid,                                -- the last person it was given to; it goes on from there
  given      integer     NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version    integer     NOT NULL DEFAULT 1,
  CONSTRAINT campaign_ends_after_it_begins CHECK (ends_at > starts_at)
);
CREATE INDEX campaign_due ON promotions.campaign (starts_at) WHERE status IN ('scheduled', 'running');

-- What was given, by a key that says for what: giving twice is impossible.
CREATE TABLE promotions.gift_given (
  key         text PRIMARY KEY,
  user_id     uuid        NOT NULL REFERENCES identity.user_account,
  trigger     text        NOT NULL,
  campaign_id uuid        REFERENCES promotions.campaign,
  coupon_id   uuid        REFERENCES promotions.coupon,
  lot_id      uuid        REFERENCES promotions.credit_lot,
  given_at    timestamptz NOT NULL
);
CREATE INDEX gift_given_by_user ON promotions.gift_given (user_id, trigger, given_at);

CREATE TABLE promotions.referral_code (
  user_id    uuid PRIMARY KEY REFERENCES identity.user_account,
  code       text        NOT NULL,
  origin     text        NOT NULL DEFAULT '',      -- a keyed hash of the address it was asked for from
  created_at timestamptz NOT NULL,
  CONSTRAINT referral_code_is_unique UNIQUE (code)
);

CREATE TABLE promotions.referral (
  id          uuid PRIMARY KEY,
  referrer_id uuid        NOT NULL REFERENCES identity.user_account,
  friend_id   uuid        NOT NULL REFERENCES identity.user_account,
  status      text        NOT NULL CHECK (status IN ('joined', 'rewarded', 'refused')),
  reason      text        NOT NULL DEFAULT '',
  booking_id  uuid,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  CONSTRAINT referral_one_referrer_each UNIQUE (friend_id),
  CONSTRAINT referral_not_of_oneself CHECK (friend_id <> referrer_id)
);
CREATE INDEX referral_by_referrer ON promotions.referral (referrer_id, id);

-- Which means of payment a person has used, as keyed hashes: two accounts with one card are one person here.
CREATE TABLE promotions.payer_mark (
  mark    text        NOT NULL,
  user_id uuid        NOT NULL REFERENCES identity.user_account,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (mark, user_id)
);
CREATE INDEX payer_mark_by_user ON promotions.payer_mark (user_id);

CREATE INDEX user_by_birthday ON identity.user_account
  (EXTRACT(month FROM born_on), EXTRACT(day FROM born_on), id) WHERE born_on IS NOT NULL;
