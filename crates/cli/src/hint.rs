//! The remedy for an option that no command has: often it is the name of a field of the description.

use bruno_chip::Description;
use bruno_train::TrainConfig;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use schemars::{JsonSchema, schema_for};

/// Says how a field is set, in place of clap's remedy: to pass the word as a value, which no command has a use for. Where
/// the option is no field's name either, that remedy is left out.
pub fn given(mut mistake: clap::Error) -> clap::Error {
    if mistake.kind() != ErrorKind::UnknownArgument || !is_passed_as_value(&mistake) {
        return mistake;
    }
    mistake.remove(ContextKind::Suggested);
    let word = mistake.get(ContextKind::InvalidArg);
    if let Some(ContextValue::String(word)) = word
        && let Some(field) = field(word)
    {
        let tip = format!(
            "`{field}` is a field of the description; commands that read one take `--set {field}=VALUE`"
        );
        let tips = ContextValue::StyledStrs(vec![tip.into()]);
        mistake.insert(ContextKind::Suggested, tips);
    }
    mistake
}

/// Whether clap found nothing better to say than that an option can be a value.
fn is_passed_as_value(mistake: &clap::Error) -> bool {
    let tips = mistake.get(ContextKind::Suggested);
    matches!(tips, Some(ContextValue::StyledStrs(tips)) if tips.iter().all(|tip| tip.to_string().contains("as a value")))
}

/// The field that an option is called like.
fn field(option: &str) -> Option<String> {
    let name = option.strip_prefix("--")?.replace('-', "_");
    if has::<TrainConfig>(&name) {
        return Some(format!("training.{name}"));
    }
    has::<Description>(&name).then_some(name)
}

fn has<T: JsonSchema>(name: &str) -> bool {
    let schema = schema_for!(T);
    let fields = schema.get("properties");
    fields.is_some_and(|fields| fields.get(name).is_some())
}
