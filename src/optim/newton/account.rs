//! What is told about a Newton step: words, numbers, the solver's residuals.

use super::super::detail::{Picture, Quantity, StepDetail};
use super::super::words::{change, count, percent, short};
use super::inner::{Inner, Origin, Plan};
use super::search::Taken;

/// All there is to tell.
pub(super) struct Account<'a> {
    pub plan: &'a Plan,
    pub inner: &'a Inner,
    pub taken: Option<Taken>,
    /// Lengths tried.
    pub tried: usize,
    /// L before the step.
    pub loss: f64,
    pub gradient_norm: f64,
    /// ρ.
    pub ratio: Option<f64>,
    /// λ before and after.
    pub damping: [f64; 2],
}

impl Account<'_> {
    pub fn detail(&self) -> StepDetail {
        StepDetail {
            story: format!("{} {}", self.solved(), self.stepped()),
            quantities: self.quantities(),
            picture: Picture::Residuals {
                solver: self.plan.solver.name(),
                relative: self.inner.relative.clone(),
                outcome: self.inner.ended.clone(),
            },
        }
    }

    fn iterations(&self) -> usize {
        self.inner.relative.len().saturating_sub(1)
    }

    fn residual(&self) -> f64 {
        self.inner.relative.last().copied().unwrap_or(1.0)
    }

    /// What the solver did.
    fn solved(&self) -> String {
        let matrix = if self.plan.hessian { "H" } else { "G" };
        let solver = self.plan.solver.name();
        let mut text = format!(
            "{solver} worked on ({matrix} + λI)·d = −g with λ = {} for {} and left {} of the \
             residual.",
            short(self.damping[0]),
            count(self.iterations(), "iteration"),
            percent(self.residual())
        );
        if let Some(curvature) = self.inner.negative {
            text += &format!(
                " It stopped at a direction in which the loss curves downwards ({}).",
                short(curvature)
            );
        } else if self.inner.indefinite {
            text +=
                " Its iterates showed that the loss curves downwards somewhere, so λ must rise.";
        }
        text += match self.inner.origin {
            Origin::Solution => "",
            Origin::Turned => " The solution led uphill, so it was turned around.",
            Origin::NegativeCurvature => " That direction was the first, so the step follows it.",
            Origin::Gradient => " Nothing came of it, so the step goes along −g.",
        };
        text
    }

    /// What became of the step.
    fn stepped(&self) -> String {
        let [before, after] = self.damping.map(short);
        let damping = if after == before {
            format!("λ stays {after}")
        } else {
            format!("λ goes from {before} to {after}")
        };
        let Some(taken) = self.taken else {
            return format!(
                "The step was rejected: the loss did not fall at any of {}; {damping}.",
                count(self.tried, "length")
            );
        };
        let length = if taken.length == 1.0 {
            "The step was accepted".to_owned()
        } else {
            format!("The step was accepted at {} of its length", short(taken.length))
        };
        let kept = match self.ratio {
            None => String::new(),
            Some(ratio) if taken.length == 1.0 => {
                format!(", {} of what the bowl promised", percent(ratio))
            }
            Some(ratio) if ratio < 0.0 => ", where the whole step would have raised it".to_owned(),
            Some(ratio) => {
                format!("; the whole step keeps {} of what the bowl promised", percent(ratio))
            }
        };
        format!("{length}: {}{kept}; {damping}.", change(taken.loss - self.loss))
    }

    fn quantities(&self) -> Vec<Quantity> {
        let mut quantities = vec![
            Quantity {
                name: "Damping λ",
                value: self.damping[0],
                help: "Added to the curvature. Large: short careful steps along −g. Small: the \
                       whole way to the bottom of the bowl.",
            },
            Quantity {
                name: "Inner iterations",
                value: self.iterations() as f64,
                help: "What the linear solver needed in this step.",
            },
            Quantity {
                name: "Curvature products",
                value: self.inner.products as f64,
                help: "Products of the curvature with a vector in this step, each about as much \
                       work as two gradients.",
            },
            Quantity {
                name: "Relative residual",
                value: self.residual(),
                help: "What is left of the linear system, as a share of the gradient. 0 is solved, \
                       1 is untouched.",
            },
        ];
        quantities.extend(self.ratio.map(|value| Quantity {
            name: "Kept promise ρ",
            value,
            help: "The change of the loss over the change that the bowl promised for the whole \
                   step. Near 1 the bowl fits and λ goes down; below 1/4 λ goes up.",
        }));
        quantities.extend(self.inner.negative.map(|value| Quantity {
            name: "Negative curvature",
            value,
            help: "The curvature, damping included, along the direction at which the solver \
                   stopped. There is no bottom that way: a saddle or a ridge is near.",
        }));
        quantities.extend(self.taken.map(|taken| Quantity {
            name: "Step length α",
            value: taken.length,
            help: "1 is the whole step. Less: the whole step did not lower the loss enough.",
        }));
        quantities.push(Quantity {
            name: "Gradient norm |g|",
            value: self.gradient_norm,
            help: "How steep the loss is. It goes to 0 at a minimum.",
        });
        quantities
    }
}
