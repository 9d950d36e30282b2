-- What one person asked for and another one is to confirm. subject: the incident or release that it is about.
CREATE TABLE asked (
  id TEXT PRIMARY KEY, act TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL, ends_at INTEGER NOT NULL, decided_at INTEGER,
  doc TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX asked_open ON asked (act, subject) WHERE decided_at IS NULL;
CREATE INDEX asked_by_end ON asked (ends_at) WHERE decided_at IS NULL;

-- For whom each open release waits and since when, so that nobody reads them all to find their own. body/* = whoever
-- drafts for the body.
CREATE TABLE release_turn (
  release TEXT NOT NULL REFERENCES release (id), post TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (release, post)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_turn_by_post ON release_turn (post, release);

-- Where each incident is.
CREATE TABLE incident_area (
  incident TEXT NOT NULL REFERENCES incident (id), area TEXT NOT NULL, PRIMARY KEY (incident, area)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_area_by_area ON incident_area (area, incident);

-- Index tables that the program still has to fill from documents, which SQL does not read.
CREATE TABLE backfill (name TEXT PRIMARY KEY) STRICT;
INSERT INTO backfill VALUES ('turns');
