//! Lists of contacts as clerks, spreadsheets and other programs really write them: what is read, what is named, what
//! stops the import.

use serde_json::Value;

use crate::support::command::Desk;

const BODIES: &str = "areas:\n  - {area: \"320299\", name: 示例市}\n  - {area: \"320299100\", name: 城关镇}\nbodies: []\n";

fn import(text: impl AsRef<[u8]>) -> (Desk, crate::support::command::Answer) {
    let desk = Desk::with_database();
    desk.write("people.csv", text);
    let answer = desk.run(&["contact", "import", "people.csv"]);
    (desk, answer)
}

fn export(desk: &Desk) -> String {
    desk.done(&["contact", "export", "--unmasked"])
}

fn contacts(desk: &Desk) -> Vec<Value> {
    desk.json(&["contact", "list", "--json"])["contacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["contact"].clone())
        .collect()
}

/// An installation whose plans address groups, with one plan of its own.
fn with_plans(desk: &Desk) {
    desk.done(&["init", "town", "--example"]);
    let folder = desk.path("town");
    for entry in ["plans", "channels"] {
        std::fs::rename(folder.join(entry), desk.path(entry)).unwrap();
    }
}

#[test]
fn what_nobody_sees_decides_nothing() {
    let marks = [
        "\u{200b}",
        "\u{200e}",
        "\u{202d}",
        "\u{202c}",
        "\u{2066}",
        "\u{2069}",
        "\u{feff}",
        "\u{ad}",
        "\u{a0}",
        "\u{180e}",
        "\u{fe0f}",
        "\u{e0041}",
        "\u{2007}",
        "\u{3000}",
        "\u{61c}",
        "\u{34f}",
    ];
    let plain =
        "编号,姓名,手机,邮箱,语言,分组\nc1,张三,13800001234,zhang@example.invalid,en,media\n";
    let (desk, answer) = import(plain);
    answer.says(0, &["1 contact added"]);
    for mark in marks {
        let text: String = plain
            .split('\n')
            .map(|line| {
                line.split(',')
                    .map(|cell| format!("{mark}{cell}{mark}"))
                    .collect::<Vec<_>>()
                    .join(",")
                    + "\n"
            })
            .collect();
        let (other, answer) = import(text);
        answer.says(0, &["1 contact added"]);
        assert_eq!(export(&other), export(&desk), "{mark:?}");
    }
}

#[test]
fn what_a_spreadsheet_adds_costs_no_row() {
    for text in [
        "姓名,手机,,,\n张三,13800001234,,,\n,,,,\n李四,13900001234,,,,,,,\n,,\n",
        "姓名,手机,邮箱\n张三,13800001234\n李四,13900001234\n\n\n",
        "\n\n,,\n姓名,,手机\n张三,,13800001234\n李四,,13900001234\n",
        "姓名;手机\r\n张三;13800001234\r\n李四;13900001234\r\n",
        "姓名\t手机\r张三\t13800001234\r李四\t13900001234\r",
        "姓名|手机\n张三|13800001234\n李四|13900001234",
        "sep=;\n姓名;手机\n张三;\"13800001234\"\n李四;=\"13900001234\"\n",
        "姓名，手机\n张三，13800001234\n李四，13900001234\n",
        "示例市联系人名单,,\n制表：2026年5月,,\n序号,姓名,手机\n（自动）,必填,11位数字，必填\n1,张三,13800001234\n2,李四,13900001234\n合计：2人,,\n",
        "姓名,联系方式,\n,手机,邮箱\n张三,13800001234,\n李四,13900001234,\n",
        "姓名,手机\n张三,1.3800001234E+10\n李四,13900001234.0\n",
        "姓名,手机\n张三,\"13,800,001,234\"\n李四,'13900001234\n",
        "姓名,手机\n\"张\n三\",\"13800001234\n\"\n李四,13900001234\n姓名,手机\n",
    ] {
        let (desk, answer) = import(text);
        answer.says(0, &["2 contacts added"]);
        let people = contacts(&desk);
        assert_eq!(people.len(), 2, "{text}");
        let whole = export(&desk);
        assert!(
            whole.contains("13800001234") && whole.contains("13900001234"),
            "{text}: {whole}"
        );
    }
    // A surplus cell that holds something is no empty cell.
    let (_, answer) = import("姓名,手机\n张三,13800001234,,备用\n");
    answer.says(
        3,
        &[
            "people.csv:2: bad: it has 4 cells, the headings are 2",
            "1 contact added",
            "1 row only in part",
        ],
    );
}

#[test]
fn both_of_two_columns_and_all_of_several_numbers_are_kept() {
    let (desk, answer) = import(
        "姓名,手机,备用手机,办公电话,E-mail Address\n\
         张三,13800001234/13900001234,13700001234,0510-12345678,张三 <zhang@Example.invalid>\n\
         李四,13600001234或13500001234,,18600001234,mailto:li＠example．invalid\n",
    );
    answer.says(
        0,
        &[
            "“备用手机” is 手机",
            "“办公电话” is 固定电话",
            "2 contacts added",
        ],
    );
    let people = contacts(&desk);
    assert_eq!(people[0]["addresses"].as_array().unwrap().len(), 4);
    assert_eq!(people[1]["addresses"].as_array().unwrap().len(), 4);
    let whole = export(&desk);
    assert!(
        whole.contains("zhang@example.invalid") && whole.contains("li@example.invalid"),
        "{whole}"
    );
}

#[test]
fn names_in_two_columns_are_put_together_and_a_title_with_a_number_is_no_person() {
    let (desk, answer) = import(
        "填报人：李四,联系电话：13800001234,\n姓,名,手机\n张,三,13900001234\nLee,Ann,13700001234\n",
    );
    answer.says(
        0,
        &[
            "people.csv:1: note: stands above the headings",
            "2 contacts added",
        ],
    );
    assert!(!answer.err.contains("13800001234"), "{}", answer.err);
    let names: Vec<Value> = contacts(&desk)
        .iter()
        .map(|one| one["name"].clone())
        .collect();
    assert_eq!(names, ["张三", "Ann Lee"]);
    let (_, answer) = import("王五,13800001234\n姓名,手机\n张三,13900001234\n");
    answer.says(
        3,
        &[
            "people.csv:1: LOST: stands above the headings",
            "nothing was imported",
        ],
    );
}

#[test]
fn the_good_half_of_a_row_is_kept_and_the_other_named() {
    let (desk, answer) = import(
        "姓名,手机,邮箱\n\
         张三,1.38E+10,zhang@example.invalid\n\
         李四,13900001234,li@\n\
         王五,11111111111,\n\
         赵六,无,zhao@example.invalid\n\
         孙七,0510-12345678,sun@example.invalid\n",
    );
    answer.says(
        3,
        &[
            "people.csv:2: bad: 手机",
            "the last digits are lost",
            "people.csv:3: bad: 邮箱",
            "the rest of the row is taken without it",
            "people.csv:4: bad: 手机: \"111****1111\": it only fills the cell",
            "people.csv:5: note: 手机: \"无\" is no address",
            "people.csv:6: bad: 手机: \"051****5678\": it is a fixed line",
            "4 contacts added",
            "1 row left out, 3 rows only in part",
        ],
    );
    let addresses: Vec<usize> = contacts(&desk)
        .iter()
        .map(|one| one["addresses"].as_array().unwrap().len())
        .collect();
    assert_eq!(addresses, [1, 1, 1, 1]);
    desk.run(&["contact", "import", "people.csv", "--accept-losses"])
        .says(0, &["0 contacts added, 4 replaced"]);
}

#[test]
fn a_column_of_addresses_under_an_unknown_heading_stops_the_import() {
    for (heading, cell) in [
        ("备注", "13800001234"),
        ("Emial", "zhang@example.invalid"),
        ("", "138-0000-1234"),
        ("QQ/微信", "晚上打13800001234"),
        ("x", "1.38E+10"),
        ("电报号", "@shili_fabu"),
    ] {
        let heading = if heading == "电报号" {
            "tele"
        } else {
            heading
        };
        let (desk, answer) = import(format!(
            "姓名,手机,{heading}\n张三,13900001234,\n李四,13700001234,{cell}\n"
        ));
        answer.says(
            3,
            &[
                "LOST: column C",
                "the first in line 3",
                "nothing was imported",
                "--accept-losses",
            ],
        );
        assert!(
            !answer.err.contains(cell),
            "an address was shown: {}",
            answer.err
        );
        assert_eq!(contacts(&desk).len(), 0);
        let dry = desk.run(&["contact", "import", "people.csv", "--dry-run"]);
        assert_eq!((dry.code, &dry.err), (3, &answer.err));
        desk.run(&["contact", "import", "people.csv", "--accept-losses"])
            .says(0, &["2 contacts added"]);
    }
    let (_, answer) = import("姓名,手机,Emial\n张三,13900001234,zhang@example.invalid\n");
    answer.says(3, &["is 邮箱 meant?"]);
    let (_, answer) = import("姓名,手机,备注,序号\n张三,13900001234,组长,1\n");
    answer.says(
        0,
        &[
            "note: column C “备注” means nothing here",
            "1 contact added",
        ],
    );
}

#[test]
fn groups_are_compared_with_what_plans_address() {
    let desk = Desk::with_database();
    with_plans(&desk);
    let table = "姓名,手机,分组,区域\n张三,13800001234,Media；东门,320299\n李四,13900001234,media，schools,示例市城关镇\n";
    desk.write("people.csv", table);
    let answer = desk.run(&["contact", "import", "people.csv"]);
    answer.says(
        0,
        &[
            "people.csv:2: note: 分组: \"Media\" is taken as \"media\"",
            "people.csv:2: note: 分组: no plan and no channel addresses the group \"东门\"",
            "2 contacts added",
        ],
    );
    assert_eq!(
        desk.json(&["contact", "list", "--group", "media", "--json"])["count"]["people"],
        2
    );
    // One letter wrong in a name that plans address loses everybody in it.
    desk.write("people.csv", "姓名,手机,分组\n张三,13800001234,meida\n");
    let answer = desk.run(&["contact", "import", "people.csv", "--dry-run"]);
    answer.says(
        3,
        &[
            "LOST: 分组",
            "\"meida\"",
            "surely \"media\" is meant",
            "nothing was imported",
        ],
    );
    let json = desk.run(&["contact", "import", "people.csv", "--json"]);
    let said: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        (json.code, &said["loses"], &said["nothing_imported"]),
        (3, &true.into(), &true.into())
    );
    assert_eq!(said["remarks"][0]["loses"], true);
}

