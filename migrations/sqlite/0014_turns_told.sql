-- Whoever's turn it is was told so, at this moment; NULL = not yet. What had begun before is not told again; what is yet to begin is.
ALTER TABLE release_turn ADD COLUMN told_at INTEGER;
UPDATE release_turn SET told_at = since WHERE since <= (SELECT max(at) FROM journal);
CREATE INDEX release_turn_untold ON release_turn (since) WHERE told_at IS NULL;
