//! One neuron over one window, as the adjoint sees it, wherever the linearisation comes from.

/// Linearised window of one neuron with places for `N` states. A spike in the window cuts the past of what it resets off.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step<const N: usize> {
    /// Transition of the states, row by row.
    pub a: [[f32; N]; N],
    /// Effect of the mean current (pA) on the states at the end.
    pub b: [f32; N],
    /// Effect of the state before on the spike count.
    pub c: [f32; N],
    /// Effect of the mean current (pA) on the spike count.
    pub d: f32,
    /// Effect of each trained device parameter on the states at the end and on the spike count, by the unit of its card's
    /// field.
    pub by_device: Vec<([f32; N], f32)>,
}

impl Step<2> {
    /// In as many places as there are.
    pub fn widened<const N: usize>(self) -> Step<N> {
        Step {
            a: {
                let mut a = [[0.0; N]; N];
                for (row, own) in a.iter_mut().zip(self.a) {
                    row[..2].copy_from_slice(&own);
                }
                a
            },
            b: wide(self.b),
            c: wide(self.c),
            d: self.d,
            by_device: {
                let all = self.by_device.into_iter();
                all.map(|(by, count)| (wide(by), count)).collect()
            },
        }
    }
}

fn wide<const N: usize>(of: [f32; 2]) -> [f32; N] {
    let mut wide = [0.0; N];
    wide[..2].copy_from_slice(&of);
    wide
}

/// The linearised windows of one layer.
pub(crate) trait Steps<const N: usize> {
    /// One step a neuron.
    fn window(&self, window: usize) -> Vec<Step<N>>;
}
