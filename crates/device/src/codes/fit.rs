//! Whether codes that came from a file fit the registers.

use super::Codes;
use crate::coefficient::MAX_SHIFT;
use bruno_chip::DeviceRegister;

/// A code that its register does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Name of the register.
    pub register: String,
    /// The code.
    pub value: i64,
    /// First and last code that it holds.
    pub allowed: (i64, i64),
}

impl Codes {
    /// The first code that does not fit its register; none in codes that a description resolved to.
    pub fn misfit(&self) -> Option<Misfit> {
        // Halves and masks of coefficients exist for good shifts alone.
        self.shift_misfit().or_else(|| {
            DeviceRegister::ALL.iter().find_map(|r| {
                let value = i64::from(self.value(*r));
                let allowed = r.register().range();
                (!r.register().holds(value)).then(|| Misfit {
                    register: r.name().into(),
                    value,
                    allowed,
                })
            })
        })
    }

    fn shift_misfit(&self) -> Option<Misfit> {
        let all = [
            ("i_dec_s", self.i_dec),
            ("in_s", self.input),
            ("leak_s", self.leak),
            ("xv_s", self.xv),
            ("xp_s", self.xp),
            ("kap_s", self.kap),
        ];
        let (register, found) = all.into_iter().find(|(_, c)| c.shift > MAX_SHIFT as u32)?;
        Some(Misfit {
            register: register.into(),
            value: found.shift.into(),
            allowed: (0, MAX_SHIFT.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::{DeviceCard, Formats, Rounding};

    fn check(change: impl FnOnce(&mut Codes), expected: Option<&str>) {
        let card = DeviceCard::default();
        let mut codes = Codes::new(&card, &Formats::default(), Rounding::Nearest).unwrap();
        change(&mut codes);
        let found = codes.misfit().map(|m| m.register);
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn of_a_card() {
        check(|_| {}, None);
    }
    #[test]
    fn a_shift_beyond_the_word() {
        check(|c| c.kap.shift = 99, Some("kap_s"));
    }
    #[test]
    fn a_negative_mantissa() {
        check(|c| c.input.mantissa = -1, Some("in_m"));
    }
    #[test]
    fn a_threshold_beyond_its_register() {
        check(|c| c.v_th = 1 << 19, Some("v_th"));
    }
}
