-- What is known of a person is sealed under a key of their own, which the keyring wraps: without the keys a copy of this
-- table names nobody, and without data_key nobody ever reads `person` again. Marks are keyed hashes to compare by.
ALTER TABLE identity.user_account
  ADD COLUMN person            bytea,       -- sealed JSON: email, names, phone, birth date, city, bio, emergency contact
  ADD COLUMN data_key          bytea,       -- wrapped by the keyring; null once the person is forgotten
  ADD COLUMN email_mark        bytea,
  ADD COLUMN phone_mark        bytea,
  ADD COLUMN birthday_mark     bytea,       -- of month and day
  ADD COLUMN email_verified_at timestamptz,
  ADD COLUMN phone_verified_at timestamptz,
  ADD COLUMN photo             text;        -- key of the picture in storage

-- What was readable waits here until it is sealed (`hospes migrate` and `hospes up` do it; keys are not in SQL).
CREATE TABLE identity.unsealed_account (
  user_id    uuid PRIMARY KEY REFERENCES identity.user_account ON DELETE CASCADE,
  email      text NOT NULL,
  first_name text NOT NULL,
  last_name  text NOT NULL,
  phone      text,
  born_on    date,
  city       text,
  bio        text NOT NULL
);
INSERT INTO identity.unsealed_account
SELECT id, email, first_name, last_name, phone, born_on, city, bio FROM identity.user_account;

ALTER TABLE identity.user_account
  DROP COLUMN email_key,
  DROP COLUMN email,
  DROP COLUMN first_name,
  DROP COLUMN last_name,
  DROP COLUMN phone,
  DROP COLUMN born_on,
  DROP COLUMN city,
  DROP COLUMN bio,
  ADD CONSTRAINT user_email_is_unique UNIQUE (email_mark),
  ADD CONSTRAINT user_is_sealed_with_a_key CHECK (
    (person IS NULL) = (data_key IS NULL)
  ),
  ADD CONSTRAINT forgotten_user_leaves_no_mark CHECK (
    status <> 'deleted' OR data_key IS NOT NULL
    OR (email_mark IS NULL AND phone_mark IS NULL AND birthday_mark IS NULL AND photo IS NULL)
  );
CREATE INDEX user_by_phone ON identity.user_account (phone_mark) WHERE phone_mark IS NOT NULL;
CREATE INDEX user_by_birthday ON identity.user_account (birthday_mark, id) WHERE birthday_mark IS NOT NULL;
