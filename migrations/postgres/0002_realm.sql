-- Which world this database holds, actual or drill. Written once, by whoever works on it first.
CREATE TABLE realm (one BIGINT PRIMARY KEY CHECK (one = 1), kind TEXT NOT NULL);
