use super::*;

/// Every mark at once, with points that cannot be drawn, words beside points and a panel without any.
fn picture(width_mm: f64) -> Picture {
    let marks = [
        Mark::Line,
        Mark::Dashed,
        Mark::Points,
        Mark::Ticks,
        Mark::Bars(0.5),
    ];
    let points = [(-1.0, 2.0), (0.0, f64::NAN), (1.0, 20.0), (2.0, 7.0)];
    let curve = |mark| Curve::new(&format!("{mark:?}"), mark, points);
    let mut curves: Vec<_> = marks.map(curve).into();
    curves[2] = curves[2]
        .clone()
        .with_texts(["a".into(), "none".into(), "b".into()]);
    let panel = |x, y, curves| Panel { x, y, curves };
    let log = || (Axis::log("pulse (s)"), Axis::log("current (A)"));
    Picture {
        title: "Every mark".into(),
        panels: vec![
            panel(
                Axis::linear("t (ms)"),
                Axis::linear("V & p < 1 (V)"),
                curves.clone(),
            ),
            panel(log().0, log().1, curves),
            panel(log().0, Axis::linear("charge (µC/cm²)"), vec![]),
        ],
        width_mm,
    }
}

#[test]
fn the_style() {
    let text = picture(WIDTH_MM).svg().unwrap();
    let labels = text.lines().filter(|l| l.len() < 40 && !l.starts_with('<'));
    insta::assert_snapshot!(labels.collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_cannot_be_drawn_is_left_out() {
    let text = picture(WIDTH_MM).svg().unwrap();
    assert!(!text.contains("NaN") && !text.contains("inf"));
}

/// Texts of a PDF file, in their order; the page is not compressed.
fn texts(pdf: &[u8]) -> Vec<String> {
    let letters: String = pdf.iter().map(|byte| char::from(*byte)).collect();
    let shown = letters.lines().filter_map(|line| line.strip_suffix(" Tj"));
    let plain = |text: &str| text.strip_prefix('(')?.strip_suffix(')').map(String::from);
    shown
        .filter_map(plain)
        .map(|text| text.replace('\\', ""))
        .collect()
}

/// A width in mm, and that of the page in points.
fn check_page(width_mm: f64, expected: &str) {
    let pdf = picture(width_mm).bytes(Format::Pdf).unwrap();
    assert!(pdf.starts_with(b"%PDF-") && pdf.ends_with(b"%%EOF"));
    let letters = String::from_utf8_lossy(&pdf).into_owned();
    assert!(letters.contains(expected), "{}", &letters[..600]);
}

#[test]
fn a_page_is_as_wide_as_told() {
    // 85 mm are 240.94 points.
    check_page(85.0, "/MediaBox [0 0 240.9");
    check_page(183.0, "/MediaBox [0 0 518.7");
}
#[test]
fn a_page_says_what_the_picture_does() {
    let found = texts(&picture(WIDTH_MM).bytes(Format::Pdf).unwrap());
    for expected in [
        "Every mark",
        "t (ms)",
        "V & p < 1 (V)",
        "current (A)",
        "a",
        "b",
    ] {
        assert!(found.iter().any(|t| t == expected), "{expected}: {found:?}");
    }
    assert!(!found.iter().any(|t| t == "none"), "{found:?}");
}
#[test]
fn letters_beyond_ascii() {
    // Micro in the encoding of the font; the raised 2 apart.
    let pdf = picture(WIDTH_MM).bytes(Format::Pdf).unwrap();
    let expected = b"<6368617267652028B5432F636D> Tj";
    assert!(pdf.windows(expected.len()).any(|w| w == expected));
}
#[test]
fn a_legend_stands_once() {
    let text = picture(WIDTH_MM).svg().unwrap();
    assert_eq!(text.matches("\nDashed\n").count(), 1);
}
#[test]
fn a_legend_in_rows() {
    // Five names do not fit in one row of a column.
    let style = Style::new(85.0);
    let picture = picture(85.0);
    let rows = legend::height(&picture.panels[0], None, style);
    assert!(
        rows > legend::height(&picture.panels[0], None, Style::new(238.0)),
        "{rows}"
    );
}
