CREATE SCHEMA pricing;

CREATE TABLE pricing.rate (
  resource_id    uuid PRIMARY KEY,
  currency       char(3)     NOT NULL,
  base_amount    bigint      NOT NULL CHECK (base_amount >= 0),   -- minor units per night, hour or place
  cleaning_fee   bigint      NOT NULL DEFAULT 0 CHECK (cleaning_fee >= 0),
  service_fee_bp integer     NOT NULL DEFAULT 1200 CHECK (service_fee_bp BETWEEN 0 AND 10000),
  -- [{"code": "vat", "name": "VAT", "kind": "percent", "bp": 700, "included": false}
  --  {"code": "city", "name": "City tax", "kind": "per_person_night", "amount": 250}]
  taxes          jsonb       NOT NULL DEFAULT '[]',
  updated_at     timestamptz NOT NULL,
  version        integer     NOT NULL DEFAULT 1
);

CREATE TABLE pricing.day_price (
  resource_id uuid   NOT NULL REFERENCES pricing.rate ON DELETE CASCADE,
  day         date   NOT NULL,
  amount      bigint NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (resource_id, day)
);
