//! Weights from one layer to another: all matrices and scales on the way, multiplied.

use super::{MOST, Path, Projection, Result1, Walk, refuse};
use crate::flatten::PASS;
use crate::graph::Node;
use crate::matrix::Matrix;

/// Most products that folding two matrices may take: seconds.
const MOST_PRODUCTS: usize = 1 << 31;

impl Walk<'_> {
    /// One matrix of all on the way.
    pub fn projection(&self, to: &str, path: &Path, width: usize) -> Result1<Projection> {
        let mut weights: Option<Matrix> = None;
        let mut bias = vec![];
        for name in &path.over {
            let Some(node) = self.flat.node(name) else {
                continue;
            };
            let width = weights.as_ref().map_or(width, Matrix::height);
            match node.kind.as_str() {
                "Scale" => {
                    let scale = node.parameter("scale");
                    if scale.len() != 1 && scale.len() != width {
                        return refuse(
                            format!("{name}.scale"),
                            format!("{} values", scale.len()),
                            format!("1 or {width}"),
                            "give it the size of what it scales",
                        );
                    }
                    weights
                        .get_or_insert_with(|| Matrix::identity(width))
                        .scale_rows(scale);
                    bias.iter_mut()
                        .zip(scale.iter().cycle())
                        .for_each(|(b, s)| *b *= s);
                }
                "Linear" | "Affine" => {
                    let own = matrix(name, node, width)?;
                    bias = match bias.is_empty() {
                        true => vec![0.0; own.height()],
                        false => own.times_vector(&bias),
                    };
                    let more = node.parameter("bias");
                    if node.kind == "Affine" && more.len() != own.height() && more.len() != 1 {
                        return refuse(
                            format!("{name}.bias"),
                            format!("{} values", more.len()),
                            own.height().to_string(),
                            "one a row of the weight",
                        );
                    }
                    if !more.is_empty() {
                        bias.iter_mut()
                            .zip(more.iter().cycle())
                            .for_each(|(b, m)| *b += m);
                    }
                    weights = Some(match weights {
                        None => own,
                        Some(before)
                            if own.values.len().saturating_mul(before.columns) <= MOST_PRODUCTS =>
                        {
                            own.times(&before)
                        }
                        Some(_) => {
                            return refuse(
                                *name,
                                "a large Linear behind another",
                                format!("up to {MOST_PRODUCTS} products of both"),
                                "multiply them before",
                            );
                        }
                    });
                }
                _ => {}
            }
        }
        let weights = weights.unwrap_or_else(|| Matrix::identity(width));
        if bias.is_empty() {
            bias = vec![0.0; weights.height()];
        }
        Ok(Projection {
            name: path
                .over
                .iter()
                .rfind(|n| self.kind(n) != PASS)
                .unwrap_or(&to)
                .to_string(),
            weights,
            bias,
        })
    }
}

/// The weights of a node that takes `width` values.
fn matrix(name: &str, node: &Node, width: usize) -> Result1<Matrix> {
    let field = format!("{name}.weight");
    let array = node.parameters.get("weight").cloned().unwrap_or_default();
    match array.shape.as_slice() {
        [rows, columns] if *columns == width && (1..=MOST).contains(rows) => Ok(Matrix {
            columns: width,
            values: array.values,
        }),
        shape => refuse(
            field,
            format!("of shape {shape:?}"),
            format!("[1..{MOST}, {width}]: a row a neuron, a column a channel of what leads to it"),
            "transpose or mend the weights",
        ),
    }
}
