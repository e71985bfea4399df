//! Training on virtual chips: device effects drawn anew on the way.

mod support;

use bruno_data::Sample;
use bruno_train::{Checkpoint, GradientKind};
use support::{CHIP, audited, data, fresh, fresh_of, train};

/// The chip with every device effect, and these of them sampled in training.
fn with_effects(hardware: &str) -> String {
    let rram = r#""range_pA":$,"rram":{"lrs_uS":40,"hrs_uS":1,"read_V":0.2,"programming":{"sigma_uS":[2]},
        "read_noise":{"sigma":0.02},"stuck":{"hrs_probability":0.02},"drift":{"nu":0.01,"time_s":1e4},"die":{"sigma":0.05}}"#;
    let with = |text: String, range: &str| {
        text.replace(&format!("\"range_pA\":{range}"), &rram.replace('$', range))
    };
    let text = ["900", "30", "100"].into_iter().fold(CHIP.into(), with);
    let variability =
        r#""neurons":8,"variability":{"die":{"v_th":0.03,"area":0.03},"device":{"area":0.05}}"#;
    let text = text.replace(r#""neurons":8"#, variability);
    text.replace(
        r#""epochs":6"#,
        &format!(r#""hardware":{hardware},"epochs":6"#),
    )
}

const ALL_EFFECTS: &str =
    r#"["programming","read_noise","stuck","drift","conductance","die","device"]"#;

/// With these virtual chips the task is learnt, resuming and threads change nothing.
fn check_sampled(hardware: &str) {
    let run = || fresh_of(&with_effects(hardware)).0;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("checkpoint.json");
    train(run(), 3, 1).save(&path).unwrap();
    let continued = train(Checkpoint::load(&path).unwrap(), 3, 2);
    let whole = train(run(), 6, 3);
    assert_eq!(continued, whole);
    assert_eq!(whole.last_epoch().unwrap().valid.accuracy(), 1.0);
    assert_ne!(whole.parameters, train(fresh().0, 6, 1).parameters);
}

#[test]
fn virtual_chips_by_step() {
    check_sampled(&format!(r#"{{"effects":{ALL_EFFECTS}}}"#));
}
#[test]
fn virtual_chips_by_sample() {
    check_sampled(&format!(r#"{{"draw":"sample","effects":{ALL_EFFECTS}}}"#));
}
#[test]
fn virtual_chips_by_epoch() {
    check_sampled(r#"{"draw":"epoch","effects":["programming","die"]}"#);
}

/// The exact gradients replay the virtual chip that the forward pass ran.
#[test]
fn an_audit_sees_the_virtual_chip() {
    let text = with_effects(&format!(r#"{{"effects":{ALL_EFFECTS}}}"#));
    audited(&text, |trainer| {
        let data = data();
        let samples: Vec<&Sample> = data.train[..4].iter().collect();
        let kinds = [GradientKind::Transition, GradientKind::Mean];
        let audit = trainer.audit(&samples, &kinds, |_| {}).unwrap();
        for group in &audit.groups {
            assert!(group.agreements[0].cosine > 0.99, "{group:?}");
            assert!(group.agreements[1].cosine > 0.8, "{group:?}");
        }
        assert_eq!(audit, trainer.audit(&samples, &kinds, |_| {}).unwrap());
    });
}

/// Without spread a virtual chip is the nominal one, bit for bit.
#[test]
fn effects_of_no_size_change_nothing() {
    let text = with_effects(r#"{"effects":["programming"]}"#).replace("[2]", "[0]");
    let found = train(fresh_of(&text).0, 2, 1);
    let plain = train(fresh().0, 2, 1);
    let score = |run: &Checkpoint| run.last_epoch().unwrap().train;
    assert_eq!(score(&found), score(&plain));
}

/// Parameters of a file that spread between dies: the gradients by them are those of the drawn values.
#[test]
fn neurons_of_a_file_on_a_die() {
    let text = CHIP
        .replace(r#""kind":"felif""#, r#""model":"alif","parameters":{"C":0.3},"variability":{"die":{"theta_0":0.1,"jump":0.1},"device":{"area":0.05}}"#)
        .replace(r#","device":{"t_ref_ms":1}"#, "")
        .replace(
            r#""device":[{"parameter":"threshold","bounds":[0.7,0.9]},{"parameter":"area","bounds":[3,5]}]"#,
            r#""device":[{"parameter":"theta_0","bounds":[0.3,0.5]},{"parameter":"tau_syn","bounds":[3,8]}],"hardware":{"effects":["die","device"]}"#,
        );
    audited(&text, |trainer| {
        let data = data();
        let samples: Vec<&Sample> = data.train[..2].iter().collect();
        let kinds = [GradientKind::Transition, GradientKind::Checkpointed];
        let audit = trainer.audit(&samples, &kinds, |_| {}).unwrap();
        let names = audit.groups.iter().map(|g| g.group.as_str());
        assert!(
            names.clone().any(|n| n == "hidden: theta_0"),
            "{:?}",
            names.collect::<Vec<_>>()
        );
        for group in &audit.groups {
            assert!(
                group.norm > 0.0 && group.agreements[0].cosine > 0.99,
                "{group:?}"
            );
            assert!(group.agreements[1].cosine > 0.999, "{group:?}");
        }
    });
    let description = bruno_chip::Description::parse("tiny", &text).unwrap();
    let trained = train(fresh_of(&text).0, 1, 1);
    let card = &trained.parameters.describe(&description).layers[0].parameters;
    assert!(card["theta_0"] != 0.4 && card["tau_syn"] != 5.0, "{card:?}");
}