#[test]
fn places_are_found_as_people_write_them() {
    let desk = Desk::with_database();
    desk.write("plans/bodies.yaml", BODIES);
    desk.write(
        "people.csv",
        "手机,乡镇\n13800000011,城关镇\n13800000012,示例市城关镇\n13800000013,320299100000\n13800000014,３２０２９９１００\n\
         13800000015,示例市/城关镇\n13800000016,320299100.0\n13800000017,城关\n",
    );
    desk.run(&["contact", "import", "people.csv"]).says(
        3,
        &[
            "people.csv:8: bad: 区域: \"城关\"",
            "the nearest is 城关镇",
            "7 contacts added",
        ],
    );
    assert_eq!(
        desk.json(&["contact", "list", "--area", "320299100", "--json"])["count"]["people"],
        6
    );
}

#[test]
fn one_mailbox_in_two_spellings_is_one_person() {
    let (desk, answer) =
        import("姓名,邮箱\n张三,Zhang@example.invalid\n张三,zhang@example.invalid\n");
    answer.says(
        0,
        &[
            "people.csv:3: note",
            "same person as line 2",
            "1 contact added",
        ],
    );
    desk.write("again.csv", "姓名,邮箱\n张三,ZHANG@EXAMPLE.invalid\n");
    desk.run(&["contact", "import", "again.csv"])
        .says(0, &["0 contacts added, 1 replaced"]);
    let (desk, answer) =
        import("编号,姓名,邮箱\na,张三,Zhang@example.invalid\nb,李四,zhang@example.invalid\n");
    answer.says(
        0,
        &["stands in line 2 too but for capitals", "2 contacts added"],
    );
    assert_eq!(
        desk.json(&["contact", "list", "--json"])["count"]["addresses"]["email"],
        1
    );
}

