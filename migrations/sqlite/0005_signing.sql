-- A signature belongs to a round: what was signed before a return counts no more, and the same text may be signed again.
CREATE TABLE signature_of_round (
  release TEXT NOT NULL REFERENCES release (id), round INTEGER NOT NULL, version INTEGER NOT NULL, hash TEXT NOT NULL,
  kind TEXT NOT NULL, post TEXT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (release, round, hash, person)
) STRICT;
INSERT INTO signature_of_round SELECT release, 0, version, hash, kind, post, person, name, at FROM signature;
DROP TABLE signature;
ALTER TABLE signature_of_round RENAME TO signature;

-- Which texts the server has shown to whom. A check code stands for one of these and for no other text.
CREATE TABLE shown (
  person TEXT NOT NULL, release TEXT NOT NULL REFERENCES release (id), version INTEGER NOT NULL, hash TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (person, release, version, hash)
) STRICT, WITHOUT ROWID;

-- NULL = made by an older version, which knew no end.
ALTER TABLE token ADD COLUMN expires_at INTEGER;
CREATE INDEX idempotency_by_age ON idempotency (at);
