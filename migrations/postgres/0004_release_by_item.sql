-- A text that goes out looks for what it takes the place of; among a thousand releases it may not read them all.
CREATE INDEX IF NOT EXISTS release_by_item ON release (incident, plan, item);
