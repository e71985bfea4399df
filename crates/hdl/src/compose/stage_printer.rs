//! One kernel as statements.

use super::{Binding, Printed, Stage, Statement};
use crate::HdlError;
use crate::atoms::{Role, SignalInfo, Type};
use crate::delay::statement_delay;
use crate::expression::{self, Scope, resized};
use rust_hdl_core::ast::{
    VerilogBlock, VerilogBlockOrConditional, VerilogConditional, VerilogExpression,
    VerilogStatement,
};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt::Write;

/// The text of a `comment!`: rust-hdl hands on the macro's tokens, whose spacing depends on the compiler.
pub(crate) fn comment_text(raw: &str) -> String {
    let inner = raw.split_once('"').map_or(raw, |(_, inner)| inner);
    let words: Vec<&str> = inner.split_whitespace().collect();
    words.join(" ")
}

/// Signals that the code mentions; others need no declaration.
fn live_signals(stage: &Stage) -> HashSet<String> {
    let text = format!("{:?}", stage.code);
    let mentioned = |s: &&SignalInfo| {
        text.contains(&format!("\"{}\"", s.name)) || text.contains(&format!("\"{}$next\"", s.name))
    };
    stage
        .signals
        .iter()
        .filter(mentioned)
        .map(|s| s.name.clone())
        .collect()
}

/// Prints one kernel.
pub(super) struct StagePrinter<'a> {
    stage: &'a Stage,
    inputs: HashMap<String, Binding>,
    live: HashSet<String>,
    /// Names that the statement being printed has mentioned.
    reads: RefCell<Vec<String>>,
}

impl<'a> StagePrinter<'a> {
    pub fn new(stage: &'a Stage) -> Self {
        Self {
            stage,
            inputs: HashMap::new(),
            live: live_signals(stage),
            reads: RefCell::default(),
        }
    }

    /// Name of the temporary that holds a signal.
    pub fn local(&self, signal: &str) -> String {
        format!("{}_{signal}", self.stage.name)
    }

    /// Finds what drives every input: an earlier stage, or what the caller binds.
    pub fn bind_inputs(
        &mut self,
        before: &Printed,
        bind: &dyn Fn(&str) -> Option<Binding>,
    ) -> Result<(), HdlError> {
        for signal in self.stage.signals.iter().filter(|s| s.role == Role::Input) {
            let outer = self.stage.outer(&signal.name);
            let fed = before.outputs.get(outer);
            let binding = match fed {
                Some(local) => Some(Binding {
                    text: local.clone(),
                    kind: signal.kind,
                }),
                None => bind(outer),
            };
            let binding = binding.ok_or_else(|| HdlError::Unbound(outer.into()))?;
            self.inputs.insert(signal.name.clone(), binding);
        }
        Ok(())
    }

    /// Adds the temporaries.
    pub fn declare(&self, printed: &mut Printed) {
        let own = |s: &&SignalInfo| s.role != Role::Input && self.live.contains(&s.name);
        for signal in self.stage.signals.iter().filter(own) {
            printed.locals.push((self.local(&signal.name), signal.kind));
        }
        // An input of another type in storage is extended once, into a temporary of the kernel's type: an operand of
        // the other sign would make Verilog evaluate the whole expression unsigned.
        for signal in self.stage.signals.iter().filter(|s| self.extended(s)) {
            printed.locals.push((self.local(&signal.name), signal.kind));
        }
    }

    fn extended(&self, signal: &SignalInfo) -> bool {
        let binding = self.inputs.get(&signal.name);
        signal.role == Role::Input
            && binding.is_some_and(|b| b.kind != signal.kind || b.text.contains('['))
    }

    /// The whole kernel: extensions of its inputs, then its statements one by one.
    pub fn kernel(&self, depth: usize, statements: &mut Vec<Statement>) -> Result<(), HdlError> {
        let mut comment = format!("{}// {}\n", "  ".repeat(depth), self.stage.name);
        let inputs = self.stage.signals.iter().filter(|s| self.extended(s));
        statements.extend(inputs.filter_map(|s| self.extension(s, depth, &mut comment)));
        self.split(&self.stage.code, depth, &mut comment, statements)
    }

    fn split(
        &self,
        code: &VerilogBlock,
        depth: usize,
        comment: &mut String,
        statements: &mut Vec<Statement>,
    ) -> Result<(), HdlError> {
        for statement in code {
            match statement {
                VerilogStatement::Macro(code) => self.split(code, depth, comment, statements)?,
                VerilogStatement::Comment(_) => self.statement(statement, depth, comment)?,
                _ => {
                    let mut text = std::mem::take(comment);
                    self.reads.take();
                    self.statement(statement, depth, &mut text)?;
                    let writes = self.targets(statement);
                    let mut reads = self.reads.take();
                    reads.retain(|r| !writes.contains(r));
                    let delay = statement_delay(statement);
                    statements.push(Statement {
                        text,
                        writes,
                        reads,
                        delay,
                    });
                }
            }
        }
        Ok(())
    }

