-- Whoever's turn it is was told so, at this moment; NULL = not yet. Turns of before are not told again.
ALTER TABLE release_turn ADD COLUMN told_at BIGINT;
UPDATE release_turn SET told_at = since;
CREATE INDEX release_turn_untold ON release_turn (since) WHERE told_at IS NULL;
