-- Double entry: accounts, transactions whose postings sum to zero, and nothing is ever changed or removed.
CREATE SCHEMA ledger;

CREATE TABLE ledger.account (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind      text        NOT NULL CHECK (kind IN ('guest', 'host', 'platform', 'provider', 'provider_fees', 'tax',
                                                 'deposit', 'wallet')),
  owner     text        NOT NULL CHECK (owner <> ''),   -- a user, a business, a provider's name, or what of the platform
  currency  char(3)     NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  opened_at timestamptz NOT NULL,
  CONSTRAINT account_once_per_owner_and_currency UNIQUE (kind, owner, currency)
);
CREATE INDEX account_by_owner ON ledger.account (owner);

CREATE TABLE ledger.transaction (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key       text        NOT NULL CHECK (key <> ''),
  kind      text        NOT NULL CHECK (kind <> ''),
  about     uuid,                                        -- the booking, or the change of one
  currency  char(3)     NOT NULL,
  note      text        NOT NULL DEFAULT '',
  posted_at timestamptz NOT NULL,
  CONSTRAINT transaction_once_per_key UNIQUE (key)
);
CREATE INDEX transaction_by_time ON ledger.transaction (posted_at, id);
CREATE INDEX transaction_by_kind ON ledger.transaction (kind, posted_at, id);
CREATE INDEX transaction_about ON ledger.transaction (about, posted_at, id) WHERE about IS NOT NULL;

CREATE TABLE ledger.posting (
  id             bigint GENERATED ALWAYS AS IDENTITY,
  account_id     bigint      NOT NULL REFERENCES ledger.account,
  transaction_id bigint      NOT NULL REFERENCES ledger.transaction,
  amount         bigint      NOT NULL CHECK (amount <> 0),  -- minor units: above zero a debit, below zero a credit
  posted_at      timestamptz NOT NULL,                      -- the transaction's
  PRIMARY KEY (account_id, id) INCLUDE (amount)             -- a balance is read from the index alone
);
CREATE INDEX posting_of_transaction ON ledger.posting (transaction_id);
CREATE INDEX posting_by_id ON ledger.posting USING brin (id) WITH (pages_per_range = 16);
CREATE INDEX posting_of_account_by_time ON ledger.posting (account_id, posted_at, id);

-- ── the rules ──

CREATE FUNCTION ledger.must_sum_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked   bigint;
  count_of  integer;
  off_by    numeric;
  strangers integer;
BEGIN
  IF TG_TABLE_NAME = 'transaction' THEN checked := NEW.id; ELSE checked := NEW.transaction_id; END IF;
  SELECT count(*), COALESCE(sum(p.amount), 0), count(*) FILTER (WHERE a.currency <> t.currency)
    INTO count_of, off_by, strangers
    FROM ledger.posting p
    JOIN ledger.account a ON a.id = p.account_id
    JOIN ledger.transaction t ON t.id = p.transaction_id
   WHERE p.transaction_id = checked;
  IF count_of < 2 OR off_by <> 0 OR strangers > 0 THEN
    RAISE EXCEPTION 'Ledger transaction % has % postings off by %, % of them in another currency.',
      checked, count_of, off_by, strangers
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transaction_sums_to_zero';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER transaction_sums_to_zero AFTER INSERT ON ledger.transaction
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.must_sum_to_zero();
CREATE CONSTRAINT TRIGGER posting_keeps_the_sum_zero AFTER INSERT ON ledger.posting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.must_sum_to_zero();

CREATE FUNCTION ledger.refuse_to_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger.% is only added to; a mistake is corrected by a further transaction.', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER account_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.account
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_to_change();
CREATE TRIGGER transaction_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.transaction
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_to_change();
CREATE TRIGGER posting_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.posting
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_to_change();

-- ── posting in one plain INSERT: one row of the journal is a transaction with its lines ──