#[test]
fn a_quotation_mark_that_is_never_closed_gives_nobody_anothers_number() {
    let (desk, answer) = import(
        "姓名,手机\n张三,13700001234\n李四,\"13800001234\n王五,13900001234\n赵六,13600001234\n",
    );
    answer.says(
        3,
        &[
            "people.csv:3: LOST: 引号: a quotation mark joins 3 lines",
            "people.csv:3: bad: a quotation mark is opened there and never closed: lines 3 to 5",
            "nothing was imported",
        ],
    );
    assert_eq!(contacts(&desk).len(), 0);
    desk.run(&["contact", "import", "people.csv", "--accept-losses"])
        .says(0, &["1 contact added"]);
}

#[test]
fn what_is_exported_comes_back_the_same_whatever_its_groups_are_called() {
    let (desk, answer) =
        import("编号,姓名,手机,分组\nc1,张三,13800001234,\"\"\"a,b\"\";\"\"c/d\"\";e\"\n");
    answer.says(0, &["1 contact added"]);
    assert_eq!(
        contacts(&desk)[0]["groups"],
        serde_json::json!(["a,b", "c/d", "e"])
    );
    let text = export(&desk);
    let (other, answer) = import(&text);
    answer.says(0, &["1 contact added"]);
    assert_eq!(contacts(&other), contacts(&desk));
    assert_eq!(export(&other), text);
}

