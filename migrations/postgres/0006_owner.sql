-- What makes this database this one: its copies have the same name, another one never has.
CREATE TABLE installation (one BIGINT PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL);
-- Who serves it, or did last: the process, where and since when it runs, the file it was reached by, its last sign of life.
CREATE TABLE owner (
  holder TEXT PRIMARY KEY,
  process TEXT NOT NULL,
  host TEXT NOT NULL,
  place TEXT NOT NULL,
  pid BIGINT NOT NULL,
  born TEXT NOT NULL,
  file TEXT NOT NULL,
  path TEXT NOT NULL,
  beat_at BIGINT NOT NULL,
  ended BIGINT NOT NULL
);
