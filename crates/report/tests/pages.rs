//! Pages of folders that hold what commands write, or something else.

use std::fmt::Write;

/// The page of a folder with these files, or why there is none.
fn page(files: &[(&str, &str)]) -> Result<String, String> {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    bruno_report::page(dir.path()).map_err(|e| e.to_string())
}

/// A folder with one file: the page, or the reason why there is none, holds these words.
fn check(name: &str, text: &str, expected: &[&str]) {
    let found = page(&[(name, text)]).unwrap_or_else(|e| e);
    for words in expected {
        assert!(found.contains(words), "no `{words}` in:\n{found}");
    }
}

const SWEEP: &str = r#"{"fields":["objectives.energy.weight"],"front":[],"runs":[
    {"values":[0],"accuracy":0.9,"loss_nats":0.3,"energy_nJ":2.5,"area_um2":40,"latency_ms":null,"rate_Hz":20,
     "front":[true,false,false],"yield":{"target":0.8,"good":9,"share":0.9,"interval":[0.6,0.98],"confidence":0.95}},
    {"values":[0.3],"accuracy":0.8,"loss_nats":0.5,"energy_nJ":3.5,"area_um2":40,"latency_ms":null,"rate_Hz":20,
     "front":[false,false,false]},
    {"values":["high"],"failed":"layer `hidden`: silent"}]}"#;
const AUDIT: &str = r#"{"data":"tactile","epochs":3,"audits":[{"window_ticks":1000,"device_slopes":[],
    "audit":{"kinds":["mean"],"samples":4,"rate_Hz":27.5,
             "groups":[{"group":"hidden: input weights","norm":1.0,"agreements":[{"cosine":0.9995,"ratio":1.04}]}]}}]}"#;
const BENCH: &str = r#"{"about":{"processor":"Any","cores":2,"load":0.1,"compiler":"clang","verilator":"5","vector_bits":256},
    "runs":7,"forward":[
        {"neurons":64,"inputs":24,"rate_hz":50,"seconds":1,"ns":[0.5,0.4,0.6],"fired_hz":20,"bytes_per_neuron_window":16,"model":{}},
        {"neurons":128,"inputs":24,"rate_hz":50,"seconds":1,"ns":[0.45,0.4,0.5],"fired_hz":20,"bytes_per_neuron_window":16,"model":{}}]}"#;
const SYNTH: &str = r#"{"chip":"braille","target":"osu018","memories_as":"apart","cells":1200,"area_um2":34567.0,"flip_flops":90,
    "memory_bits":512,"memories":[],"placement":null,"files":"out/synth",
    "modules":[{"name":"braille_bank","instances":2,"cells":600,"area_um2":17283.5,"flip_flops":45,"memory_bits":256,"by_type":{}}],
    "layers":[{"layer":"hidden","neurons":4,"cells":1200,"cells_per_neuron":300,"area_um2_per_neuron":8641.7,"memory_bits":512}],
    "timing":{"status":"not_measured","reason":"no `sta`"}}"#;
const FIT: &str = r#"{"temperature_K":300,"noise":0.01,"correlation":[[1.0]],
    "estimates":[{"name":"p_s","unit":"C/m2","start":0.2,"value":0.25,"standard_error":0.001}],
    "compared":[{"name":"loop.csv: i_A","times_s":[0,1e-3],"measured":[0,1e-9],"fitted":[0,1.1e-9],"rms":0.02}]}"#;
const LEVELS: &str = r#"{"bits":1,"key":"code","notes":[],"levels_pA":[1,2],"levels":[
    {"key":0,"readings":5,"mean":1.0,"sigma":0.1,"standard_error":0.05},
    {"key":1,"readings":5,"mean":2.0,"sigma":0.1,"standard_error":0.05}]}"#;
