//! What may stand as a recipient. Nothing that could end a line or start a second address gets through.

use lettre::Address;

use crate::domain::contact::mask_address;

/// The longest address that SMTP carries.
const LONGEST: usize = 254;

/// Reads a recipient's address. A domain in another script becomes its ASCII form, so that any server can take it.
pub(super) fn parse(text: &str) -> Result<Address, String> {
    let refused = |why: &str| {
        let shown = mask_address(text).replace(char::is_control, "?");
        format!("{shown} is no mail address: {why}; correct the contact")
    };
    if text.chars().any(char::is_control) {
        return Err(refused(
            "it holds a line break or another control character",
        ));
    }
    if text.len() > LONGEST {
        return Err(refused("it is longer than 254 bytes"));
    }
    let address: Address = text
        .parse()
        .map_err(|_| refused("it must look like name@example.org"))?;
    if address.domain().is_ascii() {
        return Ok(address);
    }
    let url = reqwest::Url::parse(&format!("http://{}/", address.domain())).ok();
    let domain = url.as_ref().and_then(reqwest::Url::host_str);
    let domain = domain.ok_or_else(|| refused("its domain cannot be written in ASCII"))?;
    Address::new(address.user(), domain).map_err(|_| refused("its domain is not valid"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_of_all_kinds() {
        for (text, read) in [
            ("zhang.san@example.org", "zhang.san@example.org"),
            ("a+b@example.org", "a+b@example.org"),
            ("zhang@例子.中国", "zhang@xn--fsqu00a.xn--fiqs8s"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), read);
        }
    }

    #[test]
    fn what_is_none_is_named_and_masked() {
        for text in [
            "",
            "zhangsan",
            "@example.org",
            "zhang san@example.org",
            "a@b@",
            "a@exa mple.org",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
        let why = parse("zhangsan@example.org\r\nRCPT TO:<all@example.org>").unwrap_err();
        assert!(!why.contains('\n') && !why.contains("zhangsan"), "{why}");
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_one_line(text in ".{0,12}[\\r\\n<> ,]?.{0,6}@.{0,6}[\\r\\n]?[a-z]{1,5}\\.org") {
            if let Ok(address) = parse(&text) {
                let shown = address.to_string();
                prop_assert!(!shown.chars().any(char::is_control), "{shown:?}");
            }
        }
    }
}
