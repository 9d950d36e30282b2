-- How many tries a delivery had before somebody had it sent again: its schedule begins anew after them.
ALTER TABLE delivery ADD COLUMN earlier BIGINT NOT NULL DEFAULT 0;
-- Trouble with our own account on a channel. While one lasts nothing of the channel is given up.
-- told: 0 nobody knows of it, 1 its beginning is journaled, 2 its end too.
CREATE TABLE channel_trouble (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, channel TEXT NOT NULL, began_at BIGINT NOT NULL, ended_at BIGINT, why TEXT NOT NULL,
  dispatch TEXT, again BIGINT NOT NULL, told BIGINT NOT NULL
);
CREATE UNIQUE INDEX channel_trouble_open ON channel_trouble (channel) WHERE ended_at IS NULL;
CREATE INDEX channel_trouble_untold ON channel_trouble (told) WHERE told < 2;
CREATE INDEX channel_trouble_by_channel ON channel_trouble (channel, began_at);
