-- ── the ledger's explorer: no question scans ──

-- An account's entries of one kind; the transaction's kind, written by ledger.post() below.
ALTER TABLE ledger.posting ADD COLUMN kind text NOT NULL DEFAULT '';
ALTER TABLE ledger.posting DISABLE TRIGGER posting_is_never_changed;
UPDATE ledger.posting AS p SET kind = t.kind FROM ledger.transaction AS t WHERE t.id = p.transaction_id;
ALTER TABLE ledger.posting ENABLE TRIGGER posting_is_never_changed;
CREATE INDEX posting_of_account_by_kind ON ledger.posting (account_id, kind, posted_at, id);
CREATE INDEX account_by_currency ON ledger.account (currency, kind, owner);

CREATE OR REPLACE FUNCTION ledger.post() RETURNS trigger LANGUAGE plpgsql AS $$
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
  INSERT INTO ledger.posting (account_id, transaction_id, amount, posted_at, kind)
    SELECT a.id, NEW.id, line.amount, NEW.posted_at, NEW.kind
      FROM unnest(NEW.kinds, NEW.owners, NEW.amounts) WITH ORDINALITY AS line (kind, owner, amount, place)
      JOIN ledger.account a ON a.kind = line.kind AND a.owner = line.owner AND a.currency = NEW.currency
     ORDER BY line.place;
  RETURN NEW;
END
$$;

-- What is quoted on the newest days, for every currency at once.
CREATE INDEX rate_by_day ON ledger.rate (on_date, source);

-- ── credit that a business gives ──

-- `promotions`, `goodwill`, or `host:` with the business that bears it.
ALTER TABLE promotions.credit_lot DROP CONSTRAINT credit_lot_fund_check;
ALTER TABLE promotions.credit_lot ADD CONSTRAINT credit_is_borne_by_the_platform_or_a_business
  CHECK (fund IN ('promotions', 'goodwill') OR fund ~ '^host:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$');
CREATE INDEX credit_lot_about ON promotions.credit_lot (about) WHERE about IS NOT NULL;
