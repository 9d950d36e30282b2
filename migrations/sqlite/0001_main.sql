-- Moments are milliseconds since 1970 (UTC), bound by the program; SQL never asks for the time.
CREATE TABLE plan_revision (
  hash TEXT PRIMARY KEY, plan TEXT NOT NULL, revision TEXT NOT NULL, stored_at INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT;

CREATE TABLE incident (
  id TEXT PRIMARY KEY, event TEXT NOT NULL, status TEXT NOT NULL, declared_at INTEGER NOT NULL,
  dedup TEXT UNIQUE, row_version INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT;
CREATE INDEX incident_by_status ON incident (status, declared_at);

CREATE TABLE release (
  id TEXT PRIMARY KEY, incident TEXT NOT NULL REFERENCES incident (id), plan TEXT NOT NULL, body TEXT NOT NULL,
  item TEXT NOT NULL, occurrence INTEGER NOT NULL, status TEXT NOT NULL, due_at INTEGER, wake_at INTEGER,
  tied_to TEXT, row_version INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT;
CREATE INDEX release_by_incident ON release (incident, due_at);
CREATE INDEX release_by_wake ON release (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX release_by_status ON release (status, due_at);
CREATE INDEX release_by_tie ON release (tied_to) WHERE tied_to IS NOT NULL;

-- The rhythm of a recurring item of one incident.
CREATE TABLE series (
  incident TEXT NOT NULL REFERENCES incident (id), plan TEXT NOT NULL, item TEXT NOT NULL,
  occurrence INTEGER NOT NULL, next_at INTEGER, doc TEXT NOT NULL,
  PRIMARY KEY (incident, plan, item)
) STRICT;
CREATE INDEX series_by_next ON series (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE bulletin (
  release TEXT NOT NULL REFERENCES release (id), version INTEGER NOT NULL, hash TEXT NOT NULL,
  drafted_at INTEGER NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (release, version)
) STRICT;

CREATE TABLE signature (
  release TEXT NOT NULL REFERENCES release (id), version INTEGER NOT NULL, hash TEXT NOT NULL, kind TEXT NOT NULL,
  post TEXT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (release, hash, person)
) STRICT;

-- 发文字号: one counter per body and year.
CREATE TABLE document_number (body TEXT NOT NULL, year INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (body, year)) STRICT;

-- What the portal shows. It is written by `publish` and read by the portal alone.
CREATE TABLE portal_entry (
  release TEXT PRIMARY KEY REFERENCES release (id), incident TEXT NOT NULL, published_at INTEGER NOT NULL,
  changed INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT;
CREATE INDEX portal_by_change ON portal_entry (changed);

CREATE TABLE contact (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, language TEXT NOT NULL, verified_at INTEGER
) STRICT;
CREATE TABLE contact_tag (
  contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE, kind TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (contact, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_tag_by_value ON contact_tag (kind, value, contact);
CREATE TABLE contact_address (
  id INTEGER PRIMARY KEY, contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
  kind TEXT NOT NULL, address TEXT NOT NULL, UNIQUE (contact, kind, address)
) STRICT;
CREATE INDEX contact_address_by_kind ON contact_address (kind, id);
CREATE INDEX contact_address_by_address ON contact_address (kind, address);

-- A stopped dispatch sends nothing more, whatever its deliveries say; they are cancelled a chunk at a time.
CREATE TABLE dispatch (
  id TEXT PRIMARY KEY, release TEXT NOT NULL REFERENCES release (id), version INTEGER NOT NULL, channel TEXT NOT NULL,
  lane INTEGER NOT NULL, created_at INTEGER NOT NULL, after TEXT, expanded INTEGER NOT NULL, chunk_cursor INTEGER NOT NULL,
  closed_at INTEGER, stopped_at INTEGER, stopped_why TEXT, UNIQUE (release, version, channel)
) STRICT;
CREATE INDEX dispatch_to_expand ON dispatch (lane, created_at) WHERE expanded = 0;
CREATE INDEX dispatch_to_close ON dispatch (created_at) WHERE closed_at IS NULL;
CREATE INDEX dispatch_stopped ON dispatch (id) WHERE closed_at IS NULL AND stopped_at IS NOT NULL;

-- status: 0 pending, 1 leased, 2 accepted, 3 delivered, 4 failed, 5 unknown, 6 skipped, 7 cancelled
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY, dispatch TEXT NOT NULL REFERENCES dispatch (id), channel TEXT NOT NULL, lane INTEGER NOT NULL,
  address TEXT NOT NULL, language TEXT NOT NULL, status INTEGER NOT NULL, attempts INTEGER NOT NULL,
  fence INTEGER NOT NULL, ambiguous INTEGER NOT NULL, first_at INTEGER NOT NULL, next_at INTEGER NOT NULL,
  lease_until INTEGER, holder TEXT, done_at INTEGER, receipt TEXT, why TEXT, after TEXT,
  UNIQUE (dispatch, address)
) STRICT;
CREATE INDEX delivery_due ON delivery (channel, lane, next_at) WHERE status = 0;
CREATE INDEX delivery_by_dispatch ON delivery (dispatch, status);
CREATE INDEX delivery_leased ON delivery (lease_until) WHERE status = 1;

-- Tries that did not end in acceptance; an accepted try stands in the delivery itself.
CREATE TABLE attempt (
  delivery INTEGER NOT NULL REFERENCES delivery (id), number INTEGER NOT NULL, at INTEGER NOT NULL, outcome TEXT NOT NULL,
  why TEXT NOT NULL, PRIMARY KEY (delivery, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE channel_switch (channel TEXT PRIMARY KEY, enabled INTEGER NOT NULL, changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL) STRICT;

CREATE TABLE person (
  id TEXT PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, posts TEXT NOT NULL, disabled_at INTEGER, created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE token (
  hash TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES person (id), label TEXT NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER
) STRICT;

-- Answers already given, by idempotency key: the same request twice gets the same answer.
CREATE TABLE idempotency (
  person TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (person, key)
) STRICT;

CREATE TABLE journal (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, act TEXT NOT NULL, incident TEXT, release TEXT,
  data TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX journal_by_incident ON journal (incident, seq) WHERE incident IS NOT NULL;
CREATE TABLE journal_head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
INSERT INTO journal_head VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
CREATE TRIGGER journal_keeps BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_stays BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
