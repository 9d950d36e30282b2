//! Which articles a citation names: 第二百九十一条之一第二款 is of article 291. Knows no law.

/// The numbers of the articles in `text`, in its order. Parts of an article (款, 项) and of a document (章) are none.
pub fn numbers(text: &str) -> impl Iterator<Item = u32> + '_ {
    text.split('第')
        .skip(1)
        .filter_map(|rest| rest.split_once('条'))
        .flat_map(|(numbers, _)| numbers.split(['、', '和', '至']))
        .filter_map(number)
}

/// The articles of `text` that were put in between two others: 第二百九十一条之一 is (291, 1).
pub fn inserted(text: &str) -> impl Iterator<Item = (u32, u32)> + '_ {
    text.split('第').skip(1).filter_map(|rest| {
        let (before, after) = rest.split_once('条')?;
        let next: String = after
            .strip_prefix('之')?
            .chars()
            .take_while(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(*c))
            .collect();
        Some((number(before)?, number(&next)?))
    })
}

/// Whether `text` names an article, or a part of one, by what is no number: 第几条, 第七二条, 第零款.
pub fn has_unread(text: &str) -> bool {
    text.split('第').skip(1).any(|rest| {
        let unit = rest.char_indices().find(|(_, c)| "条款项章节".contains(*c));
        let Some((end, unit)) = unit else {
            return false;
        };
        let named = rest[..end].split(['、', '和', '至']);
        let mut named = named.map(|one| one.trim_matches(['（', '）', '(', ')']));
        match unit {
            '条' => named.any(|one| number(one).is_none()),
            _ => named.any(|one| number(one).is_none_or(|number| number == 0)),
        }
    })
}

/// The value of `text`, written as 七十二 or 72.
fn number(text: &str) -> Option<u32> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let mut total = 0u32;
    let mut digit = None;
    for sign in text.chars() {
        let unit = match sign {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            _ => {
                let next = "零一二三四五六七八九".chars().position(|c| c == sign)?;
                // Two digits beside each other are a year or a telephone number; 零 only fills a place.
                if digit.replace(next as u32).is_some_and(|before| before > 0) {
                    return None;
                }
                continue;
            }
        };
        total = total.checked_add(digit.take().unwrap_or(1) * unit)?;
    }
    total
        .checked_add(digit.unwrap_or(0))
        .filter(|_| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<u32> {
        numbers(text).collect()
    }

    #[test]
    fn an_article_is_known_by_its_number() {
        assert_eq!(of("第七条"), [7]);
        assert_eq!(of("第十条"), [10]);
        assert_eq!(of("第二十条第十二项"), [20]);
        assert_eq!(of("第一百零六条"), [106]);
        assert_eq!(of("第一百一十条"), [110]);
        assert_eq!(of("第二百九十一条之一第二款"), [291]);
        assert_eq!(of("第一千二百四十二条"), [1242]);
        assert_eq!(of("第72条"), [72]);
        assert_eq!(of("第五章第七十二条"), [72]);
        assert_eq!(
            of("第六十三条至第六十六条、第六十八、七十条"),
            [63, 66, 68, 70]
        );
    }

    #[test]
    fn what_was_put_in_between_is_told_apart() {
        let of = |text: &str| inserted(text).collect::<Vec<_>>();
        assert_eq!(of("第二百九十一条之一第二款"), [(291, 1)]);
        assert_eq!(of("第二百九十一条之十二、第三条"), [(291, 12)]);
        assert_eq!(of("第二百九十一条第一款"), []);
        assert_eq!(of("第二百九十一条之"), []);
    }

    #[test]
    fn what_is_no_number_is_not_taken_for_none() {
        for text in [
            "第七十二条第二款第（三）项",
            "第六十三条至第六十六条、第六十八、七十条",
            "第五章",
            "二（二）",
            "",
        ] {
            assert!(!has_unread(text), "{text}");
        }
        for text in [
            "第几条",
            "第七二条",
            "第二〇条",
            "第条",
            "第七十二条第零款",
            "第七十二条第某项",
        ] {
            assert!(has_unread(text), "{text}");
        }
    }

    #[test]
    fn what_names_no_article_has_none() {
        for text in [
            "",
            "信息发布",
            "二（二）",
            "第五章",
            "第条",
            "第二〇条",
            "第二零二六条",
            "第几条",
        ] {
            assert_eq!(of(text), [0u32; 0], "{text}");
        }
        let endless = format!("第{}条", "九千".repeat(500_000));
        assert_eq!(of(&endless), [0u32; 0]);
    }
}
