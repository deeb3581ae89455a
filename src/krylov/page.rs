//! What there is to know about a linear solver before it runs.
//!
//! Owns [`Page`], from which the lists, tooltips and documentation are made. Solves nothing.

/// A linear solver as the lists show it.
///
/// In the formulas A·x = b is the system, r = b − A·x the residual, M the preconditioner; k counts
/// iterations. Without a preconditioner M = I and z = r.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// The name in files and on the command line, for example `cg`.
    pub id: &'static str,
    /// The name for people, for example “CG”.
    pub name: &'static str,
    /// The name in full.
    pub long_name: &'static str,
    /// What it does, in one to three sentences.
    pub summary: &'static str,
    /// One iteration, a few lines of mathematics.
    pub formula: &'static str,
    /// Which matrices it is made for.
    pub needs: &'static str,
    /// Where it fails, and what that looks like.
    pub fails_on: &'static str,
    /// Where it was published.
    pub source: &'static str,
    /// Products with A (and Aᵀ) in one iteration.
    pub products: usize,
    /// What it keeps in memory besides A and b, in vectors of n numbers.
    pub memory: &'static str,
}