    /// The temporaries that a statement assigns.
    fn targets(&self, statement: &VerilogStatement) -> Vec<String> {
        let of_block = |code: &VerilogBlock| code.iter().flat_map(|s| self.targets(s)).collect();
        match statement {
            VerilogStatement::Assignment(VerilogExpression::Signal(name), _) => {
                vec![self.local(name.trim_end_matches("$next"))]
            }
            VerilogStatement::If(c) => {
                let mut all: Vec<String> = of_block(&c.then);
                all.extend(match &c.otherwise {
                    VerilogBlockOrConditional::None => Vec::new(),
                    VerilogBlockOrConditional::Block(code) => of_block(code),
                    VerilogBlockOrConditional::Conditional(next) => self.targets(next),
                });
                all
            }
            VerilogStatement::Macro(code) => of_block(code),
            _ => Vec::new(),
        }
    }

    fn block(&self, code: &VerilogBlock, depth: usize, text: &mut String) -> Result<(), HdlError> {
        for statement in code {
            self.statement(statement, depth, text)?;
        }
        Ok(())
    }

    /// An input brought to the kernel's type.
    fn extension(
        &self,
        signal: &SignalInfo,
        depth: usize,
        comment: &mut String,
    ) -> Option<Statement> {
        let binding = self.inputs.get(&signal.name)?;
        let value = resized(&binding.text, binding.kind, signal.kind.bits);
        let local = self.local(&signal.name);
        let text = format!(
            "{}{}{local} = {value};\n",
            std::mem::take(comment),
            "  ".repeat(depth)
        );
        Some(Statement {
            text,
            writes: vec![local],
            reads: vec![binding.text.clone()],
            delay: 0,
        })
    }

    fn statement(
        &self,
        statement: &VerilogStatement,
        depth: usize,
        text: &mut String,
    ) -> Result<(), HdlError> {
        let indent = "  ".repeat(depth);
        match statement {
            VerilogStatement::Assignment(target, value) => {
                let (name, kind) = self.target(target)?;
                let value = expression::print(value, self)?;
                if let Some(found) = value.kind.filter(|found| *found != kind) {
                    return Err(HdlError::Mixed {
                        kernel: self.stage.name.clone(),
                        expression: format!("{name} = {}", value.text),
                        left: kind.to_string(),
                        right: found.to_string(),
                    });
                }
                let _ = writeln!(text, "{indent}{name} = {};", value.sized(kind));
            }
            VerilogStatement::If(conditional) => self.conditional(conditional, depth, text)?,
            VerilogStatement::Comment(comment) => {
                let _ = writeln!(text, "{indent}// {}", comment_text(comment));
            }
            VerilogStatement::Macro(code) => self.block(code, depth, text)?,
            other => {
                return Err(HdlError::Unsupported {
                    kernel: self.stage.name.clone(),
                    what: format!("the statement {other:?}"),
                });
            }
        }
        Ok(())
    }

    fn target(&self, target: &VerilogExpression) -> Result<(String, Type), HdlError> {
        match target {
            VerilogExpression::Signal(name) => self.signal(name.trim_end_matches("$next")),
            other => Err(HdlError::Unsupported {
                kernel: self.stage.name.clone(),
                what: format!("the target {other:?}"),
            }),
        }
    }

    fn conditional(
        &self,
        c: &VerilogConditional,
        depth: usize,
        text: &mut String,
    ) -> Result<(), HdlError> {
        let indent = "  ".repeat(depth);
        let test = expression::print(&c.test, self)?.text;
        // Operations stand in parentheses already.
        let test = match test.strip_prefix('(') {
            Some(_) => test,
            None => format!("({test})"),
        };
        let _ = writeln!(text, "{indent}if {test} begin");
        self.block(&c.then, depth + 1, text)?;
        match &c.otherwise {
            VerilogBlockOrConditional::None => {}
            VerilogBlockOrConditional::Block(code) => {
                let _ = writeln!(text, "{indent}end else begin");
                self.block(code, depth + 1, text)?;
            }
            VerilogBlockOrConditional::Conditional(next) => {
                let _ = writeln!(text, "{indent}end else begin");
                self.statement(next, depth + 1, text)?;
            }
        }
        let _ = writeln!(text, "{indent}end");
        Ok(())
    }
}

impl Scope for StagePrinter<'_> {
    fn signal(&self, name: &str) -> Result<(String, Type), HdlError> {
        let found = self.stage.signals.iter().find(|s| s.name == name);
        let signal = found.ok_or_else(|| HdlError::Unbound(name.into()))?;
        let text = match self.inputs.get(name) {
            Some(binding) if !self.extended(signal) => binding.text.clone(),
            _ => self.local(name),
        };
        self.reads.borrow_mut().push(text.clone());
        Ok((text, signal.kind))
    }

    fn kernel(&self) -> &str {
        &self.stage.name
    }
}
