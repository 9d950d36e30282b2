-- A signature belongs to a round: what was signed before a return counts no more, and the same text may be signed again.
CREATE TABLE signature_of_round (
  release TEXT NOT NULL REFERENCES release (id), round BIGINT NOT NULL, version BIGINT NOT NULL, hash TEXT NOT NULL,
  kind TEXT NOT NULL, post TEXT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (release, round, hash, person)
);
INSERT INTO signature_of_round SELECT release, 0, version, hash, kind, post, person, name, at FROM signature;
DROP TABLE signature;
ALTER TABLE signature_of_round RENAME TO signature;

-- Which texts the server has shown to whom. A check code stands for one of these and for no other text.
CREATE TABLE shown (
  person TEXT NOT NULL, release TEXT NOT NULL REFERENCES release (id), version BIGINT NOT NULL, hash TEXT NOT NULL,
  at BIGINT NOT NULL, PRIMARY KEY (person, release, version, hash)
);

-- NULL = made by an older version, which knew no end.
ALTER TABLE token ADD COLUMN expires_at BIGINT;
CREATE INDEX idempotency_by_age ON idempotency (at);
