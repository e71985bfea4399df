//! The models that come with bruno.

use crate::{Mistakes, Model};

/// A model file that is part of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// Name of the model and of its file without `.nrn`.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
}

macro_rules! shipped {
    ($($name:literal),*) => {
        [$(Shipped { name: $name, text: include_str!(concat!("../models/", $name, ".nrn")) }),*]
    };
}

/// Every shipped model.
pub const SHIPPED: [Shipped; 7] = shipped![
    "felif",
    "lif",
    "lif_subtractive",
    "alif",
    "izhikevich",
    "adex",
    "vo2"
];

impl Shipped {
    /// A shipped model by its name.
    pub fn named(name: &str) -> Option<Self> {
        SHIPPED.into_iter().find(|s| s.name == name)
    }

    /// The model itself.
    ///
    /// # Errors
    /// None for a released file; mistakes like those of any other file.
    pub fn read(self) -> Result<Model, Mistakes> {
        Model::read(&format!("{}.nrn", self.name), self.text)
    }

    /// The first sentence of what the file says of itself.
    pub fn title(self) -> String {
        let about = self.about();
        about
            .split_once(". ")
            .map_or(about.clone(), |(title, _)| title.into())
    }

    /// What the file says of itself: its leading comment, without the marks.
    pub fn about(self) -> String {
        let comments = self.text.lines().map_while(|l| l.strip_prefix('#'));
        comments.map(str::trim).collect::<Vec<_>>().join(" ")
    }
}
