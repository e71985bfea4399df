//! What the driver answers to arguments that bruno's own side never gives.

use super::*;
use crate::Flavour;
use bruno_chip::Description;

/// Ports of more than 64 bits, two banks, a recurrent layer.
pub(crate) fn small_chip() -> Chip {
    let text = r#"{"name":"handful","inputs":70,"window_ticks":150,"bank_neurons":4,
        "layers":[{"name":"one","kind":"felif","neurons":7,"recurrent":true,"synapse":{"range_pA":900}}],
        "readout":{"outputs":2,"synapse":{"range_pA":100}}}"#;
    let description = Description::parse("handful", text).unwrap();
    Chip::resolve("handful", &description).unwrap()
}

fn model() -> VerilatedModel {
    let chip = small_chip();
    let design = bruno_hdl::generate(&chip).unwrap();
    VerilatedModel::new(&chip, &design, Flavour::Probe, Path::new("")).unwrap()
}

/// Every function of a probe build with arguments that would lead out of an array, or with no model.
pub(crate) fn answers_to_bad_arguments() {
    let mut model = model();
    assert_eq!(model.ticks(0, 5, &[(1, 69), (9, 69)]).unwrap(), 1);
    model.ticks(5, 5, &[(6, 70)]).unwrap_err();
    model.ticks(5, 5, &[(6, u32::MAX)]).unwrap_err();
    model.ticks(5, 5, &[(7, 1), (6, 1)]).unwrap_err();
    assert_eq!(model.ticks(5, 5, &[(4, 1)]).unwrap(), 0);
    // Two banks and the readout.
    let banks: Vec<usize> = model
        .chip
        .layers
        .iter()
        .flat_map(|l| l.banks.clone())
        .collect();
    let count = banks.len() as u32;
    for (bank, size) in banks.into_iter().enumerate() {
        let bank = bank as u32;
        assert_eq!(model.probe(bank, 0, size).unwrap().len(), size);
        assert!(model.probe(bank, 0, size - 1).unwrap().is_empty());
        assert!(model.probe(bank, 7, size).unwrap().is_empty());
    }
    assert!(model.probe(count, 0, 40).unwrap().is_empty());
    assert!(model.probe(u32::MAX, u32::MAX, 40).unwrap().is_empty());
    without_a_bank(&model, count);
    without_a_model(&model);
}

/// Records of a bank that is not there.
fn without_a_bank(model: &VerilatedModel, bank: u32) {
    type Words = unsafe extern "C" fn(Handle, u32, *mut usize) -> *const u32;
    let mut count = 7;
    // SAFETY: signature as in sim/driver.cpp, the handle is live.
    let words = unsafe {
        model.symbol::<Words>("bruno_records").unwrap()(model.handle, bank, &raw mut count)
    };
    assert!(words.is_null());
    assert_eq!(count, 0);
}

fn without_a_model(model: &VerilatedModel) {
    type Do = unsafe extern "C" fn(Handle);
    type Words = unsafe extern "C" fn(Handle, u32, *mut usize) -> *const u32;
    type Spikes = unsafe extern "C" fn(Handle, *mut usize) -> *const u32;
    type Run = unsafe extern "C" fn(Handle, u32, u32, *const u32, usize) -> usize;
    type Ask = unsafe extern "C" fn(Handle, u32, u32, u32, *mut u32) -> u32;
    let none = std::ptr::null_mut();
    let (mut count, mut refused) = (7, 0);
    // SAFETY: signatures as in sim/driver.cpp, which says what it does without a model; the pointers outlive the calls.
    unsafe {
        for name in ["bruno_free", "bruno_settle", "bruno_forget"] {
            model.symbol::<Do>(name).unwrap()(none);
        }
        model
            .symbol::<unsafe extern "C" fn(Handle, u32, u32)>("bruno_write")
            .unwrap()(none, 1, 1);
        model
            .symbol::<unsafe extern "C" fn(Handle, u32)>("bruno_drain")
            .unwrap()(none, 1);
        model
            .symbol::<unsafe extern "C" fn(Handle, u32)>("bruno_reader")
            .unwrap()(none, 1);
        let held = model
            .symbol::<unsafe extern "C" fn(Handle) -> usize>("bruno_held")
            .unwrap()(none);
        assert_eq!(held, 0);
        let ask = model.symbol::<Ask>("bruno_ask").unwrap();
        assert_eq!(ask(none, 0, 1, 1, &raw mut refused), 0);
        let run = model.symbol::<Run>("bruno_run").unwrap();
        assert_eq!(run(none, 0, 1, std::ptr::null(), 0), usize::MAX);
        assert_eq!(run(model.handle, 0, 1, std::ptr::null(), 1), usize::MAX);
        assert_eq!(
            run(model.handle, 0, 1, std::ptr::dangling(), usize::MAX / 4),
            usize::MAX
        );
        assert!(model.symbol::<Words>("bruno_records").unwrap()(none, 0, &raw mut count).is_null());
        assert!(model.symbol::<Spikes>("bruno_spikes").unwrap()(none, &raw mut count).is_null());
    }
    assert_eq!((count, refused), (0, 2));
}

#[test]
fn bad_arguments() {
    answers_to_bad_arguments();
}

/// A file that was given the name of another model's.
#[test]
fn another_model() {
    let chip = small_chip();
    let design = bruno_hdl::generate(&chip).unwrap();
    let built = build(&chip, &design, Flavour::Probe).unwrap();
    let library = open_library(&built.path).unwrap();
    check_identity(&library, &built).unwrap();
    let identity = "another".into();
    let refused = check_identity(&library, &super::Cached { identity, ..built }).unwrap_err();
    let said = refused.to_string();
    assert!(said.contains(", not another"), "{said}");
}
