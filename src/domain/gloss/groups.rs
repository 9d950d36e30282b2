//! The groups of a village are named by number, several in one breath: 三组, 一、二组, 第3村民小组, 三至五组.

use std::collections::BTreeSet;

use super::numbered;

/// More groups no village has.
const MOST: u32 = 99;
const NAMES: [&str; 3] = ["村民小组", "小组", "组"];
const JOINTS: [(&str, Joint); 5] = [
    ("、", Joint::Comma),
    ("和", Joint::And),
    ("及", Joint::And),
    ("至", Joint::To),
    ("到", Joint::To),
];

/// What stands between two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joint {
    Comma,
    And,
    /// The groups between them are named, too.
    To,
}

/// Groups that are named in one breath.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    first: u32,
    more: Vec<(Joint, u32)>,
}

impl Groups {
    pub fn new(first: u32) -> Self {
        Self {
            first,
            more: Vec::new(),
        }
    }

    pub fn join(&mut self, joint: Joint, number: u32) {
        self.more.push((joint, number));
    }

    /// Those that `text` begins with, and what stands behind the last that is called a group.
    pub fn begin(text: &str) -> Option<(Self, &str)> {
        let (number, mut rest) = numbered(text)?;
        let mut groups = Self::new(number);
        let mut end = None;
        loop {
            if let Some(behind) = NAMES.iter().find_map(|name| rest.strip_prefix(name)) {
                end = Some((groups.clone(), behind));
                rest = behind;
            }
            let joint = |(word, joint)| Some((joint, numbered(rest.strip_prefix(word)?)?));
            let Some((joint, (number, behind))) = JOINTS.into_iter().find_map(joint) else {
                return end;
            };
            groups.join(joint, number);
            rest = behind;
        }
    }

    /// Every one of them.
    pub fn numbers(&self) -> BTreeSet<u32> {
        let mut numbers = BTreeSet::from([self.first]);
        let mut last = self.first;
        for (joint, number) in &self.more {
            match joint {
                Joint::To if last <= *number && *number <= MOST => numbers.extend(last..=*number),
                _ => numbers.extend([*number]),
            }
            last = *number;
        }
        numbers
    }

    /// `Group 3`, `Groups 1, 2`, `Groups 3 to 5`.
    pub fn in_english(&self) -> String {
        let word = match self.more.is_empty() {
            true => "Group",
            false => "Groups",
        };
        let mut said = format!("{word} {}", self.first);
        for (joint, number) in &self.more {
            said.push_str(match joint {
                Joint::Comma => ", ",
                Joint::And => " and ",
                Joint::To => " to ",
            });
            said.push_str(&number.to_string());
        }
        said
    }
}
