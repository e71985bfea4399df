//! The name that was meant.

/// Names of one or two wrong letters are near, of short words one.
const LETTERS_A_MISTAKE: usize = 4;

/// The known name that is most like a wrong one, if any is like it: case and underscores do not count.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |name: &str| name.replace(['_', '-', ' '], "").to_lowercase();
    let wrong = plain(wrong);
    let most = 1 + wrong.len() / LETTERS_A_MISTAKE;
    let distance = |name: &str| strsim::damerau_levenshtein(&wrong, &plain(name));
    // A name without its unit, `area` for `area_um2`, is meant whole.
    let begins = |name: &str| wrong.len() >= 3 && plain(name).starts_with(&wrong);
    known
        .into_iter()
        .map(|name| (if begins(name) { 1 } else { distance(name) }, name))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wrong: &str, expected: Option<&str>) {
        let known = ["neurons", "area_um2", "v_th_V", "bits", "recurrent"];
        assert_eq!(nearest(wrong, known), expected);
    }

    #[test]
    fn two_letters_exchanged() {
        check("nuerons", Some("neurons"));
    }
    #[test]
    fn no_unit() {
        check("area", Some("area_um2"));
    }
    #[test]
    fn other_case() {
        check("V_TH_v", Some("v_th_V"));
    }
    #[test]
    fn nothing_like_it() {
        check("colour", None);
    }
    #[test]
    fn letters_missing() {
        check("recurent", Some("recurrent"));
    }
}
