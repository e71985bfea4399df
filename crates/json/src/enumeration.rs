//! Choices: `"name"`, or `{"name": content}`.

use crate::node::{Key, Node};
use crate::reader::{Error, Reader};
use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, VariantAccess, Visitor,
};

/// One choice.
pub(crate) struct Variant<'a> {
    name: &'a str,
    content: Option<&'a Node>,
}

impl<'a> Variant<'a> {
    pub fn unit(name: &'a str) -> Self {
        Self {
            name,
            content: None,
        }
    }

    /// The choice of an object that has one field.
    pub fn with_content(fields: &'a [(Key, Node)]) -> Option<Self> {
        match fields {
            [(key, node)] => Some(Self {
                name: &key.name,
                content: Some(node),
            }),
            _ => None,
        }
    }

    fn read<T>(self, read: impl FnOnce(Reader<'a>) -> Result<T, Error>) -> Result<T, Error> {
        let Some(node) = self.content else {
            let message = format!("`{}` wants a content: {{\"{0}\": ..}}", self.name);
            return Err(de::Error::custom(message));
        };
        read(Reader::of(node)).map_err(|e| e.within(self.name))
    }
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: StrDeserializer<'_, Error> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.content {
            None => Ok(()),
            Some(_) => Err(de::Error::custom(format!("`{}` has no content", self.name))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        self.read(|reader| seed.deserialize(reader))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Result<V::Value, Error> {
        self.read(|reader| reader.deserialize_any(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.read(|reader| reader.deserialize_struct("", fields, visitor))
    }
}