#[test]
fn a_list_takes_nothing_from_who_stands_without_saying_so() {
    let desk = Desk::with_database();
    desk.write(
        "people.csv",
        "编号,姓名,手机,邮箱,分组,岗位,语言\n1,张三,13800001234,z@example.invalid,media,office/duty,en\n",
    );
    desk.done(&["contact", "import", "people.csv"]);
    let whole = export(&desk);
    // A column that the list does not have says nothing.
    desk.write(
        "again.csv",
        "编号,姓名,手机\n1,张三,13800001234\n2,李四,13900001234\n",
    );
    desk.run(&["contact", "import", "again.csv", "--dry-run"])
        .says(0, &["1 contact would be added, 1 replaced"]);
    desk.run(&["contact", "import", "again.csv"]).says(
        0,
        &[
            "again.csv:3: note: 区域/分组/岗位: 1 person is",
            "1 contact added, 1 replaced",
        ],
    );
    assert!(
        export(&desk).starts_with(whole.trim_end()),
        "{}",
        export(&desk)
    );
    for (table, said) in [
        ("编号,姓名,手机\n1,张三,13700001234\n", "1 address less"),
        ("编号,姓名,手机,分组\n1,张三,13800001234,\n", "1 group less"),
        ("编号,姓名,手机,岗位\n1,张三,13800001234,\n", "1 post less"),
        (
            "编号,姓名,手机,语言\n1,张三,13800001234,zh-CN\n",
            "another language",
        ),
        ("编号,姓名,手机\n1,王五,13600001234\n", "another person"),
    ] {
        desk.write("less.csv", table);
        let before = export(&desk);
        let answer = desk.run(&["contact", "import", "less.csv"]);
        answer.says(3, &["less.csv:2: LOST", said, "nothing was imported"]);
        desk.run(&["contact", "import", "less.csv", "--dry-run"])
            .says(3, &[said]);
        assert_eq!(export(&desk), before, "{table}");
    }
    desk.run(&["contact", "import", "less.csv", "--accept-losses"])
        .says(0, &["0 contacts added, 1 replaced"]);
    assert!(!export(&desk).contains("z@example.invalid"));
}

