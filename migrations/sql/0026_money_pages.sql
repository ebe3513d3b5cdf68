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

-- ── what the platform charges hosts: invoices over a month's fees, in a series of the platform's own ──

-- The last number given, locked as in `invoices.counter`.
CREATE TABLE invoices.fee_counter (
  kind text     NOT NULL,
  year smallint NOT NULL,
  last integer  NOT NULL CHECK (last > 0),
  PRIMARY KEY (kind, year)
);

CREATE TABLE invoices.fee_document (
  id          uuid PRIMARY KEY,
  kind        text        NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
  business_id uuid        NOT NULL REFERENCES catalog.business,
  year        smallint    NOT NULL,
  number      integer     NOT NULL CHECK (number > 0),
  code        text        NOT NULL,                -- as it is printed: FEE-2026-00001
  month       date        NOT NULL,                -- of which month the fees are (UTC)
  refers_to   uuid        REFERENCES invoices.fee_document,
  currency    char(3)     NOT NULL,
  net         bigint      NOT NULL,
  tax         bigint      NOT NULL,
  total       bigint      NOT NULL,
  issued_on   date        NOT NULL,
  issued_at   timestamptz NOT NULL,
  content     jsonb       NOT NULL,
  CONSTRAINT fee_document_numbers_are_given_once UNIQUE (kind, year, number),
  CONSTRAINT fee_document_total_is_net_and_tax CHECK (total = net + tax),
  CONSTRAINT fee_document_only_a_credit_note_refers CHECK ((kind = 'credit_note') = (refers_to IS NOT NULL)),
  CONSTRAINT fee_document_sign_follows_its_kind CHECK (CASE kind WHEN 'credit_note' THEN total < 0 ELSE total > 0 END)
);
CREATE INDEX fee_document_of_a_business ON invoices.fee_document (business_id, issued_on, id);

-- How much of a document is about which booking; what was invoiced of a booking is their sum.
CREATE TABLE invoices.fee_line (
  document_id uuid   NOT NULL REFERENCES invoices.fee_document,
  booking_id  uuid   NOT NULL REFERENCES booking.booking,
  amount      bigint NOT NULL CHECK (amount <> 0),
  PRIMARY KEY (document_id, booking_id)
);
CREATE INDEX fee_line_by_booking ON invoices.fee_line (booking_id);

CREATE FUNCTION invoices.refuse_to_change_fees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'An issued document is never changed or removed; write a credit note.' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER fee_document_is_never_changed BEFORE UPDATE OR DELETE ON invoices.fee_document
  FOR EACH ROW EXECUTE FUNCTION invoices.refuse_to_change_fees();
CREATE TRIGGER fee_document_is_never_emptied BEFORE TRUNCATE ON invoices.fee_document
  FOR EACH STATEMENT EXECUTE FUNCTION invoices.refuse_to_change_fees();
CREATE TRIGGER fee_line_is_never_changed BEFORE UPDATE OR DELETE ON invoices.fee_line
  FOR EACH ROW EXECUTE FUNCTION invoices.refuse_to_change_fees();

-- Months that are done.
CREATE TABLE invoices.fee_month (
  month   date PRIMARY KEY CHECK (extract(day FROM month) = 1),
  done_at timestamptz NOT NULL
);
