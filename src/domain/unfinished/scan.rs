//! Walks a text once; at each place asks every notation in turn.

use super::{Hole, Sort};

/// The longest name or remark between two marks, in characters.
const LONGEST: usize = 40;
/// The longest run of a letter or sign that is a gap; more is a line or noise.
const WIDEST: usize = 12;

const OPEN: [char; 5] = ['{', '｛', '﹛', '❴', '⦃'];
const CLOSE: [char; 5] = ['}', '｝', '﹜', '❵', '⦄'];
/// Brackets of all kinds with their other halves.
const BRACKETS: [(char, char); 14] = [
    ('【', '】'),
    ('[', ']'),
    ('［', '］'),
    ('〔', '〕'),
    ('〖', '〗'),
    ('（', '）'),
    ('(', ')'),
    ('<', '>'),
    ('＜', '＞'),
    ('〈', '〉'),
    ('《', '》'),
    ('「', '」'),
    ('『', '』'),
    ('“', '”'),
];
/// What counts things: a letter in front of it stands for a number.
const UNITS: [&str; 47] = [
    "年", "月", "日", "时", "点", "分", "秒", "人", "名", "户", "起", "例", "亿", "万", "千", "百",
    "元", "毫米", "厘米", "米", "公里", "千米", "公顷", "亩", "小时", "天", "周", "℃", "度", "级",
    "平方", "立方", "处", "所", "个", "次", "条", "辆", "路", "市", "县", "区", "镇", "乡", "村",
    "吨", "间",
];
/// What begins a remark that somebody was to replace.
const LATER: [&str; 27] = [
    "此处",
    "待补充",
    "待补",
    "待填",
    "待录入",
    "待插入",
    "待完善",
    "待撰写",
    "待写",
    "待更新",
    "未填写",
    "未填",
    "占位",
    "请填写",
    "请填入",
    "请输入",
    "请在此",
    "在此填",
    "填写",
    "填入",
    "todo",
    "tbd",
    "tba",
    "tbc",
    "fixme",
    "placeholder",
    "to be ",
];
/// The same in English, only between brackets.
const LATER_EN: [&str; 7] = [
    "insert ", "fill in", "enter ", "your ", "add ", "xx", "lorem",
];
/// A remark that is a hole between brackets that nobody speaks in, and may be meant in round ones.
const OPENLY: [&str; 7] = ["待定", "待核实", "待确认", "待查", "待核", "略", "待公布"];
/// Family names before 某某 and ××: a person who is not named, as notices put it.
const FAMILIES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";

struct Scan<'t> {
    text: &'t str,
    chars: Vec<(usize, char)>,
    known: &'t dyn Fn(&str) -> bool,
}

/// A find at the place that was asked about: how many characters it takes.
struct Find {
    length: usize,
    sort: Sort,
    name: Option<String>,
}

