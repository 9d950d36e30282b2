//! What a person calls a thing: its code, or its name in either language. Pure; must never know what the thing is.

use std::collections::{BTreeMap, BTreeSet};

use strsim::osa_distance;

use super::phrase::Blank;

/// How many names that somebody may have meant are told: more are a list that nobody reads.
const NEAREST: usize = 4;
/// What nobody could have mistyped is not compared.
const LONGEST: usize = 80;
/// How much of two names is alike where one may have been meant for the other, of 100.
const ALIKE: usize = 50;
/// How much less alike than the likeliest one may be.
const WORSE: usize = 30;

/// A thing with all that it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Called<'a> {
    pub code: &'a str,
    pub name: &'a str,
    pub name_en: Option<&'a str>,
}

/// What a name means among the things there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant<'a> {
    One(&'a str),
    /// All of these are called so.
    Several(Vec<Called<'a>>),
    None,
}

/// Things by what they are called.
#[derive(Debug)]
pub struct Register<'a> {
    all: Vec<Called<'a>>,
    by_name: BTreeMap<String, BTreeSet<usize>>,
}

impl<'a> Register<'a> {
    pub fn of(all: impl IntoIterator<Item = Called<'a>>) -> Self {
        let all: Vec<Called<'a>> = all.into_iter().collect();
        let mut by_name: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (index, one) in all.iter().enumerate() {
            for name in one.names() {
                for name in [plain(name), plain(without_note(name))] {
                    by_name.entry(name).or_default().insert(index);
                }
            }
        }
        Self { all, by_name }
    }

    /// What is called `typed`: by its code, then by its name in Chinese or English, with or without the note in brackets behind
    /// it, however it is spaced and capitalised.
    pub fn meant(&self, typed: &str) -> Meant<'a> {
        if let Some(exact) = self.all.iter().find(|one| one.code == typed) {
            return Meant::One(exact.code);
        }
        let Some(so) = self.by_name.get(&plain(typed)) else {
            return Meant::None;
        };
        let so: BTreeSet<Called<'a>> = so.iter().map(|index| self.all[*index]).collect();
        match so.iter().collect::<Vec<_>>().as_slice() {
            [one] => Meant::One(one.code),
            _ => Meant::Several(so.into_iter().collect()),
        }
    }

    /// What is called nearly so, the likeliest first.
    pub fn near(&self, typed: &str) -> Vec<Called<'a>> {
        if typed.chars().count() > LONGEST {
            return Vec::new();
        }
        let typed = plain(typed);
        let alike = self.all.iter().map(|one| (one.likeness(&typed), *one));
        let mut alike: Vec<(usize, Called<'a>)> =
            alike.filter(|(likeness, _)| *likeness >= ALIKE).collect();
        alike.sort_by_key(|(likeness, _)| std::cmp::Reverse(*likeness));
        // What is hardly alike is no guess beside what is nearly the same.
        let best = alike.first().map_or(0, |(likeness, _)| *likeness);
        alike.retain(|(likeness, _)| *likeness + WORSE >= best);
        alike.truncate(NEAREST);
        alike.into_iter().map(|(_, one)| one).collect()
    }
}

impl Called<'_> {
    /// Its name with the code that is typed.
    pub fn blank(&self) -> Blank {
        let en = self.name_en.map(|name| format!("{name} ({})", self.code));
        Blank::Name {
            zh: format!("{}（{}）", self.name, self.code),
            en: en.unwrap_or_else(|| self.code.to_owned()),
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        [Some(self.code), Some(self.name), self.name_en]
            .into_iter()
            .flatten()
    }

    /// How much of `typed` and of any of its names is alike, of 100.
    fn likeness(&self, typed: &str) -> usize {
        let names = self
            .names()
            .map(|name| likeness(&plain(without_note(name)), typed));
        names.max().unwrap_or(0)
    }
}

/// Small letters, without blanks, with the brackets and dashes of either keyboard.
fn plain(name: &str) -> String {
    let signs = name.trim().chars().filter(|c| !c.is_whitespace());
    let same = |c| match c {
        '(' => '（',
        ')' => '）',
        '_' => '-',
        c => c,
    };
    signs.map(same).flat_map(char::to_lowercase).collect()
}

/// 网传事项（中性短语，用于标题） is called 网传事项; what gives another in English is not called as that one is.
fn without_note(name: &str) -> &str {
    let in_english = ["（英文）", "(in English)"];
    let head = name.split(['（', '(']).next().unwrap_or(name).trim();
    let is_another = in_english.iter().any(|form| name.ends_with(form));
    match head.is_empty() || is_another {
        true => name,
        false => head,
    }
}

/// Few slips of the finger, or the one within the other.
fn likeness(name: &str, typed: &str) -> usize {
    let (long, short) = (name.chars().count(), typed.chars().count());
    let (long, short) = (long.max(short), long.min(short));
    if short == 0 {
        return 0;
    }
    if short > 1 && (name.contains(typed) || typed.contains(name)) {
        return 60 + 40 * short / long;
    }
    let apart = osa_distance(name, typed).min(long);
    100 - 100 * apart / long
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Called<'static>; 5] = [
        called("situation", "基本情况", "Situation"),
        called("measures-list", "响应措施清单", "List of response measures"),
        called(
            "rumour-topic",
            "网传事项（中性短语，用于标题）",
            "What it is about",
        ),
        called("deaths", "死亡人数", "Deaths"),
        called("dead-animals", "死亡人数", "Dead animals"),
    ];

    const fn called(
        code: &'static str,
        name: &'static str,
        name_en: &'static str,
    ) -> Called<'static> {
        Called {
            code,
            name,
            name_en: Some(name_en),
        }
    }

    #[test]
    fn a_thing_is_meant_by_its_code_and_by_its_name_in_either_language() {
        for (typed, code) in [
            ("situation", "situation"),
            ("基本情况", "situation"),
            (" 基本 情况", "situation"),
            ("measures_list", "measures-list"),
            ("List of Response Measures", "measures-list"),
            ("网传事项", "rumour-topic"),
            ("网传事项(中性短语，用于标题)", "rumour-topic"),
            ("dead animals", "dead-animals"),
        ] {
            assert_eq!(Register::of(ALL).meant(typed), Meant::One(code), "{typed}");
        }
        let Meant::Several(both) = Register::of(ALL).meant("死亡人数") else {
            panic!("not told apart");
        };
        assert_eq!(both.len(), 2);
    }

    #[test]
    fn a_miss_names_the_nearest_few() {
        let all = Register::of(ALL);
        let near = |typed: &str| {
            assert_eq!(all.meant(typed), Meant::None, "{typed}");
            all.near(typed)
                .iter()
                .map(|one| one.code)
                .collect::<Vec<_>>()
        };
        assert_eq!(near("措施清单"), ["measures-list"]);
        assert_eq!(near("基本情況"), ["situation"]);
        assert_eq!(near("situatoin"), ["situation"]);
        assert_eq!(near("天气预报图"), Vec::<&str>::new());
        assert_eq!(near(&"水".repeat(500)), Vec::<&str>::new());
    }
}
