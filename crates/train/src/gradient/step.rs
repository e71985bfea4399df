//! One neuron over one window, as the adjoint sees it, wherever the linearisation comes from.

/// Linearised window of one neuron. A spike in the window cuts the state's past off.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Step {
    /// Transition of (V, p), zero after a spike.
    pub a: [[f32; 2]; 2],
    /// Effect of the mean current (pA) on (V, p) at the end, zero after a spike.
    pub b: [f32; 2],
    /// Effect of the state before on the spike count.
    pub c: [f32; 2],
    /// Effect of the mean current (pA) on the spike count.
    pub d: f32,
    /// Effect of each trained device parameter on V and p at the end and on the spike count, by the unit of its card's field.
    pub by_device: Vec<[f32; 3]>,
}

/// The linearised windows of one layer.
pub(crate) trait Steps {
    /// One step a neuron.
    fn window(&self, window: usize) -> Vec<Step>;
}