pub(super) fn holes(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<Hole> {
    let scan = Scan {
        text,
        chars: text.char_indices().collect(),
        known,
    };
    let mut out = Vec::new();
    let mut at = 0;
    while at < scan.chars.len() {
        if scan.char(at) == Some('h')
            && let Some(length) = scan.link(at)
        {
            at += length;
            continue;
        }
        // Most signs of a text begin nothing, and are passed over at once.
        let found = if at == 0 || scan.char(at).is_some_and(may_begin) {
            scan.find(at)
        } else {
            None
        };
        match found {
            Some(find) => {
                let (from, to) = (scan.byte(at), scan.byte(at + find.length));
                out.push(Hole {
                    at: from,
                    text: text[from..to].to_owned(),
                    sort: find.sort,
                    name: find.name,
                });
                at += find.length.max(1);
            }
            None => at += 1,
        }
    }
    out
}

/// Whether any notation begins with `c`.
fn may_begin(c: char) -> bool {
    const FIRST: &str =
        "\\&$＄#＃%％@{｛﹛❴⦃}｝﹜❵⦄_＿*＊?？….。第年月待此请在某XxＸｘ×✕╳✗Ⅹⅹ○〇◯●■□△◇TFLl\u{fffd}";
    FIRST.contains(c) || is_blank(c) || BRACKETS.iter().any(|(open, _)| *open == c)
}

impl Scan<'_> {
    fn byte(&self, at: usize) -> usize {
        self.chars
            .get(at)
            .map_or(self.text.len(), |(byte, _)| *byte)
    }

    fn char(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|(_, c)| *c)
    }

    fn before(&self, at: usize) -> Option<char> {
        at.checked_sub(1).and_then(|at| self.char(at))
    }

    fn rest(&self, at: usize) -> &str {
        &self.text[self.byte(at)..]
    }

    fn slice(&self, from: usize, to: usize) -> &str {
        &self.text[self.byte(from)..self.byte(to)]
    }

    /// A link is not read as words.
    fn link(&self, at: usize) -> Option<usize> {
        let rest = self.rest(at);
        (rest.starts_with("http://") || rest.starts_with("https://")).then(|| {
            rest.chars()
                .take_while(|c| c.is_ascii_graphic() && !"{}<>".contains(*c))
                .count()
        })
    }

    fn find(&self, at: usize) -> Option<Find> {
        self.escape(at)
            .or_else(|| self.nothing(at))
            .or_else(|| self.braces(at))
            .or_else(|| self.signs(at))
            .or_else(|| self.brackets(at))
            .or_else(|| self.words(at))
            .or_else(|| self.run(at))
            .or_else(|| self.letter(at))
            .or_else(|| self.date(at))
    }

    /// What a program writes where it had nothing: `#REF!`, `[object Object]`, empty brackets, `第  号`.
    fn nothing(&self, at: usize) -> Option<Find> {
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

    /// A brace that a program wrote as a code.
    fn escape(&self, at: usize) -> Option<Find> {
        let rest = self
            .rest(at)
            .get(..8)
            .unwrap_or(self.rest(at))
            .to_ascii_lowercase();
        let length = [
            "\\u007b", "\\u007d", "\\x7b", "\\x7d", "&#123;", "&#125;", "&#x7b;", "&#x7d;",
            "&lbrace;",
        ]
        .into_iter()
        .find(|code| rest.starts_with(code))?
        .len();
        let behind = self.rest(at + length);
        let word: String = behind.chars().take_while(|c| is_ident(*c)).collect();
        Some(Find {
            length: length + word.chars().count(),
            sort: Sort::Placeholder,
            name: Some(word).filter(|word| !word.is_empty()),
        })
    }

    /// Braces have no place in a notice, closed or not; with a sign in front or with spaces between them.
    fn braces(&self, at: usize) -> Option<Find> {
        let sign = usize::from(matches!(
            self.char(at),
            Some('$' | '#' | '%' | '@' | '＄' | '＃')
        ));
        let first = self.char(at + sign)?;
        if CLOSE.contains(&first) && sign == 0 {
            let length = self.count(at, |c| CLOSE.contains(&c));
            return Some(placeholder(length, None));
        }
        if !OPEN.contains(&first) {
            return None;
        }
        let is_gap = |c: char| c == ' ' || c == '\u{3000}';
        let mut from = at + sign;
        while self
            .char(from)
            .is_some_and(|c| OPEN.contains(&c) || is_gap(c))
        {
            from += 1;
        }
        let inner = self.count(from, |c| {
            !OPEN.contains(&c) && !CLOSE.contains(&c) && c != '\n'
        });
        let mut to = from + inner;
        if inner > LONGEST || !self.char(to).is_some_and(|c| CLOSE.contains(&c)) {
            return Some(placeholder(sign + 1, None));
        }
        let name = self
            .slice(from, to)
            .trim()
            .trim_matches(['%', '=', '#', '@', '$'])
            .trim()
            .to_owned();
        // As many closing braces as belong to it, with the spaces between them.
        let mut end = to;
        while self
            .char(to)
            .is_some_and(|c| CLOSE.contains(&c) || is_gap(c))
        {
            to += 1;
            if self.before(to).is_some_and(|c| CLOSE.contains(&c)) {
                end = to;
            }
        }
        Some(placeholder(end - at, Some(name)))
    }

    /// `%name%`, `%(name)s`, `$name`, `@@name@@`, `__name__`.
    fn signs(&self, at: usize) -> Option<Find> {
        let word = |from: usize| self.count(from, is_ident);
        let name = |from: usize, length: usize| self.slice(from, from + length).to_owned();
        let starts = |from: usize| self.char(from).is_some_and(|c| c.is_ascii_alphabetic());
        match self.char(at)? {
            '%' | '％' if self.before(at).is_none_or(|c| !c.is_ascii_digit()) => {
                if self.char(at + 1) == Some('(') && starts(at + 2) {
                    let length = word(at + 2);
                    let is_closed = self.char(at + 2 + length) == Some(')');
                    let tail = usize::from(
                        self.char(at + 3 + length)
                            .is_some_and(|c| matches!(c, 's' | 'd' | 'f')),
                    );
                    return is_closed
                        .then(|| placeholder(length + 3 + tail, Some(name(at + 2, length))));
                }
                let length = word(at + 1);
                if length == 1 && self.char(at + 1).is_some_and(|c| matches!(c, 's' | 'd')) {
                    return Some(placeholder(2, None));
                }
                let is_closed = self
                    .char(at + 1 + length)
                    .is_some_and(|c| matches!(c, '%' | '％'));
                (starts(at + 1) && length <= LONGEST && is_closed)
                    .then(|| placeholder(length + 2, Some(name(at + 1, length))))
            }
            '$' => {
                let length = word(at + 1);
                let is_known = (self.known)(&name(at + 1, length));
                let tail = usize::from(self.char(at + 1 + length) == Some('$'));
                (starts(at + 1) && is_known)
                    .then(|| placeholder(length + 1 + tail, Some(name(at + 1, length))))
            }
            mark @ ('@' | '_' | '#') if self.char(at + 1) == Some(mark) && starts(at + 2) => {
                let length = self.count(at + 2, |c| {
                    c.is_ascii_alphanumeric() || c == '-' || c == '.'
                });
                let ends = self.char(at + 2 + length) == Some(mark)
                    && self.char(at + 3 + length) == Some(mark);
                let is_free = self.before(at).is_none_or(|c| !c.is_ascii_alphanumeric());
                (ends && is_free).then(|| placeholder(length + 4, Some(name(at + 2, length))))
            }
            _ => None,
        }
    }

    /// Something short between brackets: the name of a fact, or a remark that somebody was to replace.
    fn brackets(&self, at: usize) -> Option<Find> {
        if self.rest(at).starts_with("&lt;") {
            let inner = self.count(at + 4, is_ident);
            let is_closed = inner > 0 && self.rest(at + 4 + inner).starts_with("&gt;");
            return is_closed.then(|| {
                placeholder(
                    inner + 8,
                    Some(self.slice(at + 4, at + 4 + inner).to_owned()),
                )
            });
        }
        let open = self.char(at)?;
        let (_, close) = BRACKETS.iter().find(|(mark, _)| *mark == open)?;
        let is_double = self.char(at + 1) == Some(open);
        let from = at + 1 + usize::from(is_double);
        let inner = self.count(from, |c| c != *close && c != open && c != '\n');
        let mut to = from + inner;
        if inner == 0 || inner > LONGEST || self.char(to) != Some(*close) {
            return None;
        }
        to += 1;
        to += usize::from(is_double && self.char(to) == Some(*close));
        let words = self.slice(from, from + inner).trim().to_owned();
        let length = to - at;
        let is_pointed = matches!(open, '<' | '＜' | '〈');
        let code = words.trim_matches(['%', '=', '/', ' ', '-']).to_owned();
        let is_tight = self.char(from).is_some_and(|c| !c.is_whitespace());
        let is_tag = is_pointed
            && is_tight
            && code.starts_with(|c: char| c.is_ascii_alphabetic())
            && code.chars().all(|c| is_ident(c) || c == ' ');
        let is_code = open == '《' && code.contains(['-', '_', '.']) && is_name(&code);
        let is_doubled = is_double && matches!(open, '[' | '【' | '<' | '［' | '〔' | '〖');
        let is_label =
            (self.known)(&code) && (code.is_ascii() || is_pointed || matches!(open, '《' | '〖'));
        if is_later(&words, open) {
            return Some(Find {
                length,
                sort: Sort::Later,
                name: None,
            });
        }
        if is_label || is_tag || is_code || is_doubled {
            return Some(placeholder(length, Some(code)));
        }
        let is_open = OPENLY.contains(&words.as_str()) && !matches!(open, '“' | '「' | '『' | '《');
        is_open.then_some(Find {
            length,
            sort: if matches!(open, '（' | '(') {
                Sort::Doubtful
            } else {
                Sort::Later
            },
            name: None,
        })
    }

    /// Words that nobody says in a notice.
    fn words(&self, at: usize) -> Option<Find> {
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

    /// Two or more of a sign that stands for what is missing.
    fn run(&self, at: usize) -> Option<Find> {
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
            '×' | 'X' | 'x' | 'Ｘ' | 'ｘ' if before.is_some_and(|c| FAMILIES.contains(c)) => {
                None
            }
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

    /// One letter where a number belongs: `死亡X人`.
    fn letter(&self, at: usize) -> Option<Find> {
        let is_letter = matches!(self.char(at)?, 'X' | 'x' | 'Ｘ' | 'ｘ' | '×' | '✕');
        let is_free = self.before(at).is_none_or(|c| {
            !c.is_ascii_alphanumeric() && !FAMILIES.contains(c) && !"XxＸｘ×".contains(c)
        });
        (is_letter && is_free && self.unit(at + 1)).then_some(Find {
            length: 1,
            sort: Sort::Later,
            name: None,
        })
    }

    /// `年  月  日`, with nothing between the words.
    fn date(&self, at: usize) -> Option<Find> {
        let gap_to = |from: usize, word: char| {
            let gap = self.count(from, is_blank);
            (gap > 0 && self.char(from + gap) == Some(word)).then_some(gap + 1)
        };
        let length = match self.char(at)? {
            '年' => {
                let month = gap_to(at + 1, '月')?;
                1 + month + gap_to(at + 1 + month, '日').unwrap_or(0)
            }
            '月' => 1 + gap_to(at + 1, '日')?,
            _ => return None,
        };
        Some(Find {
            length,
            sort: Sort::Later,
            name: None,
        })
    }

    fn unit(&self, at: usize) -> bool {
        let rest = self.rest(at);
        UNITS.iter().any(|unit| rest.starts_with(unit))
    }

    /// Not the beginning of a longer word: 人们, 日后, 分析.
    fn is_short_unit(&self, at: usize) -> bool {
        let rest = self.rest(at);
        [
            "人", "户", "毫米", "万元", "亿元", "名", "起", "处", "月", "日",
        ]
        .iter()
        .any(|unit| {
            rest.strip_prefix(unit)
                .is_some_and(|behind| behind.chars().next().is_none_or(|c| !c.is_alphanumeric()))
        })
    }

    fn count(&self, from: usize, is_part: impl Fn(char) -> bool) -> usize {
        (from..self.chars.len())
            .take_while(|at| self.char(*at).is_some_and(&is_part))
            .count()
    }
}

fn placeholder(length: usize, name: Option<String>) -> Find {
    Find {
        length,
        sort: Sort::Placeholder,
        name: name.filter(|name| {
            is_name(name) || name.chars().all(char::is_alphanumeric) && !name.is_empty()
        }),
    }
}

fn is_ident(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// Whether `text` could be the name of a fact.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_ident)
}

fn is_numeral(c: char) -> bool {
    "一二三四五六七八九十零〇○".contains(c)
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{3000}' | '\u{a0}')
}

/// Whether a remark between brackets was to be replaced.
fn is_later(words: &str, open: char) -> bool {
    let lower = words.to_lowercase();
    let is_quote = matches!(open, '“' | '「' | '『' | '《');
    let is_round = matches!(open, '（' | '(');
    if is_quote {
        return false;
    }
    let starts = |list: &[&str]| list.iter().any(|word| lower.starts_with(word));
    // （填写…） may tell the public what to fill in; 【填写…】 tells the author.
    if is_round && starts(&["填写", "填入", "请填写", "请填入", "请输入"]) {
        return false;
    }
    starts(&["请补充", "待后续"]) && !is_round
        || starts(&LATER)
        || (!is_round && starts(&LATER_EN))
        || lower.ends_with("待补充")
        || lower.ends_with("待填写")
}
