-- A text is signed with marked blanks; what fills them is known when it goes out. NULL = it has none, or is not out.
ALTER TABLE bulletin ADD COLUMN issued TEXT;

-- Two people who ask for the same item at once get two occurrences.
CREATE UNIQUE INDEX release_by_occurrence ON release (incident, plan, item, occurrence) WHERE tied_to IS NULL;
