//! The checked-in Verilog of the reference chips (`rtl/`) is what the generator writes now.
//! `BRUNO_BLESS=1 cargo nextest run -p bruno-hdl golden` rewrites it after an intended change.

use bruno_chip::Description;
use bruno_device::Chip;
use std::path::Path;

fn check(name: &str) {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let description = Description::load(&root.join(format!("examples/{name}.json"))).unwrap();
    let chip = Chip::resolve(name, &description).unwrap();
    let design = bruno_hdl::generate(&chip).unwrap();
    let dir = root.join("rtl").join(name);
    let bless = std::env::var_os("BRUNO_BLESS").is_some();
    if bless {
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
    }
    for file in design.verilog.iter().chain(&design.companions) {
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
    let files = std::fs::read_dir(&dir).unwrap().count();
    assert_eq!(
        files,
        design.verilog.len() + design.companions.len(),
        "rtl/{name} holds other files"
    );
}

#[test]
fn braille() {
    check("braille");
}

#[test]
fn jsb() {
    check("jsb");
}
