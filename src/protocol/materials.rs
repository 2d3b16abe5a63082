//! Materials for spools without a tag: the code of the generic preset, and the nozzle temperatures it is usually printed at.

/// A material that a slot can be set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Material {
    /// Name on the wire, such as `PLA`.
    pub name: &'static str,
    /// Code of the generic filament.
    pub code: &'static str,
    /// Lowest and highest nozzle temperature in °C.
    pub nozzle: (u16, u16),
}

const fn row(name: &'static str, code: &'static str, low: u16, high: u16) -> Material {
    Material { name, code, nozzle: (low, high) }
}

/// All of them, those most used first.
pub const MATERIALS: [Material; 23] = [
    row("PLA", "GFL99", 190, 240),
    row("PETG", "GFG99", 220, 270),
    row("ABS", "GFB99", 240, 280),
    row("ASA", "GFB98", 240, 280),
    row("TPU", "GFU99", 200, 250),
    row("PLA-CF", "GFL98", 190, 240),
    row("PETG-CF", "GFG98", 230, 270),
    row("PCTG", "GFG97", 220, 270),
    row("PC", "GFC99", 260, 290),
    row("PA", "GFN99", 260, 300),
    row("PA-CF", "GFN98", 260, 300),
    row("PPA-CF", "GFN97", 280, 320),
    row("PPA-GF", "GFN96", 280, 320),
    row("PVA", "GFS99", 190, 240),
    row("HIPS", "GFS98", 220, 270),
    row("BVOH", "GFS97", 190, 240),
    row("PP", "GFP97", 200, 240),
    row("PP-CF", "GFP96", 220, 250),
    row("PP-GF", "GFP95", 220, 250),
    row("PE", "GFP99", 175, 220),
    row("EVA", "GFR99", 175, 220),
    row("PHA", "GFR98", 190, 240),
    row("PPS", "GFT97", 310, 340),
];

impl Material {
    /// The material of a name, in any case.
    pub fn find(name: &str) -> Option<Self> {
        MATERIALS.into_iter().find(|material| material.name.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_material_has_a_known_code_and_a_range() {
        for material in MATERIALS {
            let name = crate::protocol::filaments::name(material.code).expect(material.code);
            assert!(name.contains(material.name), "{name}");
            assert!(material.nozzle.0 < material.nozzle.1);
            assert_eq!(Material::find(&material.name.to_lowercase()), Some(material));
        }
    }
}
