//! Contacts at the command line: what comes in, what is refused and why, what goes out.

use std::process::Stdio;

use serde_json::Value;

use crate::support::command::{Answer, Desk};

const PEOPLE: &str = "姓名,手机,邮箱,语言,区域,分组\n\
    张三,+86 138-0000-1234,zhang@example.invalid,,320299100,居民;东门\n\
    欧阳㐂,13900001234,,en,320299101,居民\n";

const BODIES: &str = "areas:\n  - {area: \"320299\", name: 示例市}\n  - {area: \"320299100\", name: 城关镇, name-en: Chengguan Town}\nbodies: []\n";

fn contacts(desk: &Desk) -> Vec<Value> {
    desk.json(&["contact", "list", "--json"])["contacts"]
        .as_array()
        .unwrap()
        .clone()
}

fn names(desk: &Desk) -> Vec<String> {
    contacts(desk)
        .iter()
        .map(|row| row["contact"]["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_encoding_that_spreadsheets_save_gives_the_same_contacts() {
    let plain = Desk::with_database();
    plain.write("people.csv", PEOPLE);
    plain.done(&["contact", "import", "people.csv"]);
    let expected = contacts(&plain);
    assert_eq!(names(&plain), ["张三", "欧阳㐂"]);
    assert_eq!(
        expected[0]["contact"]["addresses"][0]["address"],
        "138****1234"
    );

    let (gb18030, _, _) = encoding_rs::GB18030.encode(PEOPLE);
    let marked = [b"\xef\xbb\xbf", PEOPLE.as_bytes()].concat();
    for (bytes, encoding) in [(gb18030.into_owned(), "GB18030"), (marked, "UTF-8")] {
        let desk = Desk::with_database();
        desk.write("people.csv", bytes);
        desk.run(&["contact", "import", "people.csv"])
            .says(0, &["2 contacts added", encoding]);
        assert_eq!(contacts(&desk), expected);
    }
}

#[test]
fn bad_rows_are_named_by_line_and_column_and_the_good_ones_kept() {
    let desk = Desk::with_database();
    let table = "编号,姓名,手机,邮箱,语言\r\n\
        a1,张三,13800001234,,\r\n\
        \r\n\
        a2,李四,1380000,x@y,fr\r\n\
        a3,\"王\n五\",13800001111,,\r\n\
        a1,赵六,13700001234,,\r\n\
        a5,孙七,,,\r\n\
        a6,周八,13800001234,,\r\n\
        a7,吴九,13600001234\r\n";
    desk.write("people.csv", table);
    let answer = desk.run(&["contact", "import", "people.csv"]);
    answer.says(
        3,
        &[
            "people.csv:4: bad: 手机: \"****00\": it has 7 digits",
            "people.csv:4: bad: 邮箱",
            "people.csv:4: bad: 语言: \"fr\"",
            "people.csv:7: bad: 编号: it stands in line 2 already",
            "people.csv:8: bad: it has no address",
            "people.csv:9: note: 138****1234 stands in line 2 too",
            "4 contacts added",
            "3 rows left out",
        ],
    );
    assert_eq!(names(&desk), ["张三", "王 五", "周八", "吴九"]);
    assert!(
        !answer.err.contains("13800001234"),
        "a whole number was shown: {}",
        answer.err
    );
}

#[test]
fn strict_and_dry_run_import_nothing() {
    let desk = Desk::with_database();
    desk.write("people.csv", format!("{PEOPLE}李四,12,,,,\n"));
    desk.run(&["contact", "import", "people.csv", "--strict"])
        .says(3, &["people.csv:4:", "nothing was imported"]);
    assert_eq!(names(&desk), [""; 0]);
    desk.write("good.csv", PEOPLE);
    desk.run(&["contact", "import", "good.csv", "--dry-run", "--strict"])
        .says(0, &["2 rows would be imported"]);
    assert_eq!(names(&desk), [""; 0]);
    assert_eq!(desk.done(&["journal", "tail", "--json"]), "");
}

#[test]
fn a_file_that_cannot_be_read_as_a_whole_says_why_and_where() {
    let desk = Desk::with_database();
    let mut damaged = PEOPLE.as_bytes().to_vec();
    let at = PEOPLE.find("欧阳").unwrap();
    damaged[at] = b'?';
    for (bytes, words) in [
        (damaged, ["line 3", "UTF-8"]),
        (b"".to_vec(), ["empty", "nothing was imported"]),
        (
            "姓名,备注\n张三,x\n".as_bytes().to_vec(),
            ["no column holds addresses", "姓名,备注"],
        ),
        (
            "编号,手机,人员编号\n1,13800001234,2\n".as_bytes().to_vec(),
            ["two columns", "编号"],
        ),
        (
            "张三,13800001234\n李四,13900001234\n".as_bytes().to_vec(),
            ["line 1", "headings are missing"],
        ),
        (
            b"PK\x03\x04rest of a workbook".to_vec(),
            [".xlsx", "另存为"],
        ),
    ] {
        desk.write("people.csv", bytes);
        desk.run(&["contact", "import", "people.csv"])
            .says(3, &words);
    }
    desk.run(&["contact", "import", "missing.csv"])
        .says(1, &["missing.csv", "nothing was imported"]);
    assert_eq!(names(&desk), [""; 0]);
}

#[test]
fn places_are_those_of_the_bodies_file_by_code_or_name() {
    let desk = Desk::with_database();
    desk.write("plans/bodies.yaml", BODIES);
    let table = "手机,区域\n13800000001,320299100\n13800000002,城关镇、示例市\n13800000003,320299109\n13800000004,某镇\n";
    desk.write("people.csv", table);
    desk.run(&["contact", "import", "people.csv"]).says(
        3,
        &[
            "people.csv:4: bad: 区域: 320299109 is no place of bodies.yaml (the nearest is 示例市)",
            "people.csv:5: bad: 区域: \"某镇\"",
            "the rest of the row is taken without it",
            "4 contacts added",
            "2 rows only in part",
        ],
    );
    let areas: Vec<Value> = contacts(&desk)
        .iter()
        .map(|row| row["contact"]["areas"].clone())
        .collect();
    assert_eq!(
        areas,
        [
            serde_json::json!(["320299100"]),
            serde_json::json!(["320299", "320299100"]),
            serde_json::json!([]),
            serde_json::json!([]),
        ]
    );
    let inside = desk.json(&["contact", "list", "--area", "320299100", "--json"]);
    assert_eq!(inside["count"]["people"], 2);
    // The whole city hears what concerns the city; a town's residents do not hear what concerns another town.
    assert_eq!(
        desk.json(&["contact", "list", "--area", "320299101", "--json"])["count"]["people"],
        0
    );
}

#[test]
fn importing_again_replaces_and_never_doubles() {
    let desk = Desk::with_database();
    desk.write("people.csv", PEOPLE);
    desk.done(&["contact", "import", "people.csv"]);
    desk.write(
        "people.csv",
        PEOPLE.replace("居民;东门", "媒体").replace("张三", "章三"),
    );
    // Two groups are taken away: that is said before it is done.
    for option in ["--dry-run", "--json", "--strict"] {
        let answer = desk.run(&["contact", "import", "people.csv", option]);
        assert_eq!(answer.code, 3, "{answer:?}");
    }
    desk.run(&["contact", "import", "people.csv"]).says(
        3,
        &[
            "people.csv:2: LOST: 已有联系人",
            "2 groups less",
            "nothing was imported",
        ],
    );
    assert_eq!(names(&desk)[0], "张三");
    desk.run(&["contact", "import", "people.csv", "--accept-losses"])
        .says(0, &["0 contacts added, 2 replaced"]);
    assert_eq!(names(&desk), ["章三", "欧阳㐂"]);
    assert_eq!(
        desk.json(&["contact", "list", "--group", "媒体", "--json"])["count"]["people"],
        1
    );
    assert_eq!(
        desk.json(&["contact", "list", "--group", "东门", "--json"])["count"]["people"],
        0
    );
}

#[test]
fn an_export_runs_nothing_in_a_spreadsheet_and_comes_back_the_same() {
    let desk = Desk::with_database();
    let table = "编号,姓名,手机,telegram,分组\n\
        c1,\"=HYPERLINK(\"\"http://x.invalid\"\",\"\"看\"\")\",13800001234,@shili_fabu,\"+1,-2\"\n\
        c2,'=1+1,13800001235,-100123456,O'Neil\n\
        '=c3,@cmd,13800001236,,'居民\n";
    desk.write("people.csv", table);
    desk.run(&["contact", "import", "people.csv"])
        .says(0, &["3 contacts added"]);
    desk.done(&["contact", "export", "--unmasked", "--out", "out.csv"]);
    let text = desk.read("out.csv");
    assert!(
        text.starts_with('\u{feff}'),
        "Excel needs the mark to see UTF-8"
    );
    let mut rows = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    for cell in rows
        .records()
        .flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
    {
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "{cell:?} would be run"
        );
    }
    let other = Desk::with_database();
    other.write("in.csv", &text);
    other.done(&["contact", "import", "in.csv"]);
    assert_eq!(contacts(&other), contacts(&desk));
    other.done(&["contact", "export", "--unmasked", "--out", "again.csv"]);
    assert_eq!(other.read("again.csv"), text);
}

#[test]
fn exports_are_masked_unless_asked_and_then_the_journal_says_who() {
    let desk = Desk::with_database();
    desk.write("people.csv", PEOPLE);
    desk.done(&["contact", "import", "people.csv"]);
    let masked = desk.done(&["contact", "export"]);
    assert!(
        masked.contains("138****1234") && masked.contains("z***@example.invalid"),
        "{masked}"
    );
    assert!(!masked.contains("13800001234"), "{masked}");
    let whole = desk.done(&["contact", "export", "--unmasked", "--group", "东门"]);
    assert!(
        whole.contains("13800001234") && !whole.contains("13900001234"),
        "{whole}"
    );
    let journal = desk.done(&["journal", "tail", "-n", "1", "--json"]);
    let entry: Value = serde_json::from_str(&journal).unwrap();
    assert_eq!(
        (&entry["act"], &entry["actor"]),
        (&"contacts-exported".into(), &"os:keyboard".into())
    );
    assert_eq!(entry["data"]["contacts"], 1);
    desk.write("out.csv", "mine");
    desk.run(&["contact", "export", "--out", "out.csv"])
        .says(1, &["--force"]);
    assert_eq!(desk.read("out.csv"), "mine");
}

#[test]
fn a_long_list_is_imported_in_parts_and_a_reader_may_leave_early() {
    let desk = Desk::with_database();
    let rows: String = (0..2_500)
        .map(|n| format!("n{n},1{:010},u{n}@example.invalid\n", 3_000_000_000_u64 + n))
        .collect();
    desk.write("people.csv", format!("姓名,手机,邮箱\n{rows}"));
    desk.run(&["contact", "import", "people.csv"])
        .says(0, &["2,500 contacts added"]);
    let page = desk.json(&["contact", "list", "--limit", "1000", "--json"]);
    assert_eq!(
        page["count"]["addresses"],
        serde_json::json!({"email": 2500, "sms": 2500})
    );
    let next = page["next"].as_i64().unwrap().to_string();
    let page = desk.json(&[
        "contact", "list", "--limit", "2000", "--after", &next, "--json",
    ]);
    assert_eq!(page["contacts"].as_array().unwrap().len(), 1500);
    assert_eq!(page["next"], Value::Null);

    let mut export = desk
        .command(&["contact", "export"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(export.stdout.take());
    Answer::of(export.wait_with_output().unwrap()).says(0, &[""]);
}
