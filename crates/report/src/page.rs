//! The page: its sections in one HTML file.

use crate::svg::Figure;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page/style.css");
/// A page above this size leaves out the numbers behind its pictures.
const LARGE_BYTES: usize = 1_000_000;
/// Nothing is loaded and nothing runs, whatever a file of the folder says.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// One thing that was run, or that was not.
pub(crate) struct Section {
    /// Its place in the page.
    pub id: &'static str,
    /// Heading.
    pub title: String,
    /// The command that made it.
    pub command: String,
    /// Words and tables.
    pub body: Markup,
    /// Pictures.
    pub figures: Vec<Figure>,
}

/// All of it.
pub(crate) struct Page {
    /// Heading.
    pub title: String,
    /// Figures that matter most, with what they are.
    pub headline: Vec<(String, String)>,
    /// In order.
    pub sections: Vec<Section>,
    /// What was not run, and the command that would.
    pub missing: Vec<(&'static str, &'static str)>,
}

impl Page {
    /// The HTML file.
    pub fn text(&self) -> String {
        let whole = self.html(true).into_string();
        match whole.len() <= LARGE_BYTES {
            true => whole,
            false => self.html(false).into_string(),
        }
    }

    fn html(&self, with_data: bool) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        h1 { (self.title) }
                        dl.headline {
                            @for (what, figure) in &self.headline { div { dt { (what) } dd { (figure) } } }
                        }
                        @if self.sections.len() > 1 {
                            nav aria-label="Sections" {
                                @for section in &self.sections { a href={ "#" (section.id) } { (section.title) } }
                                @if !self.missing.is_empty() { a href="#missing" { "Not run" } }
                            }
                        }
                    }
                    main {
                        @for section in &self.sections { (section.html(with_data)) }
                        (self.missing())
                    }
                    footer {
                        "bruno " (env!("CARGO_PKG_VERSION")) ". In commands DIR is the folder of these results and CHIP.json the \
                         description of the chip."
                        @if !with_data { " The numbers behind the pictures were left out to keep the file small." }
                    }
                }
            }
        }
    }

    fn missing(&self) -> Markup {
        html! {
            @if !self.missing.is_empty() {
                section #missing {
                    h2 { "Not run" }
                    p { "Each of these commands adds a section; " code { "bruno report DIR" } " then writes this page anew." }
                    table {
                        thead { tr { th scope="col" { "What" } th scope="col" { "Command" } } }
                        tbody { @for (what, command) in &self.missing { tr { td { (what) } td { code { (command) } } } } }
                    }
                }
            }
        }
    }
}

impl Section {
    fn html(&self, with_data: bool) -> Markup {
        let data = self.figures.iter().map(|f| (&f.title, &f.data));
        let data: serde_json::Map<_, _> = data.map(|(t, d)| (t.clone(), d.clone())).collect();
        html! {
            section id=(self.id) {
                h2 { (self.title) }
                @if !self.command.is_empty() { p.command { code { (self.command) } } }
                (self.body)
                @if !self.figures.is_empty() {
                    div.figures { @for figure in &self.figures { (figure.html()) } }
                }
                @if with_data && !data.is_empty() {
                    script type="application/json" id={ (self.id) "-data" } { (PreEscaped(in_script(&data))) }
                }
            }
        }
    }
}

impl Figure {
    fn html(&self) -> Markup {
        html! {
            figure {
                figcaption { (self.title) }
                (self.legend)
                (self.svg)
            }
        }
    }
}

/// JSON that no parser of HTML takes for an end or a beginning.
fn in_script(data: &serde_json::Map<String, serde_json::Value>) -> String {
    let text = serde_json::to_string(data).unwrap_or_default();
    text.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_do_not_end_their_script() {
        let data = [("</script><b>".to_string(), "<!--".into())];
        let text = in_script(&data.into_iter().collect());
        assert!(!text.contains('<'), "{text}");
    }

    /// The colour of a name in the light (0) or dark (1) half of the style.
    fn colour(name: &str, theme: usize) -> [f64; 3] {
        let all = STYLE.split(&format!("--{name}:")).nth(theme + 1).unwrap();
        let hex = all.trim_start().trim_start_matches('#');
        [0, 2, 4].map(|k| {
            let channel = u8::from_str_radix(&hex[k..k + 2], 16).unwrap();
            let share = f64::from(channel) / 255.0;
            // The luminance of WCAG 2.1.
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    /// A colour is told from the page in both themes.
    fn contrast(name: &str, least: f64) {
        for theme in [0, 1] {
            let luminance = |[r, g, b]: [f64; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
            let both = [name, "page"].map(|n| luminance(colour(n, theme)));
            let ratio = both[0].max(both[1]) / both[0].min(both[1]);
            assert!(ratio >= least, "{name} in theme {theme}: {ratio:.2}");
        }
    }

    #[test]
    fn words_have_contrast() {
        contrast("ink", 7.0);
        contrast("quiet", 4.5);
    }
    #[test]
    fn curves_have_contrast() {
        for name in ["c0", "c1", "c2", "c3", "c4", "c5"] {
            contrast(name, 3.0);
        }
    }
}
