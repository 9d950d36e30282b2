-- What the portal shows of one incident, found when a text of it goes out.
CREATE INDEX portal_by_incident ON portal_entry (incident, published_at);
