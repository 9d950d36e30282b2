-- What became of the deliveries of closed dispatches, so that counting a channel never reads its history.
CREATE TABLE channel_tally (
  channel TEXT NOT NULL, status BIGINT NOT NULL, deliveries BIGINT NOT NULL, PRIMARY KEY (channel, status)
);
INSERT INTO channel_tally SELECT p.channel, d.status, COUNT(*) FROM dispatch p JOIN delivery d ON d.dispatch = p.id
  WHERE p.closed_at IS NOT NULL GROUP BY p.channel, d.status;
