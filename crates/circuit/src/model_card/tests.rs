use super::*;
use proptest::prelude::*;

const TEXTS: [Format; 3] = [Format::Spectre, Format::Ngspice, Format::Vacask];

fn read(text: &str, format: Format) -> Imported {
    ModelCard::parse("card", text, format).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// A text gives the published card with one value changed.
fn check(text: &str, format: Format, name: &str, value: f64) {
    let mut expected = FecapCard::default();
    *expected.get_mut(name).unwrap() = value;
    assert_eq!(read(text, format).model.card, expected);
}

#[test]
fn a_list_of_ngspice() {
    check(
        "* FeCap\n+ T_FE = ( 9n ) $ thin\n+ w_b = {1.05}\n",
        Format::Ngspice,
        "t_fe",
        9e-9,
    );
}
#[test]
fn a_model_of_ngspice() {
    check(
        ".model cap heracles\n* area next\n+ area = 1p ; small\n",
        Format::Ngspice,
        "area",
        1e-12,
    );
}
#[test]
fn a_model_of_vacask() {
    check(
        "load \"heracles.osdi\"\nmodel fecap heracles (\n area=1e-12 // small\n w_b=1.05\n)\n",
        Format::Vacask,
        "area",
        1e-12,
    );
}
#[test]
fn a_model_of_vacask_in_one_line() {
    check(
        "model fecap heracles (e_off=10M)",
        Format::Vacask,
        "e_off",
        1e7,
    );
}
#[test]
fn a_subcircuit_of_spectre() {
    let text = "simulator lang=spectre\nsubckt fecap (te be)\nparameters thin = 9n w_b=1.05\n+ unused=3\n\
                C1 (te be) heracles t_fe = thin\n+ w_b=w_b\nends fecap\n";
    check(text, Format::Spectre, "t_fe", 9e-9);
}
#[test]
fn parameters_alone() {
    check("parameters t_fe=9n\n", Format::Spectre, "t_fe", 9e-9);
}

#[test]
fn an_older_card() {
    let found = read("+ q_fix_depl = ( 50m )\n", Format::Ngspice);
    let card = found.model.card;
    assert_eq!((card.q_fix_depl_u, card.q_fix_depl_d), (-0.05, 0.05));
    assert!(found.notes[0].contains("older card"), "{:?}", found.notes);
}

#[test]
fn values_that_are_absent_are_told() {
    let found = read("+ area = 1p\n", Format::Ngspice);
    assert!(found.notes[0].contains("p_s = 0.27"), "{:?}", found.notes);
}

#[test]
fn statistics_of_spectre() {
    let text = "parameters t_fe=9n\nstatistics\n{\nprocess{ // dies\n vary t_int_mc dist=gauss std=1e-10\n truncate tr=2 }\n\
                mismatch { vary area dist=gauss std=1f\n}\n}\n";
    let found = read(text, Format::Spectre).model.statistics.unwrap();
    assert_eq!(found.truncate, Some(2.0));
    assert_eq!(found.die, BTreeMap::from([("t_int".to_string(), 1e-10)]));
    assert_eq!(found.device, BTreeMap::from([("area".to_string(), 1e-15)]));
}

#[test]
fn published_statistics_are_the_default() {
    let text = ModelCard::default().text(Format::Spectre);
    assert!(
        text.contains("vary n_depl_mc dist=gauss std=2.65e27"),
        "{text}"
    );
    assert_eq!(read(&text, Format::Spectre).model, ModelCard::default());
}

#[test]
fn formats_by_name_and_text() {
    let check = |name: &str, text: &str, format| {
        assert_eq!(Format::of(Path::new(name), text), format, "{name}: {text}");
    };
    check("a.scs", "", Format::Spectre);
    check("modelcard.L", "", Format::Ngspice);
    check("a.inc", "// x\nmodel fecap heracles (", Format::Vacask);
    check("a.inc", "+ area = ( 1 )", Format::Ngspice);
    check("a", "parameters area=1", Format::Spectre);
    check("a", " { \"area\": 1 }", Format::Json);
}

#[test]
fn every_problem_at_once() {
    let texts = [
        (
            Format::Spectre,
            "V1 (a 0) vsource dc=1\nparameters t_ef=9n area=1e-12 area=2e-12 w_b=x e_off = 2*d_e p_s=27\n\
                           parameters t_int_mc=1e-10 eps_fe\nstatistics {\n vary w_b dist=gauss std=1\n process {\n\
                           vary what dist=gauss std=1\n vary p_s dist=lognorm\n vary\n truncate tr=x\n}\n",
        ),
        (
            Format::Ngspice,
            ".model d1 d is=1e-14\n.model a heracles area=1p\n.model b heracles area=1p t_fe=1mil\n",
        ),
        (Format::Vacask, "load \"heracles.osdi\"\n"),
        (
            Format::Json,
            "{\"area\": 1, \"statistics\": {\"truncate\": 0, \"die\": {\"x\": 1, \"w_b\": -1}}}",
        ),
        (Format::Json, "{\"are\": 1}"),
        (Format::Json, "[]"),
    ];
    let say = |(format, text): (Format, &str)| {
        let error = ModelCard::parse("card", text, format).unwrap_err();
        format!("--- {format:?}\n{text}\n---\n{error}\n")
    };
    insta::assert_snapshot!(texts.map(say).concat());
}

#[test]
fn what_is_written() {
    let all = TEXTS.map(|f| format!("--- {f:?}\n{}", ModelCard::default().text(f)));
    insta::assert_snapshot!(all.concat());
}

/// Any card within its bounds, with any spread.
fn cards() -> impl Strategy<Value = ModelCard> {
    let share = prop::collection::vec(0.0..=1.0f64, PARAMETERS.len());
    let spread = || prop::collection::btree_map(0..PARAMETERS.len(), 0.0..1e30f64, 0..4);
    let truncate = prop::option::of(0.5..6.0f64);
    (share, prop::option::of((spread(), spread(), truncate))).prop_map(|(shares, statistics)| {
        let mut card = FecapCard::default();
        for (parameter, share) in PARAMETERS.iter().zip(shares) {
            let value = parameter.low + share * (parameter.high - parameter.low);
            *card.get_mut(parameter.name).unwrap() = value.clamp(parameter.low, parameter.high);
        }
        let named = |spread: BTreeMap<usize, f64>| {
            let name = |(k, sigma): (usize, f64)| (PARAMETERS[k].name.to_string(), sigma);
            spread.into_iter().map(name).collect()
        };
        let statistics = statistics.map(|(die, device, truncate)| Statistics {
            truncate,
            die: named(die),
            device: named(device),
        });
        let statistics = statistics.filter(|s| *s != Statistics::published());
        ModelCard { card, statistics }
    })
}

proptest! {
    #[test]
    fn round_trips_are_exact(model in cards()) {
        for format in TEXTS {
            prop_assert_eq!(read(&model.text(format), format).model.card, model.card);
        }
        for format in [Format::Json, Format::Spectre] {
            prop_assert_eq!(&read(&model.text(format), format).model, &model);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[-+*/(){}='\" \n a-z0-9._]{0,80}") {
        for format in TEXTS {
            let _ = ModelCard::parse("card", &text, format);
        }
    }

    #[test]
    fn no_list_makes_it_panic(words in prop::collection::vec("(parameters|model|vary|process|heracles|area|=|1n|\\{|\\}|\\(|\\)|\\+|\n)", 0..30)) {
        for format in TEXTS {
            let _ = ModelCard::parse("card", &words.join(" "), format);
        }
    }
}
