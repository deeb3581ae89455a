//! What a step of CMA-ES tells about itself.

use super::super::detail::Quantity;
use super::super::search::{Block, short};
use super::super::vector::norm;
use super::super::words::count;
use super::CmaEs;

impl CmaEs {
    /// Story and quantities of the step that has just been made with the step size `before`.
    pub(super) fn tell(&self, block: &Block, before: f32) -> (String, Vec<Quantity>) {
        (self.story(block, before), self.quantities(block))
    }

    fn story(&self, block: &Block, before: f32) -> String {
        if !block.lowest().is_finite() {
            return format!(
                "None of {} had a loss that is a number, so the mean stays and σ is halved to {}.",
                count(block.trials(), "candidate"),
                short(self.sigma.now),
            );
        }
        let sigma = match self.sigma.now.total_cmp(&before) {
            std::cmp::Ordering::Greater => "the steps agree, so σ grew",
            std::cmp::Ordering::Less => "the steps cancel, so σ shrank",
            std::cmp::Ordering::Equal => "σ stayed",
        };
        let mut story = format!(
            "Drew {} around a mean with loss {}; the best had {}. The mean moved to the best {}; \
             {sigma} from {} to {}.",
            count(block.trials(), "candidate"),
            short(block.start()),
            short(block.lowest()),
            block.kept(),
            short(before),
            short(self.sigma.now),
        );
        if self.covariance.is_diagonal() {
            story.push_str(&format!(
                " For {} parameters only the diagonal of the covariance is learnt.",
                self.n
            ));
        }
        story
    }

    fn quantities(&self, block: &Block) -> Vec<Quantity> {
        let (shortest, longest) = self.covariance.extent();
        vec![
            Quantity {
                name: "Step size σ",
                value: f64::from(self.sigma.now),
                help: "The width of the cloud, apart from its shape. It grows while successive \
                       steps point the same way and shrinks while they cancel.",
            },
            Quantity {
                name: "Condition of the covariance",
                value: (longest / shortest).powi(2),
                help: "The square of how many times longer than wide the cloud is. 1 is a ball; a \
                       large number says that the loss has a narrow valley and the cloud has \
                       learnt it.",
            },
            Quantity {
                name: "Path |p_σ| / expected",
                value: norm(&self.sigma_path) / self.strategy.expected_length,
                help: "The latest steps added up, compared with what chance alone would give. \
                       Above 1 they agree and σ grows; below 1 they cancel and σ shrinks.",
            },
            Quantity {
                name: "Best of this step",
                value: f64::from(block.lowest()),
                help: "The lowest loss among the candidates of this step.",
            },
            Quantity {
                name: "Best loss so far",
                value: f64::from(self.best.loss),
                help: "The lowest loss that any candidate or mean has had. The network shown is \
                       the mean; the search goes to the best when it ends by itself.",
            },
            Quantity {
                name: "Candidates λ",
                value: block.trials() as f64,
                help: "Candidates in this step; the better half makes the new mean.",
            },
        ]
    }
}
