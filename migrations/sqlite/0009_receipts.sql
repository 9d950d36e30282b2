-- A receipt is what a provider says later of what it has taken.
-- receipt_by: while a delivery is accepted and a receipt is waited for, until when. receipt_at: when one came.
ALTER TABLE delivery ADD COLUMN receipt_by INTEGER;
ALTER TABLE delivery ADD COLUMN receipt_at INTEGER;
CREATE INDEX delivery_awaiting ON delivery (dispatch, receipt_by) WHERE receipt_by IS NOT NULL;
-- tried_at: since when nothing of it waits for a try, so that the fallback has begun. stands_in_for: whose fallback it is.
ALTER TABLE dispatch ADD COLUMN tried_at INTEGER;
ALTER TABLE dispatch ADD COLUMN stands_in_for TEXT;
CREATE INDEX dispatch_stand_in ON dispatch (stands_in_for) WHERE stands_in_for IS NOT NULL;

-- What a provider calls the parts of a delivery, and what it has said of each (a status of deliveries; NULL = nothing yet).
CREATE TABLE receipt (
  channel TEXT NOT NULL, id TEXT NOT NULL, delivery INTEGER NOT NULL REFERENCES delivery (id), part INTEGER NOT NULL,
  status INTEGER, PRIMARY KEY (channel, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_by_delivery ON receipt (delivery);
-- Receipts that nothing matches yet: they may overtake the answer to what they are about. delivery: of those that named it.
CREATE TABLE receipt_early (
  channel TEXT NOT NULL, name TEXT NOT NULL, status INTEGER NOT NULL, delivery INTEGER, why TEXT, came_at INTEGER NOT NULL,
  PRIMARY KEY (channel, name, status)
) STRICT, WITHOUT ROWID;
-- How many never matched anything.
CREATE TABLE receipt_stray (channel TEXT PRIMARY KEY, receipts INTEGER NOT NULL) STRICT;
