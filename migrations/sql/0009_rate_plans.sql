-- Rate plans, price rules and restrictions. All hang on the rate, which knows whether there are any (has_rules), so that
-- a price without them is read as before.

ALTER TABLE pricing.rate
  ADD COLUMN travel_fee    bigint  NOT NULL DEFAULT 0 CONSTRAINT rate_travel_costs_nothing_or_more CHECK (travel_fee >= 0),
  ADD COLUMN travel_per_km bigint  NOT NULL DEFAULT 0 CONSTRAINT rate_a_km_costs_nothing_or_more CHECK (travel_per_km >= 0),
  ADD COLUMN child_amount  bigint  CONSTRAINT rate_a_child_costs_nothing_or_more CHECK (child_amount >= 0),
  ADD COLUMN has_rules     boolean NOT NULL DEFAULT false;

CREATE TABLE pricing.rate_plan (
  id                  uuid PRIMARY KEY,
  resource_id         uuid     NOT NULL REFERENCES pricing.rate ON DELETE CASCADE,
  name                text     NOT NULL,
  code                text     NOT NULL,
  kind                text     NOT NULL CHECK (kind IN ('standard', 'derived')),
  parent_id           uuid     REFERENCES pricing.rate_plan,
  adjust_bp           integer  CONSTRAINT rate_plan_takes_off_no_more_than_all CHECK (adjust_bp >= -10000),
  adjust_amount       bigint,
  meals               text     NOT NULL DEFAULT 'none'
    CHECK (meals IN ('none', 'breakfast', 'half_board', 'full_board', 'all_inclusive')),
  meals_amount        bigint   NOT NULL DEFAULT 0 CHECK (meals_amount >= 0),
  cancellation_policy text
    CHECK (cancellation_policy IN ('flexible', 'moderate', 'strict', 'non_refundable', 'custom')),
  tiers               jsonb,                                  -- [{"hours_before": 48, "refund_bp": 10000}]
  active              boolean  NOT NULL DEFAULT true,
  position            integer  NOT NULL DEFAULT 0,
  version             integer  NOT NULL DEFAULT 1,
  CONSTRAINT rate_plan_code_once_a_resource UNIQUE (resource_id, code),
  CONSTRAINT rate_plan_is_not_its_own_parent CHECK (parent_id <> id),
  CONSTRAINT rate_plan_derived_has_a_parent_and_one_change CHECK (CASE kind
    WHEN 'derived' THEN parent_id IS NOT NULL AND num_nonnulls(adjust_bp, adjust_amount) = 1
    ELSE num_nonnulls(parent_id, adjust_bp, adjust_amount) = 0 END),
  CONSTRAINT rate_plan_custom_has_tiers CHECK ((cancellation_policy IS NOT DISTINCT FROM 'custom') = (tiers IS NOT NULL))
);
CREATE INDEX rate_plan_by_parent ON pricing.rate_plan (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE pricing.price_rule (
  id             uuid PRIMARY KEY,
  resource_id    uuid     NOT NULL REFERENCES pricing.rate ON DELETE CASCADE,
  plan_id        uuid     REFERENCES pricing.rate_plan ON DELETE CASCADE,
  kind           text     NOT NULL
    CHECK (kind IN ('weekday', 'season', 'extra_adult', 'child', 'length', 'early_bird', 'last_minute')),
  name           text     NOT NULL DEFAULT '',
  weekdays       integer  NOT NULL DEFAULT 127 CHECK (weekdays BETWEEN 1 AND 127),   -- bit 0 is Monday
  first          date,                                                               -- both inclusive
  last           date,
  adjust_bp      integer  CONSTRAINT price_rule_takes_off_no_more_than_all CHECK (adjust_bp >= -10000),
  adjust_amount  bigint,
  above_adults   integer  CHECK (above_adults >= 1),
  from_age       integer  CHECK (from_age BETWEEN 0 AND 17),
  to_age         integer  CHECK (to_age BETWEEN 0 AND 17),
  min_nights     integer  CHECK (min_nights >= 1),
  max_nights     integer  CHECK (max_nights >= 1),
  min_days_ahead integer  CHECK (min_days_ahead >= 0),
  max_days_ahead integer  CHECK (max_days_ahead >= 0),
  position       integer  NOT NULL DEFAULT 0,
  version        integer  NOT NULL DEFAULT 1,
  CONSTRAINT price_rule_changes_one_way CHECK (num_nonnulls(adjust_bp, adjust_amount) = 1),
  CONSTRAINT price_rule_days_run_forwards CHECK ((first IS NULL) = (last IS NULL) AND first <= last),
  CONSTRAINT price_rule_ages_run_upwards CHECK (from_age <= to_age)
);
CREATE INDEX price_rule_by_resource ON pricing.price_rule (resource_id);
CREATE INDEX price_rule_by_plan ON pricing.price_rule (plan_id) WHERE plan_id IS NOT NULL;

CREATE TABLE pricing.restriction (
  id                  uuid PRIMARY KEY,
  resource_id         uuid    NOT NULL REFERENCES pricing.rate ON DELETE CASCADE,
  plan_id             uuid    REFERENCES pricing.rate_plan ON DELETE CASCADE,
  first               date,
  last                date,
  weekdays            integer NOT NULL DEFAULT 127 CHECK (weekdays BETWEEN 1 AND 127),
  min_stay            integer CHECK (min_stay BETWEEN 1 AND 365),
  max_stay            integer CHECK (max_stay BETWEEN 1 AND 365),
  min_stay_on_arrival integer CHECK (min_stay_on_arrival BETWEEN 1 AND 365),
  closed_to_arrival   boolean,
  closed_to_departure boolean,
  stop_sell           boolean,
  min_advance_days    integer CHECK (min_advance_days BETWEEN 0 AND 730),
  max_advance_days    integer CHECK (max_advance_days BETWEEN 0 AND 730),
  version             integer NOT NULL DEFAULT 1,
  CONSTRAINT restriction_days_run_forwards CHECK ((first IS NULL) = (last IS NULL) AND first <= last),
  CONSTRAINT restriction_says_something CHECK (num_nonnulls(min_stay, max_stay, min_stay_on_arrival, closed_to_arrival,
    closed_to_departure, stop_sell, min_advance_days, max_advance_days) > 0)
);
CREATE INDEX restriction_by_resource ON pricing.restriction (resource_id, last);
CREATE INDEX restriction_by_plan ON pricing.restriction (plan_id) WHERE plan_id IS NOT NULL;

-- Everything that may touch the days from first_day to last_day, both inclusive. A function, so that planning a price
-- costs nothing more where it is not called.
CREATE FUNCTION pricing.sheet_of(for_resource uuid, first_day date, last_day date) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN jsonb_build_object(
    'plans', (SELECT jsonb_agg(to_jsonb(p) ORDER BY p.position, p.id) FROM pricing.rate_plan AS p
              WHERE p.resource_id = for_resource),
    'rules', (SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(u)) ORDER BY u.position, u.id) FROM pricing.price_rule AS u
              WHERE u.resource_id = for_resource AND (u.first IS NULL OR u.first <= last_day AND u.last >= first_day)),
    'restrictions', (SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(s)) ORDER BY s.id) FROM pricing.restriction AS s
              WHERE s.resource_id = for_resource AND (s.first IS NULL OR s.first <= last_day AND s.last >= first_day)));
END $$;