CREATE VIEW ledger.journal AS
  SELECT t.id, t.key, t.kind, t.about, t.currency, t.note, t.posted_at, lines.kinds, lines.owners, lines.amounts
    FROM ledger.transaction t
    CROSS JOIN LATERAL (
      SELECT array_agg(a.kind ORDER BY p.id) AS kinds, array_agg(a.owner ORDER BY p.id) AS owners,
             array_agg(p.amount ORDER BY p.id) AS amounts
        FROM ledger.posting p JOIN ledger.account a ON a.id = p.account_id
       WHERE p.transaction_id = t.id
    ) lines;

-- The same key posts once: a second insert touches no row. Accounts are opened when they are first posted to, in one
-- order, so that two transactions opening the same ones do not wait for each other.
CREATE FUNCTION ledger.post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger.transaction (key, kind, about, currency, note, posted_at)
    VALUES (NEW.key, NEW.kind, NEW.about, NEW.currency, COALESCE(NEW.note, ''), NEW.posted_at)
    ON CONFLICT (key) DO NOTHING RETURNING id INTO NEW.id;
  IF NEW.id IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO ledger.account (kind, owner, currency, opened_at)
    SELECT DISTINCT line.kind, line.owner, NEW.currency, NEW.posted_at
      FROM unnest(NEW.kinds, NEW.owners) AS line (kind, owner)
     WHERE NOT EXISTS (SELECT FROM ledger.account a
                        WHERE a.kind = line.kind AND a.owner = line.owner AND a.currency = NEW.currency)
     ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
  INSERT INTO ledger.posting (account_id, transaction_id, amount, posted_at)
    SELECT a.id, NEW.id, line.amount, NEW.posted_at
      FROM unnest(NEW.kinds, NEW.owners, NEW.amounts) WITH ORDINALITY AS line (kind, owner, amount, place)
      JOIN ledger.account a ON a.kind = line.kind AND a.owner = line.owner AND a.currency = NEW.currency
     ORDER BY line.place;
  RETURN NEW;
END
$$;
CREATE TRIGGER journal_posts INSTEAD OF INSERT ON ledger.journal FOR EACH ROW EXECUTE FUNCTION ledger.post();

-- ── balances: a checkpoint now and then, and the few postings since (docs/adr) ──

-- `balance` and `entries` of an account over its postings up to and including `through`.
CREATE TABLE ledger.checkpoint (
  account_id bigint  NOT NULL REFERENCES ledger.account,
  through    bigint  NOT NULL,
  balance    bigint  NOT NULL,
  entries    bigint  NOT NULL,
  PRIMARY KEY (account_id, through) INCLUDE (balance)
);

-- Postings up to `final` are all committed or undone, and looked at. Those up to `pending` will be once every
-- transaction before `pending_after` has ended: ids are handed out earlier than their postings are committed.
CREATE TABLE ledger.progress (
  one           boolean PRIMARY KEY DEFAULT true CHECK (one),
  final         bigint  NOT NULL DEFAULT 0,
  pending       bigint,
  pending_after xid8
);
INSERT INTO ledger.progress DEFAULT VALUES;

-- The balance of an account over its postings up to `upto`.
CREATE FUNCTION ledger.balance_at(account bigint, upto bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT (COALESCE(c.balance, 0) + COALESCE((
           SELECT sum(p.amount) FROM ledger.posting p
            WHERE p.account_id = account AND p.id > COALESCE(c.through, 0) AND p.id <= upto), 0))::bigint
    FROM (SELECT 1) AS one
    LEFT JOIN LATERAL (
      SELECT k.through, k.balance FROM ledger.checkpoint k
       WHERE k.account_id = account AND k.through <= upto ORDER BY k.through DESC LIMIT 1) AS c ON true
$$;

-- ── rates of foreign currencies: so many units of `currency` for one of `base`, as its source says for that day ──

CREATE TABLE ledger.rate (
  source     text          NOT NULL CHECK (source <> ''),
  base       char(3)       NOT NULL,
  currency   char(3)       NOT NULL,
  on_date    date          NOT NULL,
  rate       numeric(20,10) NOT NULL CHECK (rate > 0),
  fetched_at timestamptz   NOT NULL,
  CONSTRAINT rate_once_per_source_and_day PRIMARY KEY (currency, base, on_date, source),
  CONSTRAINT rate_between_two_currencies CHECK (base <> currency)
);