#[test]
fn everybody_in_a_cell_of_mail_addresses_is_kept() {
    let (desk, answer) = import(
        "姓名,邮箱,座机/手机\n\
         甲,张三 <z@example.invalid>;李四 <l@example.invalid>,0510-12345678\n\
         乙,San Zhang (s@example.invalid),13800001234#\n\
         丙,m@example.invalid（备用）,电话1：13900001234，电话2：13700001234\n",
    );
    answer.says(0, &["3 contacts added"]);
    let addresses: Vec<usize> = contacts(&desk)
        .iter()
        .map(|one| one["addresses"].as_array().unwrap().len())
        .collect();
    assert_eq!(addresses, [2, 2, 3]);
}

#[test]
fn whoever_has_a_name_is_a_person_and_a_number_out_of_use_is_none() {
    let (desk, answer) = import(
        "姓名,手机,办公电话,备注\n\
         张三,联系不上,,请填写新号\n\
         备注勇,1380000,,示例\n\
         李四,13900001234（停用）,,\n\
         王五,1-415-555-0100,,\n\
         赵六,1380000123.4,,\n\
         孙七,13700001234,1.38E+10,\n\
         钱八,13600001234,138****1234,\n\
         合计,2人,,\n",
    );
    answer.says(
        3,
        &[
            "people.csv:2: bad",
            "people.csv:3: bad",
            "people.csv:4: bad",
            "people.csv:5: bad",
            "people.csv:6: bad",
            "people.csv:7: bad",
            "people.csv:8: bad",
            "people.csv:9: note",
            "2 contacts added",
        ],
    );
    for address in ["1380000,", "13900001234", "415-555"] {
        assert!(!answer.err.contains(address), "{}", answer.err);
    }
    assert_eq!(contacts(&desk).len(), 2);
}

#[test]
fn a_table_whose_form_loses_people_stops_the_import() {
    for (table, said) in [
        (
            "姓名,手机,姓名,手机\n张三,13800001234,李四,13900001234\n",
            "two tables stand side by side",
        ),
        (
            "姓名,手机,备注\n\"张三,13800001234,\n李四,13900001234,\n王五\",13700001234,\n",
            "joins 3 lines into one row",
        ),
        (
            "姓名,手机,备注\n张三,13800001234,\"晚上打\n李四,13900001234,\n王五,13700001234,白天打\"\n",
            "joins 3 lines into one row",
        ),
        (
            "姓名,手机,分组\n张三,13800001234,media\n李四,13900001234,\n王五,13700001234,schools\n赵六,13600001234,\n",
            "people.csv:3: LOST: 分组",
        ),
        (
            "姓名,手机,片区\n张三,13800001234,城关镇\n李四,13900001234,城关镇\n",
            "it holds places or groups",
        ),
    ] {
        let desk = Desk::with_database();
        desk.write("plans/bodies.yaml", BODIES);
        desk.write("people.csv", table);
        desk.run(&["contact", "import", "people.csv"])
            .says(3, &["LOST", said, "nothing was imported"]);
        assert_eq!(contacts(&desk).len(), 0, "{table}");
    }
    // Two columns of numbers are one person's, and a remark of two lines is a remark.
    let (_, answer) = import(
        "姓名,手机,手机,分组,备注\n张三,13800001234,13900001234,媒体,\"晚上打，\n白天不打\"\n李四,13700001234,,媒体,\n王五,13600001234,,,\n",
    );
    answer.says(0, &["3 contacts added"]);
}
