-- What people look at, and what is made of it. Nothing here is needed for a booking; all of it can be made anew but `seen`
-- and `choice`.
CREATE SCHEMA recommendations;

-- One row a person, listing and day. `person` is the account, or of a visitor who agreed what is made of their cookie.
CREATE TABLE recommendations.seen (
  person      uuid        NOT NULL,
  resource_id uuid        NOT NULL,
  day         date        NOT NULL,
  visitor     boolean     NOT NULL,
  times       integer     NOT NULL,
  last_at     timestamptz NOT NULL,
  PRIMARY KEY (person, resource_id, day),
  CONSTRAINT seen_at_least_once CHECK (times > 0)
);
CREATE INDEX seen_latest_of_a_person ON recommendations.seen (person, last_at DESC);
CREATE INDEX seen_by_day ON recommendations.seen (day);

-- Who wants nothing kept, and when somebody cleared what was kept: views of before then that arrive late are refused.
CREATE TABLE recommendations.choice (
  person     uuid PRIMARY KEY,
  wanted     boolean     NOT NULL,
  cleared_at timestamptz,
  changed_at timestamptz NOT NULL
);

-- Made by the job: places for a person, the best first.
CREATE TABLE recommendations.suggested (
  person       uuid PRIMARY KEY,
  property_ids uuid[]      NOT NULL,
  made_at      timestamptz NOT NULL
);

-- Made by the job: places that the same people looked at, the closest first.
CREATE TABLE recommendations.together (
  property_id uuid PRIMARY KEY,
  others      uuid[]      NOT NULL,
  scores      real[]      NOT NULL,
  made_at     timestamptz NOT NULL,
  CONSTRAINT together_has_a_score_for_each CHECK (cardinality(others) = cardinality(scores))
);

-- Made by the job: places of a city that enough people looked at, kept or booked, the most popular first.
CREATE TABLE recommendations.popular (
  city         text        NOT NULL,
  country      text        NOT NULL,
  property_ids uuid[]      NOT NULL,
  weight       real        NOT NULL,
  made_at      timestamptz NOT NULL,
  PRIMARY KEY (city, country)
);
CREATE INDEX popular_most ON recommendations.popular (weight DESC);
