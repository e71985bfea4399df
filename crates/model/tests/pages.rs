//! The pages of the shipped models are those that follow from their files.

use bruno_model::{Derived, SHIPPED};

/// `BRUNO_BLESS=1 cargo test -p bruno-model --test pages` writes them anew.
#[test]
fn pages() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/models");
    for shipped in SHIPPED {
        let page = Derived::new(&shipped.read().unwrap()).unwrap().page();
        let path = format!("{folder}/{}.md", shipped.name);
        if std::env::var_os("BRUNO_BLESS").is_some() {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(&path, &page).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == page,
            "{path} is out of date: BRUNO_BLESS=1 writes it anew"
        );
    }
}
