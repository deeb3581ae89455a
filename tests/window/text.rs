//! Everything that is written in the window can be drawn with the fonts that come with it.

use std::collections::BTreeSet;
use std::path::Path;

use eframe::egui::{self, FontId};
use netsmith::ui::theme;

/// The characters of all lines below `folder` that are not comments.
fn characters(folder: &Path, found: &mut BTreeSet<char>) {
    for entry in std::fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("the sources can be listed").path();
        if path.is_dir() {
            characters(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).expect("sources are text");
            let product = text.split("#[cfg(test)]").next().unwrap_or_default();
            let lines = product.lines().filter(|line| !line.trim_start().starts_with("//"));
            found.extend(lines.flat_map(str::chars));
        }
    }
}

#[test]
fn every_character_that_the_program_writes_has_a_glyph() {
    let mut found = BTreeSet::new();
    characters(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    // What stands for bytes that are no text is never shown.
    found.remove(&'\u{fffd}');
    let ctx = egui::Context::default();
    theme::install(&ctx);
    let mut missing = BTreeSet::new();
    let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
        missing = ui.ctx().fonts_mut(|fonts| {
            let font = FontId::proportional(theme::TEXT_BODY);
            let shown = found.iter().filter(|c| !c.is_control());
            shown.copied().filter(|&c| !fonts.has_glyph(&font, c)).collect()
        });
    });
    output.textures_delta.clear();
    assert!(missing.is_empty(), "no font draws {missing:?}");
}
