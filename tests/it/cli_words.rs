//! The command line in the user's language, from help to usage faults, and what shells and manuals know of it.

use std::process::{Command, Stdio};

use unicode_width::UnicodeWidthStr as _;

use crate::support::command::{Answer, Desk};

const ZH: &str = "--lang=zh-CN";

/// Every command as it is typed, read out of the manual page.
fn commands(desk: &Desk) -> Vec<String> {
    let page = desk.done(&["man"]);
    let heads = page.lines().filter_map(|line| line.strip_prefix(".SS "));
    heads
        .map(|head| head.trim_matches('"').replace('\\', ""))
        .collect()
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[test]
fn every_help_text_is_chinese_where_chinese_is_spoken() {
    let desk = Desk::new();
    let commands = commands(&desk);
    assert!(commands.len() > 45, "{commands:?}");
    for command in &commands {
        let mut args: Vec<&str> = command.split(' ').skip(1).collect();
        args.extend([ZH, "--help"]);
        let help = desk.done(&args);
        assert!(help.contains("用法：fabu"), "{command}: {help}");
        for english in [
            "Usage",
            "Options",
            "Arguments",
            "Commands",
            "Print ",
            "[default",
            "[possible",
            "[env",
            "[OPTIONS]",
        ] {
            assert!(
                !help.contains(english),
                "{command} says {english:?}: {help}"
            );
        }
        // Lines that begin an entry, not those that go on with one.
        let begins = |line: &&str| {
            let depth = line.len() - line.trim_start().len();
            (2..=6).contains(&depth) && line.trim_start().contains("  ")
        };
        for line in help.lines().filter(begins) {
            assert!(
                line.chars().any(is_han),
                "{command}: no Chinese in {line:?}"
            );
        }
    }
}

#[test]
fn the_environment_chooses_the_language_and_the_flag_overrules_it() {
    let desk = Desk::new();
    let help = |env: &[(&str, &str)], args: &[&str]| {
        let mut command = desk.command(args);
        for name in ["FABU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"] {
            command.env_remove(name);
        }
        command.envs(env.iter().copied());
        Answer::of(command.output().unwrap()).out
    };
    let is_chinese = |text: String| text.contains("用法：");
    assert!(!is_chinese(help(&[], &["--help"])));
    assert!(is_chinese(help(&[("LANG", "zh_CN.UTF-8")], &["--help"])));
    assert!(is_chinese(help(
        &[("FABU_LANG", "zh"), ("LC_ALL", "C")],
        &["--help"]
    )));
    assert!(!is_chinese(help(
        &[("LC_ALL", "C.UTF-8"), ("LANG", "zh_CN.UTF-8")],
        &["--help"]
    )));
    assert!(!is_chinese(help(
        &[("FABU_LANG", "zh")],
        &["--lang", "en", "--help"]
    )));
    assert!(is_chinese(help(
        &[],
        &["release", "--lang", "zh", "list", "--help"]
    )));
}

#[test]
fn a_slip_of_the_keyboard_is_answered_in_chinese() {
    let desk = Desk::new();
    let zh = |args: &[&'static str]| {
        let mut all = vec![ZH];
        all.extend(args);
        desk.run(&all)
    };
    zh(&["frobnicate"]).says(
        2,
        &["错误：没有 frobnicate 这个命令", "下一步：fabu --help"],
    );
    zh(&["release", "aprove"]).says(2, &["；是否要写 approve？", "下一步：fabu release --help"]);
    zh(&["contact", "import"]).says(
        2,
        &["缺少：", "<文件>", "下一步：fabu contact import --help"],
    );
    zh(&["release", "list", "--stauts", "open"]).says(2, &["没有 --stauts 这个参数", "--status"]);
    zh(&["release", "list", "--status", "lost"]).says(2, &["不能是“lost”", "in-review"]);
    zh(&["release", "list", "--limit", "0"]).says(2, &["应在 1 到 5000 之间"]);
    zh(&["release", "list", "--limit", "x"]).says(2, &["应为整数"]);
    zh(&["incident", "raise", "L-1", "V", "--reason", "x"]).says(2, &["请写 I、II、III 或 IV"]);
    zh(&["release", "show", "水位"]).says(2, &["编号形如"]);
    zh(&["release", "approve", "L-1", "--code", "1", "--hash", "2"]).says(2, &[]);
    zh(&["migrate", "--status", "--as-copy"]).says(2, &["不能同用"]);
    zh(&["user", "add", "zhou", "--name", "周"]).says(1, &["没有数据库", "--config"]);
    zh(&["plan", "diff", "a", "b", "c"]).says(2, &["多出“c”"]);
    zh(&["--server", "http://x", "release", "list"])
        .says(2, &["--server 须写在 fabu release list 之后"]);
    zh(&["drill", "jump"]).says(2, &["--to", "--by"]);
    zh(&["journal", "tail", "--about", "foo"]).says(2, &["请写 种类/编号"]);
    desk.run(&["--lang", "fr", "demo"])
        .says(2, &["fr", "zh-CN"]);
    // A slip in the flag leaves the language to the environment.
    let mut slip = desk.command(&["--lang", "fr", "demo"]);
    let slip = Answer::of(slip.env("FABU_LANG", "zh-CN").output().unwrap());
    slip.says(2, &["不能是“fr”"]);
}

#[test]
fn a_noun_without_a_verb_is_answered_with_its_help() {
    let desk = Desk::new();
    for noun in ["release", "incident", "channel", "report", "drill", "plan"] {
        let help = desk.run(&[noun, ZH]);
        help.says(2, &[&format!("用法：fabu {noun}"), "命令："]);
        assert!(!help.err.contains("命令:"), "{help:?}");
        let asked = desk.done(&["help", noun, ZH]);
        assert!(asked.contains("选项："), "{asked}");
        assert_eq!(asked, desk.done(&[noun, "--help", ZH]));
    }
    // States stand in a column, each with its name.
    let list = desk.done(&["release", "list", "--help", ZH]);
    let column = |state: &str, name: &str| {
        let line = list
            .lines()
            .find(|line| line.trim_start().starts_with(state));
        line.unwrap().split_once(name).unwrap().0.width()
    };
    assert_eq!(
        column("planned ", "待开始"),
        column("in-review ", "审签"),
        "{list}"
    );
}

#[test]
fn columns_stand_in_line_though_chinese_is_wide() {
    let desk = Desk::with_database();
    desk.done(&["user", "add", "zhou", "--name", "周"]);
    desk.done(&["user", "add", "ouyang", "--name", "欧阳小明"]);
    let table = desk.done(&["user", "list", ZH]);
    let column = |line: &str, word: &str| line.split_once(word).unwrap().0.width();
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("登录名"), "{table}");
    let state = column(lines[0], "状态");
    for line in &lines[1..] {
        assert_eq!(column(line, "有效"), state, "{table}");
    }
}

