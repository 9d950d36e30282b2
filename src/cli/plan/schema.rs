//! `fabu plan schema`: the JSON Schemas that editors complete from.

use std::io::{self, Write};

use super::super::words::word;
use super::super::{Exit, Failure};
use super::{DONE, FAILED, SchemaArgs};
use crate::plan::schema::{FileKind, schema_text};

pub fn run(args: &SchemaArgs, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let wanted = |kind: &FileKind| args.kind.as_deref().is_none_or(|code| kind.code() == code);
    let kinds: Vec<FileKind> = FileKind::ALL.into_iter().filter(wanted).collect();
    let Some(folder) = &args.write else {
        for kind in kinds {
            out.write_all(schema_text(kind).as_bytes())?;
        }
        return Ok(DONE);
    };
    for kind in kinds {
        let path = folder.join(kind.schema_file());
        let written =
            std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, schema_text(kind)));
        if let Err(error) = written {
            let what = word!("plan.not-written", path = path.display(), error);
            write!(err, "{}", Failure::new(Exit::Failed, what))?;
            return Ok(FAILED);
        }
        writeln!(err, "{}", word!("plan.wrote", path = path.display()))?;
    }
    Ok(DONE)
}
