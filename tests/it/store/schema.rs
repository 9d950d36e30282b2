//! Both schemas say the same thing.

use std::collections::BTreeSet;

use crate::support::database::{Database, Outsider};

const SQLITE: [&str; 4] = [
    "SELECT m.name || '.' || c.name || CASE lower(c.type) WHEN 'integer' THEN ' number' ELSE ' ' || lower(c.type) END ||
        CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN ' always' ELSE ' maybe' END
     FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name <> 'schema_migration'",
    "SELECT tbl_name || ' index ' || name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
    "SELECT m.name || ' unique ' || (SELECT group_concat(name, ',') FROM pragma_index_info(i.name))
     FROM sqlite_schema m, pragma_index_list(m.name) i
     WHERE m.type = 'table' AND i.\"unique\" = 1 AND m.name <> 'schema_migration'
     UNION
     SELECT m.name || ' unique ' || group_concat(c.name, ',') FROM sqlite_schema m, pragma_table_info(m.name) c
     WHERE m.type = 'table' AND c.pk > 0 AND m.name <> 'schema_migration' GROUP BY m.name HAVING count(*) = 1",
    "SELECT m.name || ' FOREIGN KEY (' || f.\"from\" || ') REFERENCES ' || f.\"table\" || '(' || f.\"to\" || ')' ||
        CASE f.on_delete WHEN 'CASCADE' THEN ' ON DELETE CASCADE' ELSE '' END
     FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
];

const POSTGRES: [&str; 4] = [
    "SELECT table_name || '.' || column_name || CASE data_type WHEN 'bigint' THEN ' number' ELSE ' ' || data_type END ||
        CASE is_nullable WHEN 'NO' THEN ' always' ELSE ' maybe' END
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_migration'",
    "SELECT tablename || ' index ' || indexname FROM pg_indexes
     WHERE schemaname = 'public' AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname)",
    "SELECT t.relname || ' unique ' || string_agg(a.attname, ',' ORDER BY k.place)
     FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
     CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY k (number, place)
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
     WHERE i.indisunique AND n.nspname = 'public' AND t.relname <> 'schema_migration' GROUP BY i.indexrelid, t.relname",
    "SELECT conrelid::regclass::text || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'",
];

async fn described(database: &Database) -> BTreeSet<String> {
    database.store().await.close().await;
    let mut outsider = database.outsider().await;
    let questions = match outsider {
        Outsider::Sqlite(_) | Outsider::Memory(_) => SQLITE,
        Outsider::Postgres(_) => POSTGRES,
    };
    let mut lines = BTreeSet::new();
    for question in questions {
        let answer = outsider.texts(question).await;
        assert!(!answer.is_empty(), "{question}");
        lines.extend(answer);
    }
    lines
}

#[tokio::test]
async fn both_schemas_have_the_same_columns_keys_and_indexes() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let postgres = described(&database).await;
    let sqlite = described(&Database::sqlite()).await;
    let only =
        |these: &BTreeSet<String>, those| these.difference(those).cloned().collect::<Vec<_>>();
    assert_eq!(
        (only(&sqlite, &postgres), only(&postgres, &sqlite)),
        (vec![], vec![]),
        "(only in SQLite, only in PostgreSQL)"
    );
    database.discard().await;
}