#[test]
fn shells_can_read_the_completions() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = desk.done(&["completions", shell]);
        assert!(
            script.contains("fabu") && script.contains("timeliness"),
            "{shell}"
        );
    }
    desk.run(&["completions", "tcsh"])
        .says(2, &["tcsh", "fish"]);
    let script = desk.write("fabu.bash", desk.done(&["completions", "bash"]));
    let read = Command::new("bash").arg("-n").arg(script).output().unwrap();
    assert!(read.status.success(), "{read:?}");
}

#[test]
fn the_manual_has_every_command_in_both_languages() {
    let desk = Desk::new();
    let commands = commands(&desk);
    for args in [["man", "--lang=en"], ["man", ZH]] {
        let page = desk.done(&args);
        assert!(page.contains(".TH fabu 1"), "{page}");
        for command in &commands {
            let bare = page.replace('\\', "");
            assert!(
                bare.contains(&format!(".SS \"{command}\""))
                    || bare.contains(&format!(".SS {command}")),
                "{command}"
            );
        }
    }
    let Ok(man) = Command::new("man").arg("--version").output() else {
        eprintln!("man is not installed: the page is not laid out");
        return;
    };
    assert!(man.status.success());
    let page = desk.write("fabu.1", desk.done(&["man"]));
    let laid = Command::new("man")
        .args(["-E", "UTF-8", "--warnings", "-l"])
        .arg(page)
        .env("MANPAGER", "cat")
        .env("MANWIDTH", "120")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&laid.stdout);
    assert!(
        laid.status.success() && text.contains("fabu release approve"),
        "{laid:?}"
    );
    assert!(
        laid.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&laid.stderr)
    );
}

