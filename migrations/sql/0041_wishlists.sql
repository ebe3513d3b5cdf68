-- Lists of places that people keep. A list is somebody's own; who has its link may read it as long as the link stands.

CREATE SCHEMA wishlists;

CREATE TABLE wishlists.list (
  id            uuid PRIMARY KEY,
  user_id       uuid        NOT NULL REFERENCES identity.user_account ON DELETE CASCADE,
  name          text        NOT NULL,
  share_token   text,                                      -- null: not shared
  last_saved_at timestamptz,                               -- the heart saves into the list that was used last
  created_at    timestamptz NOT NULL,
  updated_at    timestamptz NOT NULL,
  CONSTRAINT list_name_is_short CHECK (char_length(name) BETWEEN 1 AND 80),
  CONSTRAINT list_link_is_unique UNIQUE (share_token),
  CONSTRAINT list_link_cannot_be_guessed CHECK (char_length(share_token) >= 32),
  CONSTRAINT list_is_of_one_person UNIQUE (id, user_id)
);
CREATE UNIQUE INDEX list_name_is_once_for_each_person ON wishlists.list (user_id, lower(name));

CREATE TABLE wishlists.item (
  list_id     uuid        NOT NULL,
  user_id     uuid        NOT NULL,
  resource_id uuid        NOT NULL REFERENCES catalog.resource ON DELETE CASCADE,
  note        text        NOT NULL DEFAULT '',
  saved_at    timestamptz NOT NULL,
  CONSTRAINT listing_is_once_in_each_list PRIMARY KEY (list_id, resource_id),
  CONSTRAINT item_is_of_whom_the_list_is FOREIGN KEY (list_id, user_id) REFERENCES wishlists.list (id, user_id)
    ON DELETE CASCADE,
  CONSTRAINT item_note_is_short CHECK (char_length(note) <= 280)
);
CREATE INDEX item_by_person ON wishlists.item (user_id, resource_id);
CREATE INDEX item_by_resource ON wishlists.item (resource_id);