const TUNE: &str = r#"{"goal":"loss","space":{},"best":null,"importances":[{"field":"learning_rate","share":0.7,"deviation":0.1}],
    "trials":[{"trial":0,"values":{"learning_rate":0.1},"after_epochs":[0.9,0.4],"outcome":"done"},
              {"trial":1,"values":{"learning_rate":9.0},"after_epochs":[],"outcome":{"failed":"silent"}}]}"#;

#[test]
fn a_sweep() {
    check(
        "sweep.json",
        SWEEP,
        &[
            "--sweep objectives.energy.weight",
            "Accuracy against energy",
            "90.0 % (60.0 % .. 98.0 %)",
            "failed: layer `hidden`: silent",
        ],
    );
}
#[test]
fn a_cost_that_no_run_has_is_no_picture() {
    let page = page(&[("sweep.json", SWEEP)]).unwrap();
    assert!(!page.contains("Accuracy against latency"));
}
#[test]
fn an_audit() {
    check(
        "audit.json",
        AUDIT,
        &["hidden: input weights", "0.9995 / 1.04"],
    );
}
#[test]
fn a_bench() {
    check(
        "bench.json",
        BENCH,
        &["vectors of 256 bits", "0.45", "ns a neuron and tick"],
    );
}
#[test]
fn a_synthesis() {
    let words = ["Area by module", "34567 um2", "not measured: no `sta`"];
    check("report.json", SYNTH, &words);
}
#[test]
fn a_synthesis_in_a_folder_of_its_own() {
    check("synth/report.json", SYNTH, &["braille_bank"]);
}
#[test]
fn a_fit() {
    check("fit.json", FIT, &["p_s", "0.40 %", "2.000 %", "measured"]);
}
#[test]
fn a_level_table() {
    check("levels.json", LEVELS, &["Mean (pA)"]);
}
#[test]
fn a_search() {
    check(
        "tune.json",
        TUNE,
        &[
            "What mattered",
            "learning_rate 0.1",
            "0.4 (validation loss)",
        ],
    );
}
#[test]
fn several_kinds_in_one_folder() {
    let page = page(&[("sweep.json", SWEEP), ("bench.json", BENCH)]).unwrap();
    assert!(page.contains(r##"href="#bench""##) && page.contains(r#"id="sweep""#));
}

#[test]
fn an_empty_folder() {
    let refused = page(&[]).unwrap_err();
    assert!(
        refused.contains("holds no results that a report shows"),
        "{refused}"
    );
}

/// Half a file, or one of another kind, is named with the command that writes it.
fn damaged(name: &str, text: &str, made_by: &str) {
    for text in [&text[..text.len() / 2], "[]", "\u{0}", "{}"] {
        let refused = page(&[(name, text)]).unwrap_err();
        let named = refused.contains(name) && refused.contains(made_by);
        assert!(named, "{refused}");
    }
}

#[test]
fn damaged_sweep() {
    damaged("sweep.json", SWEEP, "bruno train --sweep");
}
#[test]
fn damaged_audit() {
    damaged("audit.json", AUDIT, "bruno audit --json");
    damaged(
        "audit.json",
        &AUDIT.replace(r#"["mean"]"#, r#"["mean","sample"]"#),
        "bruno audit --json",
    );
}
#[test]
fn damaged_bench() {
    damaged("bench.json", BENCH, "bruno bench --out DIR");
}
#[test]
fn damaged_synthesis() {
    damaged("report.json", SYNTH, "bruno synth");
}
#[test]
fn damaged_fit() {
    damaged("fit.json", FIT, "bruno device fit");
}
#[test]
fn damaged_levels() {
    damaged("levels.json", LEVELS, "bruno device fit");
}
#[test]
fn damaged_search() {
    damaged("tune.json", TUNE, "bruno tune");
}
#[test]
fn damaged_checkpoint() {
    check(
        "checkpoint.json",
        "{}",
        &["checkpoint.json: is another file, no checkpoint"],
    );
}
#[test]
fn damaged_chips() {
    check("chips.jsonl", "{}\n", &["chips.jsonl: is no results file"]);
}

/// A label of a stranger stays text, wherever it stands.
fn stays_text(name: &str, text: &str, label: &str) {
    let hostile = r"</script><img src=x onerror=alert(1)>'&amp;";
    let quoted = serde_json::to_string(hostile).unwrap();
    assert!(text.contains(label), "{label}");
    let page = page(&[(name, &text.replace(label, &quoted))]).unwrap();
    assert!(
        !page.contains("<img") && !page.contains("<script>"),
        "{page}"
    );
    assert_eq!(
        page.matches("</script>").count(),
        page.matches("<script type=\"application/json\"").count()
    );
    assert!(page.contains("&lt;/script&gt;&lt;img"), "{page}");
}

#[test]
fn labels_of_a_sweep() {
    stays_text("sweep.json", SWEEP, r#""objectives.energy.weight""#);
    stays_text("sweep.json", SWEEP, r#""high""#);
    stays_text("sweep.json", SWEEP, r#""layer `hidden`: silent""#);
}
#[test]
fn labels_of_an_audit() {
    stays_text("audit.json", AUDIT, r#""tactile""#);
    stays_text("audit.json", AUDIT, r#""hidden: input weights""#);
}
#[test]
fn labels_of_a_bench() {
    stays_text("bench.json", BENCH, r#""Any""#);
    stays_text("bench.json", BENCH, r#""clang""#);
}
#[test]
fn labels_of_a_synthesis() {
    for label in [
        r#""braille""#,
        r#""braille_bank""#,
        r#""hidden""#,
        r#""no `sta`""#,
    ] {
        stays_text("report.json", SYNTH, label);
    }
}
#[test]
fn labels_of_a_fit() {
    for label in [r#""p_s""#, r#""C/m2""#, r#""loop.csv: i_A""#] {
        stays_text("fit.json", FIT, label);
    }
    stays_text("levels.json", LEVELS, r#""code""#);
}
#[test]
fn labels_of_a_search() {
    stays_text("tune.json", TUNE, r#""loss""#);
    stays_text("tune.json", TUNE, r#""learning_rate""#);
}

/// The largest files that are read still give a page that can be mailed.
#[test]
fn a_page_is_small() {
    let label = "\u{e4}".repeat(5_000);
    let mut runs = String::new();
    for k in 0..1_000 {
        let value = f64::from(k) * 0.123_456_789;
        write!(
            runs,
            r#"{{"values":["{label}",{value}],"accuracy":{},"energy_nJ":{value},"area_um2":{value},"latency_ms":{value},
               "front":[true,true,true],"failed":null}},"#,
            f64::from(k) / 1e3
        )
        .unwrap();
    }
    let fields = format!(r#""{label}","{label}""#);
    let sweep = format!(
        r#"{{"fields":[{fields}],"runs":[{}]}}"#,
        runs.trim_end_matches(',')
    );
    let trial = r#"{"trial":1,"values":{"a":"LABEL"},"after_epochs":[0.5],"outcome":"done"}"#;
    let trials = vec![trial.replace("LABEL", &label); 3_000].join(",");
    let tune = format!(r#"{{"goal":"{label}","importances":null,"trials":[{trials}]}}"#);
    let page = page(&[("sweep.json", &sweep), ("tune.json", &tune)]).unwrap();
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
}

/// What JSON can say of numbers does not stop a page.
#[test]
fn numbers_at_the_ends() {
    let of = |number: &str| SWEEP.replace("2.5", number).replace("40", number);
    for number in ["1.7e308", "-1.7e308", "0", "-0.0", "5e-324"] {
        let page = page(&[("sweep.json", &of(number))]).unwrap();
        assert!(
            !page.contains("NaN") && !page.contains(">inf"),
            "{number}: {page}"
        );
    }
}
