-- What was heard of each channel's receipts. strays: about nothing that was ever sent. ignored: say nothing that the channel's file
-- knows. heard_at: when one was last about a text. silence_told_at: when people were told that none comes.
ALTER TABLE receipt_stray RENAME TO receipt_heard;
ALTER TABLE receipt_heard RENAME COLUMN receipts TO strays;
ALTER TABLE receipt_heard ADD COLUMN ignored BIGINT NOT NULL DEFAULT 0;
ALTER TABLE receipt_heard ADD COLUMN heard_at BIGINT;
ALTER TABLE receipt_heard ADD COLUMN silence_told_at BIGINT;

-- What receipts have made of dispatches that were counted already, until the journal says so.
CREATE TABLE receipt_late (
  dispatch TEXT NOT NULL REFERENCES dispatch (id), status BIGINT NOT NULL, deliveries BIGINT NOT NULL, since BIGINT NOT NULL,
  PRIMARY KEY (dispatch, status)
);

-- losing_at: since when deliveries of it are given up that nobody has looked at. loss_told_at: when people were told that nearly
-- all of it is.
ALTER TABLE dispatch ADD COLUMN losing_at BIGINT;
ALTER TABLE dispatch ADD COLUMN loss_told_at BIGINT;
CREATE INDEX dispatch_losing ON dispatch (losing_at) WHERE losing_at IS NOT NULL;
