//! Where two settings differ, field by field.

use serde::Serialize;
use serde_json::Value;

/// A field that differs.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    /// Its path.
    pub path: String,
    /// Its value in the one.
    pub then: Value,
    /// And in the other.
    pub now: Value,
}

/// One line a field that differs: its path from `root`, the value in `then` and the value in `now`.
pub fn lines<T: Serialize>(root: &str, then: &T, now: &T) -> Vec<String> {
    let line = |d: Difference| format!("`{}` was {}, is {}", d.path, d.then, d.now);
    all(root, then, now).into_iter().map(line).collect()
}

/// The first field that differs.
pub(crate) fn first<T: Serialize>(root: &str, then: &T, now: &T) -> Option<Difference> {
    all(root, then, now).into_iter().next()
}

fn all<T: Serialize>(root: &str, then: &T, now: &T) -> Vec<Difference> {
    let value = |x: &T| serde_json::to_value(x).unwrap_or_default();
    let mut found = Vec::new();
    collect(root, &value(then), &value(now), &mut found);
    found
}

fn collect(path: &str, then: &Value, now: &Value, found: &mut Vec<Difference>) {
    match (then, now) {
        (Value::Object(a), Value::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                let of = |map: &serde_json::Map<String, Value>| map.get(key).cloned();
                let (then, now) = (of(a).unwrap_or_default(), of(b).unwrap_or_default());
                let dot = if path.is_empty() { "" } else { "." };
                collect(&format!("{path}{dot}{key}"), &then, &now, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (k, (then, now)) in a.iter().zip(b).enumerate() {
                collect(&format!("{path}[{k}]"), then, now, found);
            }
        }
        _ if then == now => {}
        _ => found.push(Difference {
            path: path.into(),
            then: then.clone(),
            now: now.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(then: Value, now: Value, expected: &[&str]) {
        assert_eq!(lines("", &then, &now), expected);
    }

    #[test]
    fn equal() {
        check(
            json!({"a": [1, {"b": 2}]}),
            json!({"a": [1, {"b": 2}]}),
            &[],
        );
    }
    #[test]
    fn a_nested_field() {
        let then = json!({"layers": [{"n": 1}, {"n": 2, "m": 0}]});
        let now = json!({"layers": [{"n": 1}, {"n": 3, "m": 0}]});
        check(then, now, &["`layers[1].n` was 2, is 3"]);
    }
    #[test]
    fn a_field_of_one_side() {
        check(
            json!({"a": 1}),
            json!({"b": 2}),
            &["`a` was 1, is null", "`b` was null, is 2"],
        );
    }
    #[test]
    fn lists_of_other_lengths() {
        check(
            json!({"d": [1]}),
            json!({"d": [1, 2]}),
            &["`d` was [1], is [1,2]"],
        );
    }
}
