-- Search by description: what each place says, as a vector. It needs pgvector 0.8 on the database server, which not every
-- server has; then there is no table, everything else works, and `semantic.prepare()` makes it once the extension is there.
CREATE SCHEMA semantic;

-- What is missing, in words; nothing when there is a table now.
CREATE FUNCTION semantic.prepare() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  offered text;
BEGIN
  IF to_regclass('semantic.said') IS NOT NULL THEN
    RETURN '';
  END IF;
  SELECT substring(coalesce(installed_version, default_version) FROM '^\d+\.\d+') INTO offered
    FROM pg_catalog.pg_available_extensions WHERE name = 'vector';
  IF offered IS NULL THEN
    RETURN 'the extension pgvector is not on the database server';
  END IF;
  IF string_to_array(offered, '.')::integer[] < ARRAY[0, 8] THEN
    RETURN format('pgvector is %s, and 0.8 or newer is needed', offered);
  END IF;
  BEGIN
    CREATE EXTENSION IF NOT EXISTS vector;
  EXCEPTION WHEN insufficient_privilege THEN
    RETURN 'the extension vector is not created in this database, and we may not create it';
  END;
  -- One row a place: made from public texts, by `model`; `said` tells from which.
  CREATE TABLE semantic.said (
    property_id uuid             PRIMARY KEY,
    model       text             NOT NULL,
    said        uuid             NOT NULL,
    vector      halfvec(384)     NOT NULL,
    latitude    double precision NOT NULL,
    longitude   double precision NOT NULL,
    written_at  timestamptz      NOT NULL,
    CONSTRAINT said_has_a_direction CHECK (l2_norm(vector) > 0.9)
  );
  CREATE INDEX said_alike ON semantic.said USING hnsw (vector halfvec_cosine_ops);
  RETURN '';
END
$$;

SELECT semantic.prepare();
