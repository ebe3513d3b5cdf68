-- Methods kept without paying, authorisations renewed in time, answers to disputes, and what vendors tell of accounts.

-- A payer's methods: one of them is offered first.
ALTER TABLE payments.saved_method
  ADD COLUMN is_default boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT a_forgotten_method_is_no_default CHECK (NOT is_default OR deleted_at IS NULL);
CREATE UNIQUE INDEX saved_method_one_default_per_payer ON payments.saved_method (user_id) WHERE is_default;

-- A method that is to be kept without paying: asked for here, kept at the provider once its payer has confirmed it there.
CREATE TABLE payments.saving (
  id          uuid PRIMARY KEY,                         -- also the idempotency key sent to the provider
  user_id     uuid        NOT NULL REFERENCES identity.user_account,
  provider    text        NOT NULL,
  method      jsonb       NOT NULL DEFAULT '{}',        -- the provider's token and what may be shown; never card data
  status      text        NOT NULL CHECK (status IN ('asked', 'needs_action', 'kept', 'declined')),
  ref         text,                                     -- the provider's name of it
  action      jsonb,                                    -- what the payer must do, as in payments.attempt
  reason      text,
  first       boolean     NOT NULL DEFAULT false,       -- offered first from then on
  method_id   uuid        REFERENCES payments.saved_method ON DELETE CASCADE,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  CONSTRAINT what_is_kept_is_named CHECK ((status = 'kept') = (method_id IS NOT NULL)),
  CONSTRAINT who_must_act_is_told_how CHECK (status <> 'needs_action' OR (ref IS NOT NULL AND action IS NOT NULL))
);
CREATE INDEX saving_open ON payments.saving (updated_at) WHERE status IN ('asked', 'needs_action');
CREATE INDEX saving_of_payer ON payments.saving (user_id, created_at);

-- Some vendors are sure of an authorisation's money for a few days only, though it stands for longer.
ALTER TABLE payments.payment
  ADD COLUMN honoured_until     timestamptz,            -- null: as long as it stands
  ADD COLUMN renewal_refused_at timestamptz,            -- it could not be renewed: the payer is asked to pay again
  ADD CONSTRAINT only_what_is_authorised_can_lack_renewal CHECK (renewal_refused_at IS NULL OR capture = 'manual');
CREATE INDEX payment_honoured ON payments.payment (honoured_until)
  WHERE status = 'authorised' AND honoured_until IS NOT NULL;

-- What is said against a chargeback: written and changed, then given to the provider once.
CREATE TABLE payments.dispute_answer (
  dispute_id   uuid PRIMARY KEY REFERENCES payments.dispute,
  key          uuid        NOT NULL,                    -- sent to the provider, the same at every try
  status       text        NOT NULL CHECK (status IN ('draft', 'sending', 'sent', 'refused')),
  words        text        NOT NULL DEFAULT '' CHECK (length(words) <= 5000),
  left_out     text[]      NOT NULL DEFAULT '{}',       -- facts that are not to be attached
  facts        jsonb,                                   -- what was attached, as it was when it was sent
  reason       text,                                    -- why the provider refuses it
  tries        smallint    NOT NULL DEFAULT 0,
  next_try_at  timestamptz,
  written_by   uuid        NOT NULL,
  submitted_by uuid,
  submitted_at timestamptz,
  updated_at   timestamptz NOT NULL,
  version      integer     NOT NULL DEFAULT 1,
  CONSTRAINT what_is_sent_is_kept
    CHECK (status = 'draft' OR (facts IS NOT NULL AND submitted_by IS NOT NULL AND submitted_at IS NOT NULL))
);
CREATE INDEX dispute_answer_sending ON payments.dispute_answer (next_try_at) WHERE status = 'sending';

-- A message about an account that is paid to.
ALTER TABLE payments.provider_event ADD COLUMN account_ref text;

-- ── sandbox: the shipped vendor's own books ──
ALTER TABLE sandbox.token ADD COLUMN fingerprint text NOT NULL DEFAULT '';  -- the same for the same card and holder
ALTER TABLE sandbox.saving
  ADD COLUMN status     text NOT NULL DEFAULT 'saved' CHECK (status IN ('saved', 'needs_action', 'declined')),
  ADD COLUMN action_url text,
  ADD COLUMN customer   text;
CREATE TABLE sandbox.evidence (
  charge_id       text PRIMARY KEY REFERENCES sandbox.charge,
  idempotency_key text        NOT NULL,
  words           text        NOT NULL,
  files           integer     NOT NULL DEFAULT 0,
  created_at      timestamptz NOT NULL
);

-- Which business an account is of, when its provider speaks of it.
CREATE INDEX account_by_provider ON payouts.account (provider, ref);
