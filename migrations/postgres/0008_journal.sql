-- What an entry is about, whatever its kind, and the format of its seal. Format 1 covers none of the new columns: there
-- the subject follows from what it does cover, and whoever checks the chain compares.
ALTER TABLE journal DISABLE TRIGGER journal_keeps;
ALTER TABLE journal ADD COLUMN format BIGINT NOT NULL DEFAULT 1;
ALTER TABLE journal ADD COLUMN subject_kind TEXT;
ALTER TABLE journal ADD COLUMN subject_id TEXT;
UPDATE journal SET
  subject_kind = CASE
    WHEN act LIKE 'channel-%' THEN 'channel'
    WHEN act LIKE 'user-%' OR act = 'token-issued' THEN 'person'
    WHEN act LIKE 'contact%' THEN 'contact-list'
    WHEN act LIKE 'drill-%' THEN 'drill'
    WHEN release IS NOT NULL THEN 'release'
    WHEN incident IS NOT NULL THEN 'incident'
  END,
  -- Taken out as text: data that is not JSON any more must not keep the database from being opened and examined.
  subject_id = CASE
    WHEN act LIKE 'channel-%' THEN substring(data FROM '"channel":"([^"]*)"')
    WHEN act LIKE 'user-%' OR act = 'token-issued' THEN substring(data FROM '"login":"([^"]*)"')
    WHEN act LIKE 'contact%' THEN 'contacts'
    WHEN act LIKE 'drill-%' THEN substring(data FROM '"run":"([^"]*)"')
    ELSE coalesce(release, incident)
  END;
CREATE INDEX journal_by_subject ON journal (subject_kind, subject_id, seq);
ALTER TABLE journal ENABLE TRIGGER journal_keeps;
-- The newest format in the journal: a program that does not know it writes nothing.
ALTER TABLE journal_head ADD COLUMN format BIGINT NOT NULL DEFAULT 1;
