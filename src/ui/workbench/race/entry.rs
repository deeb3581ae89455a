//! Who takes part in a race: a method with its own learning rate and settings, and the starting
//! fields to choose from.

use crate::experiment::{ExperimentSpec, TrainingSpec};
use crate::optim::{self, Family, Method, Settings};
use crate::train::race::{RACERS, racer};
use crate::ui::format;

/// One racer to be.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its method.
    pub method: &'static Method,
    /// Its learning rate, where the method uses one.
    pub learning_rate: f64,
    /// The method's own settings.
    pub settings: Settings,
}

impl Entry {
    /// A method as it would race on the experiment: the experiment's own keeps its settings, every
    /// other has its defaults.
    pub fn new(method: &'static Method, spec: &ExperimentSpec) -> Self {
        let training = racer(spec, method, 1);
        Self { method, learning_rate: training.learning_rate, settings: training.settings }
    }

    /// The training part it races with.
    pub fn training(&self, spec: &ExperimentSpec, epochs: u64) -> TrainingSpec {
        let mut training = racer(spec, self.method, epochs);
        training.learning_rate = self.learning_rate;
        training.settings = self.settings.clone();
        training
    }
}

/// The first of the identifiers that is a method.
fn first(ids: &[&str]) -> Option<&'static Method> {
    ids.iter().find_map(|id| optim::method(id))
}

/// The field a race begins with: plain and adaptive gradient descent, a method that uses the
/// curvature, a random search.
pub fn usual(spec: &ExperimentSpec) -> Vec<Entry> {
    let chosen = [
        first(&["sgd"]),
        first(&["adam"]),
        first(&["newton_cg", "lbfgs"]),
        first(&["cma_es", "nonlinear_cg"]),
    ];
    chosen.into_iter().flatten().map(|method| Entry::new(method, spec)).collect()
}

/// One method of each family.
pub fn families(spec: &ExperimentSpec) -> Vec<Entry> {
    let telling = ["sgd", "adam", "rprop", "lbfgs", "newton_cg", "cma_es"];
    let of = |family: Family| {
        let of_family = |method: &&&'static Method| method.family == family;
        telling
            .iter()
            .filter_map(|id| optim::method(id))
            .find(|method| method.family == family)
            .or_else(|| optim::METHODS.iter().find(of_family).copied())
    };
    let chosen = Family::ALL.iter().filter_map(|&family| of(family));
    chosen.take(*RACERS.end()).map(|method| Entry::new(method, spec)).collect()
}

/// One method with three learning rates: a tenth of its own, its own, ten times its own.
pub fn learning_rates(spec: &ExperimentSpec) -> Vec<Entry> {
    let own = optim::method(&spec.training.optimizer).filter(|method| method.uses_learning_rate);
    let Some(method) = own.or_else(|| first(&["adam"])) else { return Vec::new() };
    let entry = Entry::new(method, spec);
    let at = |factor: f64| {
        // Rounded, so that a tenth of 0.03 is 0.003.
        let rate = format!("{:.6e}", entry.learning_rate * factor).parse();
        Entry { learning_rate: rate.unwrap_or(entry.learning_rate), ..entry.clone() }
    };
    [0.1, 1.0, 10.0].into_iter().map(at).collect()
}

/// A method that does not take part yet, of a family that does not either where there is one.
pub fn another(entries: &[Entry], spec: &ExperimentSpec) -> Option<Entry> {
    let absent =
        |method: &&&'static Method| !entries.iter().any(|entry| entry.method.id == method.id);
    let new_family = |method: &&&'static Method| {
        !entries.iter().any(|entry| entry.method.family == method.family)
    };
    let mut methods = optim::METHODS.iter().filter(absent);
    methods.clone().find(new_family).or_else(|| methods.next()).map(|m| Entry::new(m, spec))
}

/// Names of racers: the method's, with what tells two of the same method apart.
pub fn names<'a>(racers: impl Iterator<Item = (&'a str, f64)> + Clone) -> Vec<String> {
    let name = |id: &str| optim::method(id).map_or_else(|| id.to_owned(), |m| m.name.to_owned());
    let mut names: Vec<String> = Vec::new();
    for (id, rate) in racers.clone() {
        let mut same = racers.clone().filter(|(other, _)| *other == id);
        let rates_differ = same.any(|(_, other)| other != rate);
        let base =
            if rates_differ { format!("{} {}", name(id), format::number(rate)) } else { name(id) };
        let alike = |name: &&String| {
            **name == base || name.strip_prefix(&base).is_some_and(|rest| rest.starts_with(" ("))
        };
        let earlier = names.iter().filter(alike).count();
        names.push(if earlier > 0 { format!("{base} ({})", earlier + 1) } else { base });
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_can_race() {
        let spec = ExperimentSpec::default();
        for field in [usual(&spec), families(&spec), learning_rates(&spec)] {
            assert!(RACERS.contains(&field.len()), "{field:?}");
        }
        let rates: Vec<f64> = learning_rates(&spec).iter().map(|e| e.learning_rate).collect();
        assert_eq!(rates, [0.001, 0.01, 0.1]);
    }

    #[test]
    fn another_racer_is_of_a_new_method() {
        let spec = ExperimentSpec::default();
        let mut entries = usual(&spec);
        for _ in 0..3 {
            let next = another(&entries, &spec).unwrap();
            assert!(entries.iter().all(|entry| entry.method.id != next.method.id));
            entries.push(next);
        }
    }

    #[test]
    fn an_entry_keeps_what_the_race_does_not_change() {
        let mut spec = ExperimentSpec::default();
        spec.training.l2 = 0.01;
        let mut entry = Entry::new(optim::method("sgd").unwrap(), &spec);
        entry.learning_rate = 0.5;
        let training = entry.training(&spec, 7);
        assert_eq!((training.optimizer.as_str(), training.learning_rate), ("sgd", 0.5));
        assert_eq!((training.l2, training.stop.epochs), (0.01, Some(7)));
    }

    #[test]
    fn racers_of_the_same_method_are_told_apart() {
        let racers = [("adam", 0.01), ("sgd", 0.1), ("adam", 0.1), ("sgd", 0.1)];
        let sgd = optim::method("sgd").unwrap().name;
        let expected =
            ["Adam 0.01".to_owned(), sgd.to_owned(), "Adam 0.1".to_owned(), format!("{sgd} (2)")];
        assert_eq!(names(racers.into_iter()), expected);
    }
}
