//! Every shipped model is read without a mistake.

use bruno_model::{SHIPPED, Shipped};

fn check(shipped: Shipped) {
    match shipped.read() {
        Ok(model) => assert_eq!(model.name, shipped.name),
        Err(mistake) => panic!("{mistake}"),
    }
}

#[test]
fn all_are_read() {
    SHIPPED.into_iter().for_each(check);
}
