//! Where everybody stands, summed up anew only when something has come in.

use std::cmp::Ordering;
use std::sync::Arc;

use super::entry;
use crate::app::Race;
use crate::app::race::Racer;
use crate::train::race::{self, Standing};
use crate::train::{Curve, Status};

/// One racer on the page.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its number in the race, which decides its colour, dash and marker.
    pub index: usize,
    /// The snapshot it was summed up from.
    number: u64,
    /// Its name, unlike that of any other racer.
    pub name: String,
    /// Where it stands.
    pub standing: Standing,
    /// Its curve.
    pub curve: Arc<Curve>,
    /// What went wrong in its thread.
    pub failure: Option<String>,
    /// Whether it has ended.
    pub ended: bool,
}

/// All racers, in the order of the race and in that of their success.
#[derive(Debug, Default)]
pub struct Standings {
    /// In the order in which they were chosen.
    rows: Vec<Row>,
    /// Numbers of the rows, the best first.
    order: Vec<usize>,
}

impl Standings {
    /// Sums up the race, if anything has come in since.
    pub fn update(&mut self, race: &Race) {
        let snapshots: Vec<_> = race.racers.iter().map(Racer::snapshot).collect();
        // The curves of the rows are held on to, so no other curve can have their address.
        let same = self.rows.len() == race.racers.len()
            && self.rows.iter().zip(&snapshots).zip(&race.racers).all(|((row, now), racer)| {
                let failed = racer.failure().is_some();
                now.as_ref().is_some_and(|now| {
                    now.number == row.number && Arc::ptr_eq(&now.curve, &row.curve)
                }) && row.failure.is_some() == failed
            });
        if same {
            return;
        }
        let racers = race.racers.iter();
        let ids = racers.clone().map(|racer| {
            let training = &racer.training;
            (training.optimizer.as_str(), training.learning_rate)
        });
        let names = entry::names(ids);
        let rows = racers.zip(snapshots).zip(names).enumerate();
        self.rows = rows
            .filter_map(|(index, ((racer, snapshot), name))| {
                let snapshot = snapshot?;
                let ended = matches!(snapshot.status, Status::Stopped(_));
                let failure = racer.failure().map(str::to_owned);
                Some(Row {
                    index,
                    number: snapshot.number,
                    name,
                    standing: racer.standing()?,
                    curve: Arc::clone(&snapshot.curve),
                    ended: ended || failure.is_some(),
                    failure,
                })
            })
            .collect();
        self.order = (0..self.rows.len()).collect();
        let rows = &self.rows;
        self.order.sort_by(|&a, &b| match (rows.get(a), rows.get(b)) {
            (Some(a), Some(b)) => race::compare(&a.standing, &b.standing),
            _ => Ordering::Equal,
        });
    }

    /// Whether nobody has reported yet.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many have reported.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many have ended.
    pub fn ended(&self) -> usize {
        self.rows.iter().filter(|row| row.ended).count()
    }

    /// In the order in which they were chosen.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The best first.
    pub fn ranked(&self) -> impl Iterator<Item = &Row> {
        self.order.iter().filter_map(|&index| self.rows.get(index))
    }

    /// The best of all.
    pub fn best(&self) -> Option<&Row> {
        self.ranked().next()
    }
}
