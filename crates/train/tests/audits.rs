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

/// With a cosine that no approximation reaches, every audit takes the next more exact gradient.
#[test]
fn a_poor_gradient_is_replaced() {
    let audit = r#""gradient":"sample","audit":{"every_steps":1,"samples":2,"least_cosine":1,"reaction":"switch"},"epochs":6"#;
    audited(&CHIP.replace(r#""epochs":6"#, audit), |trainer| {
        let report = trainer.epoch(|_| {}).unwrap();
        let switched: Vec<_> = report.audits.iter().map(|a| a.switched_to).collect();
        let ladder = [
            GradientKind::Mean,
            GradientKind::Transition,
            GradientKind::Checkpointed,
        ];
        assert_eq!(switched, ladder.map(Some));
        assert_eq!(trainer.run.gradient, GradientKind::Checkpointed);
    });
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
