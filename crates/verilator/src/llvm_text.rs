//! LLVM's text of a model: what clang writes, with instructions that it has but does not see the use of.

mod vector_lookups;
mod vector_shifts;
mod width;

use width::WIDTHS;

/// What these files do, as a part of a model's key in the cache.
pub(crate) const SOURCES: [&str; 3] =
    [vector_lookups::SOURCE, vector_shifts::SOURCE, width::SOURCE];

/// The text with these instructions; `uniform_shifts`: also with those that shift all lanes by one count.
pub(crate) fn rewrite(text: &str, uniform_shifts: bool) -> String {
    let mut rewritten = String::with_capacity(text.len() + text.len() / 8);
    let mut function = String::new();
    for line in text.lines() {
        function += line;
        function += "\n";
        if line == "}" {
            rewritten += &rewrite_function(std::mem::take(&mut function), uniform_shifts);
        }
    }
    let declarations = WIDTHS.iter().map(|width| width.declarations());
    rewritten + &function + &declarations.collect::<String>()
}

/// LLVM numbers the values of each function from nothing.
fn rewrite_function(mut function: String, uniform_shifts: bool) -> String {
    for width in &WIDTHS {
        if function.contains(width.vector) {
            function = width.spelled_out(&function);
            function = vector_shifts::rewrite(&function, width, uniform_shifts).unwrap_or(function);
            function = vector_lookups::rewrite(&function, width).unwrap_or(function);
        }
    }
    function
}

/// The name and the value in `name = value`.
pub(crate) fn assignment(line: &str) -> Option<(&str, &str)> {
    line.trim_start().split_once(" = ")
}

#[cfg(test)]
mod tests {
    use super::rewrite;

    /// Shifts all lanes by the word `%1`.
    fn function(name: &str, spread: &str) -> String {
        format!(
            "define void @{name}() {{
  %2 = insertelement <8 x i32> poison, i32 {spread}, i64 0
  %3 = shufflevector <8 x i32> %2, <8 x i32> poison, <8 x i32> zeroinitializer
  %4 = ashr <8 x i32> %0, %3
}}
"
        )
    }

    #[test]
    fn functions_have_values_of_their_own() {
        let text = rewrite(&(function("first", "%0") + &function("second", "%1")), true);
        for word in ["%0", "%1"] {
            let count =
                format!("%count.3 = insertelement <4 x i32> zeroinitializer, i32 {word}, i32 0\n");
            assert_eq!(text.matches(&count).count(), 1, "{text}");
        }
    }
}
