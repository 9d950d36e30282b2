//! Gaps that people leave: letters and signs where a number or a name belongs, and words for later.

use super::Sort;
use super::scan::{BRACKETS, Find, Scan, is_blank, is_ident};

/// The longest run of a letter or sign that is a gap; more is a line or noise.
const WIDEST: usize = 12;
/// Family names before 某某 and ××: a person who is not named, as notices put it.
const FAMILIES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤施康柳樊温阳葛倪严牛俞鲁章齐童辛管祝左凌霍耿关焦阮翁尚颜梅盛涂庞殷詹洪常乔符兰季单官甫侯";
/// Family names that are words as well: they are names only at the beginning, or behind what a person is.
const WORDS_TOO: &str = "于高江万方白石金林常向左关安和时";
/// How a word for a person ends: 患者, 驾驶员, 居民.
const PERSONS: &str = "者员人民长生师属友工户子女男儿某";

impl Scan<'_> {
    /// What a program writes where it had nothing: `#REF!`, `[object Object]`, empty brackets, `第  号`.
    pub(super) fn nothing(&self, at: usize) -> Option<Find> {
        let rest = self.rest(at);
        let later = |length| {
            Some(Find {
                length,
                sort: Sort::Later,
                name: None,
            })
        };
        let errors = [
            "#N/A",
            "#REF!",
            "#VALUE!",
            "#NAME?",
            "#NULL!",
            "#DIV/0!",
            "#NUM!",
            "[object Object]",
        ];
        if let Some(error) = errors.iter().find(|error| rest.starts_with(**error)) {
            return later(error.len());
        }
        let hashes = self.count(at, |c| matches!(c, '#' | '＃'));
        if (3..=WIDEST).contains(&hashes) && self.before(at).is_some_and(|c| c != '\n') {
            return later(hashes);
        }
        if let Some((_, close)) = BRACKETS[..7]
            .iter()
            .find(|(open, _)| self.char(at) == Some(*open))
        {
            let gap = self.count(at + 1, is_blank);
            return if self.char(at + 1 + gap) == Some(*close) {
                later(gap + 2)
            } else {
                None
            };
        }
        if self.char(at) == Some('第') {
            let gap = self.count(at + 1, is_blank);
            let is_counted = self
                .char(at + 1 + gap)
                .is_some_and(|c| "号期次批条项".contains(c));
            return if gap > 0 && is_counted {
                later(gap + 2)
            } else {
                None
            };
        }
        // A gap where a number belongs, between two words of one line.
        if is_blank(self.char(at)?)
            && self
                .before(at)
                .is_some_and(|c| c.is_alphabetic() && !c.is_ascii())
        {
            let gap = self.count(at, is_blank);
            let is_number = gap >= 2 && self.is_short_unit(at + gap);
            return is_number.then_some(Find {
                length: gap,
                sort: Sort::Doubtful,
                name: None,
            });
        }
        let whole = self.text.trim().trim_end_matches(['。', '.']);
        let is_nothing = matches!(
            whole,
            "null" | "undefined" | "NaN" | "None" | "nil" | "N/A" | "NA"
        );
        (is_nothing && at == 0).then_some(Find {
            length: self.chars.len(),
            sort: Sort::Later,
            name: None,
        })
    }

    /// Words that nobody says in a notice.
    pub(super) fn words(&self, at: usize) -> Option<Find> {
        let later = |length| {
            Some(Find {
                length,
                sort: Sort::Later,
                name: None,
            })
        };
        let doubtful = |length| {
            Some(Find {
                length,
                sort: Sort::Doubtful,
                name: None,
            })
        };
        let rest = self.rest(at);
        let is_free = self.before(at).is_none_or(|c| !is_ident(c));
        for word in ["TODO", "TBD", "FIXME", "TBA"] {
            let ends = self.char(at + word.len()).is_none_or(|c| !is_ident(c));
            if is_free && ends && rest.starts_with(word) {
                return later(word.len());
            }
        }
        if is_free
            && rest
                .get(..11)
                .is_some_and(|head| head.eq_ignore_ascii_case("lorem ipsum"))
        {
            return later(11);
        }
        for word in [
            "待填写",
            "待录入",
            "此处填写",
            "请在此处",
            "请在此填",
            "在此填写",
            "待补录",
        ] {
            if rest.starts_with(word) {
                return later(word.chars().count());
            }
        }
        if rest.starts_with("待补充") {
            let ends = self.char(at + 3).is_none_or(|c| !c.is_alphanumeric());
            let begins = self.before(at).is_none_or(|c| !c.is_alphanumeric());
            return if ends && begins {
                later(3)
            } else {
                doubtful(3)
            };
        }
        if rest.starts_with("某某") && self.before(at).is_none_or(|c| !FAMILIES.contains(c)) {
            return doubtful(2);
        }
        let is_some =
            rest.starts_with('某') && self.before(at).is_none_or(|c| !FAMILIES.contains(c));
        if is_some
            && [
                "年", "月", "日", "时", "市", "县", "区", "镇", "乡", "村", "街道", "路", "单位",
                "公司", "部门",
            ]
            .iter()
            .any(|unit| rest['某'.len_utf8()..].starts_with(unit))
        {
            return doubtful(1);
        }
        if rest.starts_with('\u{fffd}') {
            return later(1);
        }
        None
    }

    /// Whether the signs from `at` stand for the given name of somebody: a family name in front, and nothing behind that
    /// is counted or has a name itself.
    fn is_person(&self, at: usize, length: usize) -> bool {
        let Some(family) = self.before(at).filter(|c| FAMILIES.contains(*c)) else {
            return false;
        };
        let in_front = at.checked_sub(2).and_then(|at| self.char(at));
        let is_name = !WORDS_TOO.contains(family)
            || in_front.is_none_or(|c| !c.is_alphabetic() || PERSONS.contains(c));
        is_name && !self.unit(at + length) && !self.place(at + length)
    }

    /// Two or more of a sign that stands for what is missing.
    pub(super) fn run(&self, at: usize) -> Option<Find> {
        let first = self.char(at)?;
        let (class, least): (&str, usize) = match first {
            'X' | 'x' | 'Ｘ' | 'ｘ' | '×' | '✕' | '╳' | '✗' | 'Ⅹ' | 'ⅹ' => {
                ("XxＸｘ×✕╳✗Ⅹⅹ", 2)
            }
            '○' | '〇' | '◯' => ("○〇◯", 2),
            '●' | '■' | '□' | '△' | '◇' => ("●■□△◇", 2),
            '_' | '＿' => ("_＿", 2),
            '*' | '＊' => ("*＊", 2),
            '?' | '？' => ("?？", 2),
            '…' | '.' | '。' => ("….。", 2),
            _ => return None,
        };
        let length = self.count(at, |c| class.contains(c));
        let (before, behind) = (self.before(at), self.char(at + length));
        let skip = Find {
            length,
            sort: Sort::Doubtful,
            name: None,
        };
        if length < least {
            return None;
        }
        let is_wide = length > WIDEST && !matches!(first, '_' | '＿');
        let near = |c: Option<char>, test: fn(char) -> bool| c.is_some_and(test);
        let by_word = near(before, |c| c.is_ascii_alphanumeric())
            || near(behind, |c| c.is_ascii_alphanumeric() || c == '-');
        let sort = match first {
            '○' | '〇' | '◯' if near(before, is_numeral) || near(behind, is_numeral) => None,
            '×' | 'X' | 'x' | 'Ｘ' | 'ｘ' if self.is_person(at, length) => None,
            _ if by_word && self.is_numbered(at, length) => Some(Sort::Later),
            '*' | '＊' => (self.unit(at + length) && !near(before, |c| c.is_ascii_digit()))
                .then_some(Sort::Later),
            '…' | '.' | '。' => (self.unit(at + length) && self.is_short_unit(at + length))
                .then_some(Sort::Doubtful),
            '?' if length >= 3 && self.slice(at, at + length).bytes().all(|b| b == b'?') => {
                Some(Sort::Later)
            }
            '?' | '？' => {
                (length >= 2 && first == '？' || self.unit(at + length)).then_some(Sort::Doubtful)
            }
            _ if by_word => None,
            _ => Some(Sort::Later),
        };
        match sort {
            Some(sort) if !is_wide => Some(Find { sort, ..skip }),
            _ => None,
        }
    }

    /// Signs that finish a number or the name of a road: `0510-8888XXXX`, `A××路`, `G××高速`.
    fn is_numbered(&self, at: usize, length: usize) -> bool {
        if !matches!(self.char(at), Some('X' | 'x' | 'Ｘ' | 'ｘ' | '×')) {
            return false;
        }
        let behind = self.char(at + length);
        let chars = |from: usize| (0..from).rev().map_while(|at| self.char(at));
        let digits = chars(at)
            .take_while(|c| c.is_ascii_digit() || *c == '-')
            .filter(char::is_ascii_digit)
            .count();
        let ends = behind.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '-');
        let letters = chars(at).take_while(|c| c.is_ascii_alphanumeric()).count();
        let is_letter = letters == 1 && self.before(at).is_some_and(|c| c.is_ascii_uppercase());
        let is_road = ["路", "街", "高速", "国道", "省道", "段", "线"]
            .iter()
            .any(|word| self.rest(at + length).starts_with(word));
        ends && (digits > 6 && length + digits > 9 || is_letter && is_road)
    }

    /// A line where a number belongs: `——月——日`.
    pub(super) fn dash(&self, at: usize) -> Option<Find> {
        let length = self.count(at, |c| c == '—');
        let is_counted = matches!(
            self.char(at + length),
            Some('年' | '月' | '日' | '时' | '人')
        );
        let ends = self
            .char(at + length + 1)
            .is_none_or(|c| !c.is_alphabetic());
        (length > 1 && is_counted && ends).then_some(Find {
            length,
            sort: Sort::Later,
            name: None,
        })
    }

    /// One letter where a number belongs: `死亡X人`.
    pub(super) fn letter(&self, at: usize) -> Option<Find> {
        let sign = self.char(at)?;
        let before = self.before(at);
        let is_behind_a_word = before.is_some_and(|c| c.is_alphabetic() && !c.is_ascii());
        if matches!(sign, 'N' | '?' | '？') {
            return (is_behind_a_word && self.is_short_unit(at + 1)).then_some(Find {
                length: 1,
                sort: if sign == 'N' {
                    Sort::Later
                } else {
                    Sort::Doubtful
                },
                name: None,
            });
        }
        if sign == '2' {
            // 20XX年 and 202X年.
            let digits = self.count(at, |c| c.is_ascii_digit());
            let letters = self.count(at + digits, |c| matches!(c, 'X' | 'x' | 'Ｘ' | '×'));
            let is_year = digits + letters == 4 && letters > 0;
            return (is_year
                && before.is_none_or(|c| !c.is_ascii_alphanumeric())
                && self.char(at + 4) == Some('年'))
            .then_some(Find {
                length: 4,
                sort: Sort::Later,
                name: None,
            });
        }
        let is_letter = matches!(sign, 'X' | 'x' | 'Ｘ' | 'ｘ' | '×' | '✕');
        let is_free = before.is_none_or(|c| {
            !c.is_ascii_alphanumeric() && !self.is_person(at, 1) && !"XxＸｘ×".contains(c)
        });
        let is_counted = self.unit(at + 1)
            || self.rest(at + 1).starts_with("号楼")
            || self.rest(at + 1).starts_with('栋')
            || before == Some('第')
                && self
                    .char(at + 1)
                    .is_some_and(|c| "号期次批条项".contains(c));
        (is_letter && is_free && is_counted).then_some(Find {
            length: 1,
            sort: Sort::Later,
            name: None,
        })
    }

    /// `年  月  日`, with nothing between the words.
    pub(super) fn date(&self, at: usize) -> Option<Find> {
        let is_between = self.before(at).is_some_and(|c| c.is_ascii_digit());
        let gap_to = |from: usize, word: char| {
            let gap = self.count(from, is_blank);
            (self.char(from + gap) == Some(word)).then_some(gap)
        };
        // 日均 and 月报 are words.
        let ends = |at: usize| {
            self.char(at)
                .is_none_or(|c| !c.is_alphabetic() || is_blank(c) || "起前止至到上下".contains(c))
        };
        let length = match self.char(at)? {
            '年' => {
                let month = gap_to(at + 1, '月')?;
                let day = gap_to(at + 2 + month, '日').filter(|day| ends(at + 3 + month + day));
                match day {
                    // 出生年月日 is a word, 2026年月日 is none.
                    Some(day) if month + day > 0 || is_between => 3 + month + day,
                    None if month > 0 && ends(at + 2 + month) => 2 + month,
                    _ => return None,
                }
            }
            '月' => {
                let day = gap_to(at + 1, '日')?;
                if day == 0 || !ends(at + 2 + day) {
                    return None;
                }
                2 + day
            }
            _ => return None,
        };
        Some(Find {
            length,
            sort: Sort::Later,
            name: None,
        })
    }
}

fn is_numeral(c: char) -> bool {
    "一二三四五六七八九十零〇○".contains(c)
}
