CREATE SCHEMA invoices;

-- Who a business is on its documents, and when it writes its invoices.
CREATE TABLE invoices.seller (
  business_id  uuid PRIMARY KEY REFERENCES catalog.business,
  legal_name   text        NOT NULL CHECK (legal_name <> ''),
  street       text        NOT NULL,
  postcode     text        NOT NULL,
  city         text        NOT NULL,
  country      char(2)     NOT NULL,
  tax_id       text        NOT NULL,
  footer       text        NOT NULL,               -- printed at the foot: the register, the bank
  issue_at     text        NOT NULL CHECK (issue_at IN ('confirmation', 'check_out')),
  updated_at   timestamptz NOT NULL,
  version      integer     NOT NULL DEFAULT 1
);

-- Whom a guest wants a booking's documents made out to, where it is not themselves.
CREATE TABLE invoices.buyer (
  booking_id uuid PRIMARY KEY REFERENCES booking.booking,
  name       text        NOT NULL CHECK (name <> ''),
  street     text        NOT NULL,
  postcode   text        NOT NULL,
  city       text        NOT NULL,
  country    text        NOT NULL,                 -- '' or two letters
  tax_id     text        NOT NULL,
  updated_at timestamptz NOT NULL
);

-- The last number given. Its row stays locked until the document that took the number is committed, or neither is.
CREATE TABLE invoices.counter (
  business_id uuid     NOT NULL,
  kind        text     NOT NULL,
  year        smallint NOT NULL,
  last        integer  NOT NULL CHECK (last > 0),
  PRIMARY KEY (business_id, kind, year)
);

CREATE TABLE invoices.document (
  id          uuid PRIMARY KEY,
  kind        text        NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'receipt')),
  business_id uuid        NOT NULL,
  booking_id  uuid        NOT NULL REFERENCES booking.booking,
  year        smallint    NOT NULL,
  number      integer     NOT NULL CHECK (number > 0),
  code        text        NOT NULL,                -- as it is printed: INV-2026-00001
  step        smallint    NOT NULL CHECK (step > 0),  -- which document of the booking it is
  refers_to   uuid        REFERENCES invoices.document,
  about       uuid,                                -- the payment of a receipt, the refund of a credit note
  currency    char(3)     NOT NULL,
  net         bigint      NOT NULL,
  tax         bigint      NOT NULL,
  total       bigint      NOT NULL,
  content     jsonb       NOT NULL,                -- all that is printed
  issued_on   date        NOT NULL,                -- where the booking takes place
  issued_at   timestamptz NOT NULL,
  CONSTRAINT document_numbers_are_given_once UNIQUE (business_id, kind, year, number),
  CONSTRAINT document_steps_follow_each_other UNIQUE (booking_id, step),
  CONSTRAINT document_once_for_a_payment_or_refund UNIQUE (about),
  CONSTRAINT document_total_is_net_and_tax CHECK (total = net + tax),
  CONSTRAINT document_only_a_credit_note_refers CHECK ((kind = 'credit_note') = (refers_to IS NOT NULL)),
  CONSTRAINT document_sign_follows_its_kind CHECK (CASE kind WHEN 'credit_note' THEN total <= 0 ELSE total >= 0 END)
);
CREATE INDEX document_of_a_business_by_month ON invoices.document (business_id, issued_on, id);

CREATE FUNCTION invoices.refuse_to_change_a_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'An issued document is never changed or removed; write a credit note.' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER document_is_never_changed BEFORE UPDATE OR DELETE ON invoices.document
  FOR EACH ROW EXECUTE FUNCTION invoices.refuse_to_change_a_document();
CREATE TRIGGER document_is_never_emptied BEFORE TRUNCATE ON invoices.document
  FOR EACH STATEMENT EXECUTE FUNCTION invoices.refuse_to_change_a_document();
