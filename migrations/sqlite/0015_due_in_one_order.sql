-- What is due at one moment is sent in the order in which it was written down, on every database.
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (channel, lane, next_at, id) WHERE status = 0;
