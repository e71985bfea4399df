//! The checked-in Verilog of reference chips (`rtl/`) is what the generator writes now: what is delivered of unfolded FeLIF
//! chips and of a folded LIF chip with its shell, and what unfolded chips are simulated of.
//! `BRUNO_BLESS=1 cargo nextest run -p bruno-hdl golden` rewrites it after an intended change.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_hdl::DesignFile;
use std::path::Path;

fn chip(name: &str) -> Chip {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let description = Description::load(&root.join(format!("examples/{name}.json"))).unwrap();
    Chip::resolve(name, &description).unwrap()
}

/// The files of a folder of `rtl/`.
fn check(folder: &str, files: &[DesignFile]) {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let dir = root.join("rtl").join(folder);
    let bless = std::env::var_os("BRUNO_BLESS").is_some();
    if bless {
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
    }
    for file in files {
        let path = dir.join(&file.name);
        if bless {
            std::fs::write(&path, &file.text).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            golden,
            file.text,
            "{} differs from what is generated",
            path.display()
        );
    }
    let count = std::fs::read_dir(&dir).unwrap().count();
    assert_eq!(count, files.len(), "rtl/{folder} holds other files");
}

/// What is delivered.
fn check_delivered(name: &str) {
    let design = bruno_hdl::delivered(&chip(name)).unwrap();
    let files = [design.verilog, design.shell, design.companions].concat();
    check(name, &files);
}

/// The Verilog and its list of what is delivered, those of the shell too.
fn check_verilog(name: &str) {
    let design = bruno_hdl::delivered(&chip(name)).unwrap();
    let mut files = [design.verilog, design.shell, design.companions].concat();
    files.retain(|file| file.name.ends_with(".v") || file.name.ends_with(".f"));
    check(name, &files);
}

/// The banks or lanes as they are simulated; the other files are those that are delivered.
fn check_simulated(name: &str) {
    let delivered = bruno_hdl::delivered(&chip(name)).unwrap().verilog;
    let mut files = bruno_hdl::generate(&chip(name)).unwrap().verilog;
    files.retain(|file| !file.holds_memories() && !delivered.contains(file));
    check(&format!("simulated/{name}"), &files);
}

#[test]
fn braille() {
    check_delivered("braille");
}

#[test]
fn jsb() {
    check_delivered("jsb");
}

#[test]
fn folded_lif_with_a_shell() {
    check_verilog("tiny");
}

#[test]
fn braille_as_it_is_simulated() {
    check_simulated("braille");
}

#[test]
fn jsb_as_it_is_simulated() {
    check_simulated("jsb");
}

#[test]
fn folded_lif_as_it_is_simulated() {
    check_simulated("tiny");
}