#[test]
fn whoever_stops_reading_is_not_answered_with_a_panic() {
    let desk = Desk::with_database();
    for args in [
        &["--help"] as &[&str],
        &["completions", "bash"],
        &["man"],
        &["migrate", "--status"],
        &["doctor", "--offline"],
        &["plan", "schema", "plan"],
    ] {
        let mut child = desk
            .command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(!said.contains("panicked"), "{args:?}: {said}");
        assert!(
            ended.status.code().is_some_and(|code| code < 2),
            "{args:?}: {ended:?}"
        );
    }
    let mut closed = desk
        .command(&["frobnicate"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(closed.stderr.take());
    assert_eq!(closed.wait().unwrap().code(), Some(2));
}

/// Whether three English words follow each other; a command to type is none.
fn speaks_english(text: &str) -> bool {
    let is_word = |word: &&str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase());
    let words = std::iter::once("").chain(text.split([' ', '`', '\n', '，', '：', '；']));
    let words: Vec<&str> = words.collect();
    let mut fours = words.windows(4).filter(|four| !four[..2].contains(&"fabu"));
    fours.any(|four| four[1..].iter().all(is_word))
}

#[test]
fn what_is_wrong_with_a_list_or_a_login_is_said_in_chinese() {
    let desk = Desk::with_database();
    let people = "编号,姓名,手机,邮箱,telegram,语言,区域,分组,备用\n\
        a,甲,1380000123,,,,,,\n\
        b,乙,010-62345678,,,,,,\n\
        c,丙,13800001234,a b@example.invalid,@x,fr,3202,,\n\
        d,丁,13800001235/13800001235,x@@y.org,,,,,13900001234\n\
        e,戊,同上,none,,,1.1E+05,,\n\
        b,己,13900001234（停用）,,,,,,\n\
        f,庚,4001234567,ming@example.con,,,,13812345678,\n\
        g,辛,+1 415 555 0100,,,,,,\n\
        合计,,,,,,,,\n";
    desk.write("people.csv", people);
    let list = desk.run(&["contact", "import", "people.csv", ZH]);
    list.says(
        3,
        &[
            "\"****23\"",
            "手机号为 11 位",
            "固定电话",
            "本行其余内容照收",
            "未导入",
        ],
    );
    assert!(!speaks_english(&list.err), "{}", list.err);
    desk.write("people.xlsx", b"PK\x03\x04");
    desk.run(&["contact", "import", "people.xlsx", ZH])
        .says(3, &["这是工作簿", "不是 CSV", "另存为", "未导入"]);
    desk.write("people.csv", "甲,13800001234\n");
    desk.run(&["contact", "import", "people.csv", ZH])
        .says(3, &["第 1 行：缺少表头", "姓名,手机,邮箱"]);

    desk.done(&["user", "add", "zhou", "--name", "周"]);
    for (args, code, said) in [
        (
            &["add", "zhou", "--name", "周"][..],
            5,
            "用户 zhou 已存在；未添加",
        ),
        (&["add", "fabu", "--name", "周"], 3, "不能作登录名"),
        (&["disable", "li"], 3, "没有用户“li”；未作任何改动"),
    ] {
        let answer = desk.run(&[&["user", ZH], args].concat());
        answer.says(code, &[said]);
        assert!(!speaks_english(&answer.err), "{}", answer.err);
    }
}
