-- The part of a city a property lies in, as its host calls it; people search for it by name.
ALTER TABLE catalog.property ADD COLUMN neighbourhood text NOT NULL DEFAULT '';
