//! Column names: trimmed, never empty, never twice.

use crate::data::note::Note;
use std::collections::HashSet;

/// What a header row becomes.
pub(super) struct Names {
    /// One unique name a column.
    pub(super) unique: Vec<String>,
    /// Columns that had no name.
    pub(super) unnamed: Vec<bool>,
    /// What was changed.
    pub(super) notes: Vec<Note>,
}

/// Names for a file without a header: "column 1", "column 2", …
pub(super) fn numbered(columns: usize) -> Names {
    Names {
        unique: (1..=columns).map(|i| format!("column {i}")).collect(),
        unnamed: vec![true; columns],
        notes: vec![Note::general(
            "The first row holds numbers, so the file has no header; the columns were named column 1, column 2 and so on.",
        )],
    }
}

/// Makes the names of a header unique and says what was changed.
pub(super) fn unique(header: &[String]) -> Names {
    let mut taken: HashSet<String> = HashSet::new();
    let written: HashSet<&str> = header.iter().map(|name| name.trim()).collect();
    let mut names = Vec::with_capacity(header.len());
    let mut notes = Vec::new();
    for (index, name) in header.iter().enumerate() {
        let name = name.trim();
        let base = if name.is_empty() { format!("column {}", index + 1) } else { name.to_owned() };
        let mut unique = base.clone();
        let mut copy = 2;
        // A new name must clash neither with one given before nor with one that follows.
        while taken.contains(&unique) || (unique != name && written.contains(unique.as_str())) {
            unique = format!("{base} ({copy})");
            copy += 1;
        }
        if name.is_empty() {
            notes.push(Note::on(&unique, "Had no name in the header."));
        } else if unique != name {
            let message =
                format!("The header names “{name}” more than once; this one was renamed.");
            notes.push(Note::on(&unique, message));
        }
        taken.insert(unique.clone());
        names.push(unique);
    }
    Names {
        unique: names,
        unnamed: header.iter().map(|name| name.trim().is_empty()).collect(),
        notes,
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    #[test]
    fn empty_and_double_names() {
        let header = ["a", "", "a", "a (2)", "a"].map(String::from);
        let names = unique(&header);
        assert_eq!(names.unique, ["a", "column 2", "a (3)", "a (2)", "a (4)"]);
        assert_eq!(names.notes.len(), 3);
        assert_eq!(names.unnamed, [false, true, false, false, false]);
    }
}
