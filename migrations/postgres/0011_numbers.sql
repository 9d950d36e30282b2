-- A text is signed with marked blanks; what fills them is known when it goes out. NULL = it has none, or is not out.
ALTER TABLE bulletin ADD COLUMN issued TEXT;

-- Two people who asked for the same item at once may have got the same number: the later ones get the next.
UPDATE release SET occurrence = again.occurrence,
  doc = jsonb_set(release.doc::jsonb, '{occurrence}', to_jsonb(again.occurrence))::text
FROM (
  SELECT id, most + row_number() OVER (PARTITION BY incident, plan, item ORDER BY id) AS occurrence
  FROM (
    SELECT id, incident, plan, item,
      max(occurrence) OVER (PARTITION BY incident, plan, item) AS most,
      row_number() OVER (PARTITION BY incident, plan, item, occurrence ORDER BY id) AS nth
    FROM release WHERE tied_to IS NULL
  ) AS counted WHERE nth > 1
) AS again WHERE release.id = again.id;

-- Two people who ask for the same item at once get two occurrences.
CREATE UNIQUE INDEX release_by_occurrence ON release (incident, plan, item, occurrence) WHERE tied_to IS NULL;
