//! The marks of a drill. They are set here and nowhere else, on every text of every channel, whatever the author wrote.

use crate::domain::bulletin::{BulletinText, Language};

/// What every text of a drill begins with.
pub const OPEN: &str = "【演练】";
/// What every text of a drill ends with.
pub const CLOSE: &str = "以上为演练";

/// Whether, and in which language, to mark.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    drill: bool,
    language: Language,
}

impl Marks {
    pub fn new(drill: bool, language: Language) -> Self {
        Self { drill, language }
    }

    /// What stands in front of a text.
    pub fn open(self) -> &'static str {
        match (self.drill, self.language) {
            (false, _) => "",
            (true, Language::ZhCn) => OPEN,
            (true, Language::En) => "【演练】[EXERCISE] ",
        }
    }

    /// What stands behind it, on the same line.
    pub fn close(self) -> &'static str {
        match (self.drill, self.language) {
            (false, _) => "",
            (true, Language::ZhCn) => CLOSE,
            (true, Language::En) => "This was an exercise. 以上为演练",
        }
    }

    /// A text of one line with both marks.
    pub fn line(self, text: &str) -> String {
        let text = self.bare(text);
        let gap = if self.drill { " " } else { "" };
        format!("{}{text}{gap}{}", self.open(), self.close())
    }

    /// A text of several lines with both marks, the last on a line of its own.
    pub fn block(self, text: &str) -> String {
        let text = self.bare(text);
        let gap = if self.drill { "\n\n" } else { "" };
        format!("{}{text}{gap}{}", self.open(), self.close())
    }

    /// A title with the opening mark alone; one that has it already keeps it.
    pub fn title(self, text: &str) -> String {
        format!("{}{}", self.open(), self.bare(text))
    }

    /// The text without the mark that an earlier hand set, so that it is set once.
    pub fn bare(self, text: &str) -> &str {
        if self.drill {
            text.strip_prefix(self.open().trim_end())
                .or_else(|| text.strip_prefix(OPEN))
                .unwrap_or(text)
                .trim_start()
        } else {
            text
        }
    }
}

/// A claim in `text` that this is no drill.
pub fn claim_of_reality(text: &BulletinText) -> Option<String> {
    let fields = [
        Some(&text.title),
        text.title_en.as_ref(),
        text.action.as_ref(),
        text.action_en.as_ref(),
        Some(&text.text),
        text.text_en.as_ref(),
        text.sms.as_ref(),
        text.sms_en.as_ref(),
    ];
    let claims = [
        "不是演练",
        "非演练",
        "not a drill",
        "not an exercise",
        "no drill",
    ];
    fields.into_iter().flatten().find_map(|field| {
        // Spaces and punctuation inside the words do not make them less of a claim.
        let letters: Vec<(usize, char)> = field
            .char_indices()
            .filter(|(_, c)| c.is_alphanumeric())
            .collect();
        let squeezed: String = letters.iter().flat_map(|(_, c)| c.to_lowercase()).collect();
        claims
            .into_iter()
            .find(|claim| squeezed.contains(&claim.replace(' ', "")))
            .map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::super::Circumstances;
    use super::super::fixture::World;
    use super::super::{DraftInput, Drafted, Libraries, RenderFault, draft, renderings};
    use super::*;
    use crate::domain::bulletin::Bulletin;

    const SOURCE: &str = "---\ntitle: 【演练】关于启动响应的通告\ntitle-en: Notice\naction: 请转移。\nsms: 请转移\n\
        text-en: Please move.\n---\n正文";

    fn drafted(input: &DraftInput<'_>) -> Bulletin {
        match draft(input, &Libraries::default()) {
            Drafted::Complete(bulletin) => *bulletin,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_text_of_a_drill_is_marked_once_in_front_and_behind() {
        let world = World::new(SOURCE).drill();
        let bulletin = drafted(&world.input());
        assert_eq!(bulletin.text.title, "【演练】关于启动响应的通告");
        assert_eq!(bulletin.renderings.len(), 2 * world.channels.len());
        for rendering in &bulletin.renderings {
            let parts = rendering
                .subject
                .iter()
                .chain([&rendering.text])
                .chain(&rendering.parts);
            for text in parts {
                assert!(
                    text.starts_with(OPEN) && text.ends_with(CLOSE),
                    "{}: {text}",
                    rendering.channel
                );
                assert_eq!(
                    text.matches(OPEN).count(),
                    1,
                    "{}: {text}",
                    rendering.channel
                );
            }
            if let Some(html) = &rendering.html {
                let (_, body) = html.split_once("<body").unwrap();
                let (_, seen) = body.split_once('>').unwrap();
                assert!(
                    seen.trim_start()
                        .split_once('>')
                        .unwrap()
                        .1
                        .starts_with(OPEN),
                    "{seen}"
                );
                assert!(seen.contains("以上为演练</p>\n</body>"), "{seen}");
            }
        }
    }

    #[test]
    fn nothing_outside_a_drill_is_marked() {
        let world = World::new(&SOURCE.replace(OPEN, ""));
        let all = serde_json::to_string(&drafted(&world.input())).unwrap();
        assert!(!all.contains("演练"));
    }

    #[test]
    fn a_drill_that_says_it_is_none_is_refused() {
        for claim in [
            "这不是演练！",
            "本次为非 演练",
            "THIS IS NOT A DRILL.",
            "This is not-a-drill",
        ] {
            let text = BulletinText {
                title: "通告".into(),
                text: format!("请撤离。{claim}"),
                ..BulletinText::default()
            };
            let of = |drill| {
                let about = Circumstances {
                    drill,
                    ..Circumstances::default()
                };
                about.notice(&text)
            };
            let said = renderings(&of(true), &[]);
            assert!(
                matches!(said, Err(RenderFault::ClaimsReality { .. })),
                "{claim}"
            );
            assert!(renderings(&of(false), &[]).is_ok());
        }
    }
}
