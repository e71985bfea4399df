//! What is JSON is read as serde_json reads it.

use proptest::prelude::*;
use serde_json::{Value, json};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("finite", |f| f.is_finite())
            .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(".*", inner, 0..8).prop_map(|fields| json!(fields)),
        ]
    })
}

proptest! {
    #[test]
    fn short_and_pretty(value in any_json()) {
        let short = value.to_string();
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(&bruno_json::from_text::<Value>(&short).unwrap(), &value);
        prop_assert_eq!(&bruno_json::from_text::<Value>(&pretty).unwrap(), &value);
        prop_assert_eq!(&bruno_json::from_value::<Value>(value.clone()).unwrap(), &value);
    }

    /// What is no JSON for serde_json is none here; comments are the one thing that is more.
    #[test]
    fn texts(text in r#"[ \[\]{},:"a1e.+\-0tfn]{0,24}"#) {
        let found = bruno_json::from_text::<Value>(&text);
        match serde_json::from_str::<Value>(&text) {
            Ok(value) => prop_assert!(found.is_ok_and(|f| f == value) || text.contains('"')),
            Err(_) => prop_assert!(found.is_err(), "{}", text),
        }
    }
}
