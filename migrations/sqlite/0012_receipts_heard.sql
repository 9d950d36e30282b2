-- What was heard of each channel's receipts. strays: about nothing that was ever sent. ignored: say nothing that the channel's file
-- knows. heard_at: when one was last about a text. silence_told_at: when people were told that none comes.
ALTER TABLE receipt_stray RENAME TO receipt_heard;
ALTER TABLE receipt_heard RENAME COLUMN receipts TO strays;
ALTER TABLE receipt_heard ADD COLUMN ignored INTEGER NOT NULL DEFAULT 0;
ALTER TABLE receipt_heard ADD COLUMN heard_at INTEGER;
ALTER TABLE receipt_heard ADD COLUMN silence_told_at INTEGER;

-- What receipts have made of dispatches that were counted already, until the journal says so.
CREATE TABLE receipt_late (
  dispatch TEXT NOT NULL REFERENCES dispatch (id), status INTEGER NOT NULL, deliveries INTEGER NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (dispatch, status)
) STRICT, WITHOUT ROWID;

-- losing_at: since when deliveries of it are given up that nobody has looked at. loss_told_at: when people were told that nearly
-- all of it is.
ALTER TABLE dispatch ADD COLUMN losing_at INTEGER;
ALTER TABLE dispatch ADD COLUMN loss_told_at INTEGER;
CREATE INDEX dispatch_losing ON dispatch (losing_at) WHERE losing_at IS NOT NULL;
