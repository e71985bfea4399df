//! Audits of whole batches, on demand and on the way.

mod support;

use bruno_data::Sample;
use bruno_train::GradientKind;
use support::{CHIP, audited, data, fresh, train};

/// Checkpointed and full backpropagation are the same; the readout's gradient is exact in all; none is far off.
#[test]
fn an_audit_measures_each_gradient() {
    audited(CHIP, |trainer| {
        let data = data();
        let samples: Vec<&Sample> = data.train[..4].iter().collect();
        let kinds = [
            GradientKind::Bptt,
            GradientKind::Transition,
            GradientKind::Mean,
        ];
        let audit = trainer.audit(&samples, &kinds, |_| {}).unwrap();
        let names: Vec<&str> = audit.groups.iter().map(|g| g.group.as_str()).collect();
        let wanted = [
            "hidden: input weights",
            "hidden: recurrent weights",
            "hidden: threshold",
            "hidden: area",
            "readout: input weights",
        ];
        assert_eq!(names, wanted);
        for group in &audit.groups {
            let [full, transition, mean] = group.agreements[..] else {
                panic!("three gradients")
            };
            assert!((full.cosine - 1.0).abs() < 1e-6 && (full.ratio - 1.0).abs() < 1e-6);
            assert!(transition.cosine > 0.99, "{group:?}");
            assert!(mean.cosine > 0.8, "{group:?}");
        }
    });
}

/// The settings of a run whose every audit switches below a cosine or beyond a ratio.
fn switching(limits: &str) -> String {
    let audit = format!(
        r#""gradient":"sample","audit":{{"every_steps":1,"samples":2,"reaction":"switch",{limits}}},"epochs":6"#
    );
    CHIP.replace(r#""epochs":6"#, &audit)
}

/// The gradients that the first audits of a run switch to, before steps 0 and 1.
fn check_switch(limits: &str, expected: [Option<GradientKind>; 2]) {
    audited(&switching(limits), |trainer| {
        let report = trainer.epoch(|_| {}).unwrap();
        let switched: Vec<_> = report.audits.iter().map(|a| a.switched_to).collect();
        assert_eq!(switched[..2], expected);
    });
}

/// With a cosine that no approximation reaches, the first audit takes exact backpropagation.
#[test]
fn a_poor_gradient_is_replaced() {
    let exact = [Some(GradientKind::Checkpointed), None];
    check_switch(r#""least_cosine":1"#, exact);
}
/// The cheapest that is good enough is taken, and is good enough thereafter.
#[test]
fn a_gradient_is_replaced_by_what_an_audit_finds() {
    let products = [Some(GradientKind::Transition), None];
    check_switch(r#""least_cosine":0.999,"largest_ratio":2"#, products);
}
#[test]
fn a_ratio_alone_is_enough() {
    let products = [Some(GradientKind::Transition), None];
    check_switch(r#""least_cosine":-1,"largest_ratio":1.02"#, products);
}

/// Device parameters in training are audited where the settings say nothing of it.
#[test]
fn device_parameters_are_audited() {
    let count = |text: &str| {
        let mut count = 0;
        audited(text, |trainer| {
            count = trainer.epoch(|_| {}).unwrap().audits.len();
        });
        count
    };
    assert_eq!(count(CHIP), 1);
    let never = CHIP.replace(r#""epochs":6"#, r#""audit":{"every_steps":0},"epochs":6"#);
    assert_eq!(count(&never), 0);
}

#[test]
fn a_warning_changes_nothing() {
    let audit = r#""audit":{"every_steps":2,"least_cosine":1},"epochs":6"#;
    let (plain, _) = fresh();
    let plain = train(plain, 1, 1);
    audited(&CHIP.replace(r#""epochs":6"#, audit), |trainer| {
        let report = trainer.epoch(|_| {}).unwrap();
        assert!(report.audits.len() == 2 && report.audits.iter().all(|a| a.low));
        assert_eq!(trainer.run.parameters, plain.parameters);
    });
}

/// An audit has the level tables as groups of their own.
#[test]
fn an_audit_has_level_tables() {
    let text = CHIP.replace(
        r#""epochs":6"#,
        r#""levels":{"projections":["input"]},"epochs":6"#,
    );
    audited(&text, |trainer| {
        let data = data();
        let samples: Vec<&Sample> = data.train[..2].iter().collect();
        let audit = trainer
            .audit(&samples, &[GradientKind::Transition], |_| {})
            .unwrap();
        let levels = audit
            .groups
            .iter()
            .find(|g| g.group == "hidden: input levels");
        assert!(levels.unwrap().agreements[0].cosine > 0.99);
    });
}
