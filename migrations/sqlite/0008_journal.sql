-- What an entry is about, whatever its kind, and the format of its seal. Format 1 covers none of the new columns: there
-- the subject follows from what it does cover, and whoever checks the chain compares.
DROP TRIGGER journal_keeps;
ALTER TABLE journal ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
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
  subject_id = CASE
    WHEN act LIKE 'channel-%' THEN CASE WHEN json_valid(data) THEN json_extract(data, '$.channel') END
    WHEN act LIKE 'user-%' OR act = 'token-issued' THEN CASE WHEN json_valid(data) THEN json_extract(data, '$.login') END
    WHEN act LIKE 'contact%' THEN 'contacts'
    WHEN act LIKE 'drill-%' THEN CASE WHEN json_valid(data) THEN json_extract(data, '$.run') END
    ELSE coalesce(release, incident)
  END;
CREATE INDEX journal_by_subject ON journal (subject_kind, subject_id, seq);
CREATE TRIGGER journal_keeps BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- The newest format in the journal: a program that does not know it writes nothing.
ALTER TABLE journal_head ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
