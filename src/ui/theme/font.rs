//! The fonts: Inter for text, Phosphor for icons, and a fallback for the signs of formulas.
//!
//! The files lie in `assets/fonts`, where a README names their origin and licences.

use std::collections::BTreeMap;
use std::sync::Arc;

use eframe::egui::{FontData, FontDefinitions, FontFamily, FontTweak};

/// The font family of semibold text.
pub const STRONG_FAMILY: &str = "strong";
/// The font family of icons.
pub const ICON_FAMILY: &str = "icon";

const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.ttf");
const SEMIBOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf");
const SYMBOLS: &[u8] = include_bytes!("../../../assets/fonts/DejaVuSans-Symbols.ttf");
const ICONS: &[u8] = include_bytes!("../../../assets/fonts/Phosphor.ttf");

/// All fonts, with the order in which each family looks for a character.
///
/// The family for code and figures is Inter, too: its digits are of equal width, so that columns
/// of numbers line up without a typewriter face. egui's own fonts stay last in line: they know
/// characters of other scripts, which a person's data may hold.
pub(super) fn definitions() -> FontDefinitions {
    let mut definitions = FontDefinitions::default();
    let bundled: Vec<String> = definitions.font_data.keys().cloned().collect();

    let text = |data| Arc::new(FontData::from_static(data));
    definitions.font_data.extend([
        ("inter".to_owned(), text(REGULAR)),
        ("inter-semibold".to_owned(), text(SEMIBOLD)),
        ("symbols".to_owned(), text(SYMBOLS)),
        ("phosphor".to_owned(), Arc::new(icons())),
    ]);

    let chain = |first: &str| -> Vec<String> {
        [first, "symbols", "phosphor"]
            .into_iter()
            .map(str::to_owned)
            .chain(bundled.iter().cloned())
            .collect()
    };
    definitions.families = BTreeMap::from([
        (FontFamily::Proportional, chain("inter")),
        (FontFamily::Monospace, chain("inter")),
        (FontFamily::Name(STRONG_FAMILY.into()), chain("inter-semibold")),
        (FontFamily::Name(ICON_FAMILY.into()), vec!["phosphor".to_owned()]),
    ]);
    definitions
}

/// The icon font. Its strokes are thin and not meant for the pixel grid, so it is drawn as designed.
fn icons() -> FontData {
    FontData::from_static(ICONS).tweak(FontTweak { hinting: Some(false), ..FontTweak::default() })
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "widths must be the very same")]
mod tests {
    use eframe::egui::{self, FontFamily, FontId};

    /// Every character that a formula, a label or a summary of the product may use.
    const NEEDED: &str = "∂∇ΔΣΠ∑∏∫√∞±−×·÷⊙⊗⊕∘≤≥≈≠≡∝∈∉ℝ∀∃∩∪⊂∣∥‖⟨⟩⌊⌋⌈⌉→←↑↓↔↦⇒½¼¾°′″…–—‘’“”\
        αβγδεζηθκλμνξπρστφχψωΓΘΛΞΦΨΩ⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵀ₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₙₜₘₐₑₒₓᵣᵤᵥₚŷŵx̂ȳ𝔼ℓ•‰€✓✗▶◀●○■□▲▼◆★";

    #[test]
    fn every_family_of_text_draws_formulas() {
        let ctx = egui::Context::default();
        super::super::install(&ctx);
        let mut output = ctx.run_ui(egui::RawInput::default(), |_| {});
        output.textures_delta.clear();
        for family in [
            FontFamily::Proportional,
            FontFamily::Monospace,
            FontFamily::Name(super::STRONG_FAMILY.into()),
        ] {
            let font = FontId::new(14.0, family);
            let missing: String = NEEDED
                .chars()
                .filter(|c| !c.is_whitespace())
                .filter(|&c| !ctx.fonts_mut(|fonts| fonts.has_glyph(&font, c)))
                .collect();
            assert_eq!(missing, "", "{:?} cannot draw these", font.family);
        }
    }

    #[test]
    fn digits_are_of_equal_width() {
        let ctx = egui::Context::default();
        super::super::install(&ctx);
        let mut output = ctx.run_ui(egui::RawInput::default(), |_| {});
        output.textures_delta.clear();
        for family in [
            FontFamily::Proportional,
            FontFamily::Monospace,
            FontFamily::Name(super::STRONG_FAMILY.into()),
        ] {
            let font = FontId::new(14.0, family);
            let width = |c| ctx.fonts_mut(|fonts| fonts.glyph_width(&font, c));
            for digit in '1'..='9' {
                assert_eq!(width(digit), width('0'), "{digit} in {:?}", font.family);
            }
        }
    }
}
