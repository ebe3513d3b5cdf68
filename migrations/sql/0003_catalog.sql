CREATE SCHEMA catalog;

CREATE TABLE catalog.business (
  id         uuid PRIMARY KEY,
  owner_id   uuid        NOT NULL REFERENCES identity.user_account,
  name       text        NOT NULL,
  type       text        NOT NULL CHECK (type IN ('HOTEL', 'CLINIC', 'SALON', 'CO_WORKING', 'HOME', 'TOUR', 'OTHER')),
  description text       NOT NULL DEFAULT '',
  status     text        NOT NULL CHECK (status IN ('PENDING', 'ACTIVE', 'INACTIVE', 'SUSPENDED', 'DELETED')),
  review_note text       NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version    integer     NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX business_one_per_owner ON catalog.business (owner_id) WHERE status <> 'DELETED';
CREATE INDEX business_by_status ON catalog.business (status, id);

CREATE TABLE catalog.business_member (
  business_id uuid NOT NULL REFERENCES catalog.business ON DELETE CASCADE,
  user_id     uuid NOT NULL REFERENCES identity.user_account ON DELETE CASCADE,
  role        text NOT NULL CHECK (role IN ('owner', 'manager', 'staff')),
  PRIMARY KEY (business_id, user_id)
);
CREATE INDEX business_member_by_user ON catalog.business_member (user_id);

CREATE TABLE catalog.property (
  id                  uuid PRIMARY KEY,
  business_id         uuid        NOT NULL REFERENCES catalog.business,
  name                text        NOT NULL,
  description         text        NOT NULL DEFAULT '',
  street              text        NOT NULL DEFAULT '',
  postcode            text        NOT NULL DEFAULT '',
  city                text        NOT NULL,
  region              text        NOT NULL DEFAULT '',
  country             char(2)     NOT NULL,
  latitude            double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
  longitude           double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
  zone                text        NOT NULL,
  check_in_from       time        NOT NULL DEFAULT '15:00',
  check_out_until     time        NOT NULL DEFAULT '11:00',
  house_rules         text        NOT NULL DEFAULT '',
  amenities           text[]      NOT NULL DEFAULT '{}',
  cancellation_policy text        NOT NULL DEFAULT 'moderate'
                      CHECK (cancellation_policy IN ('flexible', 'moderate', 'strict', 'non_refundable')),
  status              text        NOT NULL DEFAULT 'draft'
                      CHECK (status IN ('draft', 'submitted', 'approved', 'rejected', 'suspended')),
  review_note         text        NOT NULL DEFAULT '',
  created_at          timestamptz NOT NULL,
  updated_at          timestamptz NOT NULL,
  version             integer     NOT NULL DEFAULT 1
);
CREATE INDEX property_by_business ON catalog.property (business_id, id);
CREATE INDEX property_by_status ON catalog.property (status, id);

CREATE TABLE catalog.resource (
  id           uuid PRIMARY KEY,
  property_id  uuid        NOT NULL REFERENCES catalog.property,
  kind         text        NOT NULL CHECK (kind IN ('HOME', 'HOTEL_ROOM', 'DOCTOR_SLOT', 'SALON_CHAIR', 'DESK',
                                                    'MEETING_ROOM', 'PROFESSIONAL', 'TOUR', 'PACKAGE', 'PARKING',
                                                    'EQUIPMENT', 'OTHER')),
  mode         text        NOT NULL CHECK (mode IN ('nightly', 'timed', 'departure')),
  pooled       boolean     NOT NULL DEFAULT false,
  name         text        NOT NULL,
  description  text        NOT NULL DEFAULT '',
  max_guests   smallint    NOT NULL DEFAULT 2 CHECK (max_guests BETWEEN 1 AND 500),
  bedrooms     smallint    NOT NULL DEFAULT 0,
  beds         smallint    NOT NULL DEFAULT 0,
  bathrooms    smallint    NOT NULL DEFAULT 0,
  amenities    text[]      NOT NULL DEFAULT '{}',
  instant      boolean     NOT NULL DEFAULT true,
  pets_allowed boolean     NOT NULL DEFAULT false,
  active       boolean     NOT NULL DEFAULT true,
  min_nights   smallint    NOT NULL DEFAULT 1 CHECK (min_nights >= 1),
  max_nights   smallint    NOT NULL DEFAULT 90 CHECK (max_nights BETWEEN 1 AND 365),
  notice_hours smallint    NOT NULL DEFAULT 0 CHECK (notice_hours >= 0),
  horizon_days smallint    NOT NULL DEFAULT 365 CHECK (horizon_days BETWEEN 1 AND 500),
  rating_avg   numeric(3,2),
  rating_count integer     NOT NULL DEFAULT 0,
  details      jsonb       NOT NULL DEFAULT '{}',
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  version      integer     NOT NULL DEFAULT 1
);
CREATE INDEX resource_by_property ON catalog.resource (property_id, id);

CREATE TABLE catalog.unit (
  id          uuid PRIMARY KEY,
  resource_id uuid     NOT NULL REFERENCES catalog.resource,
  name        text     NOT NULL,
  position    smallint NOT NULL DEFAULT 0,
  active      boolean  NOT NULL DEFAULT true,
  CONSTRAINT unit_name_is_unique_in_resource UNIQUE (resource_id, name)
);

-- `storage_key` ends in its file type; a picture with a long side of 640 lies beside it: a/b.webp, a/b-640.webp.
CREATE TABLE catalog.media (
  id           uuid PRIMARY KEY,
  property_id  uuid        NOT NULL REFERENCES catalog.property ON DELETE CASCADE,
  resource_id  uuid        REFERENCES catalog.resource ON DELETE CASCADE,
  storage_key  text        NOT NULL,
  content_type text        NOT NULL,
  width        integer     NOT NULL,
  height       integer     NOT NULL,
  alt          text        NOT NULL DEFAULT '',
  position     smallint    NOT NULL DEFAULT 0,
  created_at   timestamptz NOT NULL
);
CREATE INDEX media_by_key ON catalog.media (storage_key);
CREATE INDEX media_by_property ON catalog.media (property_id, position, id);
