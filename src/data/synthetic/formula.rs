//! Formulas in x, as a person types them.
//!
//! ```text
//! sum     = product { ("+" | "−") product }
//! product = factor { ("·" | "/" | nothing) factor }
//! factor  = ["+" | "−"] factor | power
//! power   = atom ["^" factor | "²" | "³"]
//! atom    = number | "x" | "pi" | "e" | name "(" sum ["," sum] ")" | "(" sum ")"
//! ```
//! As in mathematics, `-x^2` is −(x²), `2^3^2` is 2^(3²), and `2x` is 2·x.

use crate::data::DataError;
use std::f64::consts::{E, PI};

/// The longest formula: also bounds how deep it can nest.
const LONGEST: usize = 200;

type One = fn(f64) -> f64;
type Two = fn(f64, f64) -> f64;

/// Functions of one argument.
const FUNCTIONS: &[(&str, One)] = &[
    ("sin", f64::sin),
    ("cos", f64::cos),
    ("tan", f64::tan),
    ("asin", f64::asin),
    ("acos", f64::acos),
    ("atan", f64::atan),
    ("sinh", f64::sinh),
    ("cosh", f64::cosh),
    ("tanh", f64::tanh),
    ("exp", f64::exp),
    ("ln", f64::ln),
    ("log", f64::log10),
    ("log2", f64::log2),
    ("sqrt", f64::sqrt),
    ("cbrt", f64::cbrt),
    ("abs", f64::abs),
    ("sign", sign),
    ("floor", f64::floor),
    ("ceil", f64::ceil),
    ("round", f64::round),
];

/// Functions of two arguments.
const FUNCTIONS_OF_TWO: &[(&str, Two)] = &[("min", f64::min), ("max", f64::max)];

/// −1, 0 or 1; the standard library's has no 0.
fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

/// A formula that has been understood.
///
/// ```
/// use netsmith::data::Formula;
/// let formula = Formula::parse("2x² - exp(-x^2)")?;
/// assert_eq!(formula.value(0.0), -1.0);
/// # Ok::<(), netsmith::data::DataError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Formula(Node);

#[derive(Debug, Clone)]
enum Node {
    X,
    Number(f64),
    Negate(Box<Node>),
    Add(Box<Node>, Box<Node>),
    Subtract(Box<Node>, Box<Node>),
    Multiply(Box<Node>, Box<Node>),
    Divide(Box<Node>, Box<Node>),
    Power(Box<Node>, Box<Node>),
    Call(One, Box<Node>),
    CallTwo(Two, Box<Node>, Box<Node>),
}

impl Formula {
    /// Understands a formula.
    ///
    /// # Errors
    /// [`DataError::Formula`] with the character at which it goes wrong.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let mut parser = Parser { text, characters: text.chars().collect(), next: 0 };
        if parser.characters.len() > LONGEST {
            let message = format!("a formula has at most {LONGEST} characters. Make it shorter.");
            return Err(parser.error_at(LONGEST, message));
        }
        let node = parser.sum()?;
        match parser.peek() {
            None => Ok(Self(node)),
            Some(')') => Err(parser.error("this ) closes nothing. Remove it or add a ( before it.")),
            Some(',') => Err(parser.error("a comma separates the arguments of min and max only. Write decimals with a point: 0.5.")),
            Some(_) => Err(parser.error("an operator (+ − * / ^) or the end was expected here.")),
        }
    }

    /// The value at x; `NaN` or infinite where the formula is not defined.
    pub fn value(&self, x: f64) -> f64 {
        self.0.value(x)
    }
}

impl Node {
    fn value(&self, x: f64) -> f64 {
        match self {
            Self::X => x,
            Self::Number(number) => *number,
            Self::Negate(a) => -a.value(x),
            Self::Add(a, b) => a.value(x) + b.value(x),
            Self::Subtract(a, b) => a.value(x) - b.value(x),
            Self::Multiply(a, b) => a.value(x) * b.value(x),
            Self::Divide(a, b) => a.value(x) / b.value(x),
            Self::Power(a, b) => a.value(x).powf(b.value(x)),
            Self::Call(function, a) => function(a.value(x)),
            Self::CallTwo(function, a, b) => function(a.value(x), b.value(x)),
        }
    }
}

/// Reads from left to right, one method a rule of the grammar above.
struct Parser<'a> {
    text: &'a str,
    characters: Vec<char>,
    next: usize,
}

impl Parser<'_> {
    /// The next character that is not blank.
    fn peek(&mut self) -> Option<char> {
        while self.characters.get(self.next).is_some_and(|c| c.is_whitespace()) {
            self.next += 1;
        }
        self.characters.get(self.next).copied()
    }

    /// Steps over the next character if it is one of these.
    fn take(&mut self, any: &[char]) -> bool {
        let found = self.peek().is_some_and(|c| any.contains(&c));
        self.next += usize::from(found);
        found
    }

    fn error(&self, message: impl Into<String>) -> DataError {
        self.error_at(self.next, message)
    }

    fn error_at(&self, index: usize, message: impl Into<String>) -> DataError {
        DataError::Formula {
            formula: self.text.to_owned(),
            position: index + 1,
            message: message.into(),
        }
    }

    fn sum(&mut self) -> Result<Node, DataError> {
        let mut left = self.product()?;
        loop {
            if self.take(&['+']) {
                left = Node::Add(Box::new(left), Box::new(self.product()?));
            } else if self.take(&['-', '−']) {
                left = Node::Subtract(Box::new(left), Box::new(self.product()?));
            } else {
                return Ok(left);
            }
        }
    }

    fn product(&mut self) -> Result<Node, DataError> {
        let mut left = self.factor()?;
        loop {
            if self.take(&['*', '·', '×']) {
                left = Node::Multiply(Box::new(left), Box::new(self.factor()?));
            } else if self.take(&['/', '÷', ':']) {
                left = Node::Divide(Box::new(left), Box::new(self.factor()?));
            } else if self.peek().is_some_and(|c| c.is_alphabetic() || c == '(') {
                // "2x", "x sin(x)", "(x+1)(x-1)"
                left = Node::Multiply(Box::new(left), Box::new(self.power()?));
            } else {
                return Ok(left);
            }
        }
    }

    fn factor(&mut self) -> Result<Node, DataError> {
        if self.take(&['-', '−']) {
            return Ok(Node::Negate(Box::new(self.factor()?)));
        }
        if self.take(&['+']) {
            return self.factor();
        }
        self.power()
    }

    fn power(&mut self) -> Result<Node, DataError> {
        let base = self.atom()?;
        let exponent = if self.take(&['²']) {
            Node::Number(2.0)
        } else if self.take(&['³']) {
            Node::Number(3.0)
        } else if self.take(&['^']) || self.take_double_star() {
            self.factor()?
        } else {
            return Ok(base);
        };
        Ok(Node::Power(Box::new(base), Box::new(exponent)))
    }

    /// `**`, the power of several programming languages.
    fn take_double_star(&mut self) -> bool {
        let found = self.peek() == Some('*') && self.characters.get(self.next + 1) == Some(&'*');
        self.next += 2 * usize::from(found);
        found
    }

    fn atom(&mut self) -> Result<Node, DataError> {
        match self.peek() {
            Some('(') => {
                let open = self.next;
                self.next += 1;
                let inside = self.sum()?;
                self.close(open)?;
                Ok(inside)
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c.is_alphabetic() => self.name(),
            Some(c) => {
                Err(self.error(format!("a number, x, a function or ( was expected, not {c}")))
            }
            None => {
                Err(self.error("the formula ends where a number, x, a function or ( was expected."))
            }
        }
    }

    fn close(&mut self, open: usize) -> Result<(), DataError> {
        if self.take(&[')']) {
            return Ok(());
        }
        if self.peek().is_none() {
            return Err(self.error_at(open, "this ( is never closed. Add a )."));
        }
        Err(self.error("an operator (+ − * / ^) or ) was expected here."))
    }

    fn number(&mut self) -> Result<Node, DataError> {
        let start = self.next;
        let digit = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
        let at = |index: usize| self.characters.get(index);
        let mut end = start;
        while digit(at(end)) || at(end) == Some(&'.') {
            end += 1;
        }
        // "1e3", "2.5e-3"; but "2e" is two times e, and "2exp(x)" two times exp(x).
        if matches!(at(end), Some('e' | 'E')) {
            let signed = usize::from(matches!(at(end + 1), Some('-' | '+')));
            if digit(at(end + 1 + signed)) {
                end += 1 + signed;
                while digit(at(end)) {
                    end += 1;
                }
            }
        }
        let text: String = self.characters.iter().take(end).skip(start).collect();
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        let value = value.ok_or_else(|| self.error(format!("{text} is no number.")))?;
        self.next = end;
        Ok(Node::Number(value))
    }

    fn name(&mut self) -> Result<Node, DataError> {
        let start = self.next;
        let rest = self.characters.iter().skip(start);
        let name: String = rest.take_while(|c| c.is_alphanumeric() || **c == '_').collect();
        // Superscripts count as letters and digits; they end the name.
        let name = name.split(['²', '³']).next().unwrap_or_default();
        self.next += name.chars().count();
        match name {
            "x" | "X" => return Ok(Node::X),
            "pi" | "PI" | "Pi" | "π" => return Ok(Node::Number(PI)),
            "e" => return Ok(Node::Number(E)),
            _ => {}
        }
        if let Some((_, function)) = FUNCTIONS.iter().find(|(known, _)| *known == name) {
            return self.call(name, start, *function);
        }
        if let Some((_, function)) = FUNCTIONS_OF_TWO.iter().find(|(known, _)| *known == name) {
            return self.call_two(name, start, *function);
        }
        Err(self.error_at(start, unknown(name)))
    }

    /// The argument of a function whose name ends here.
    fn call(&mut self, name: &str, start: usize, function: One) -> Result<Node, DataError> {
        let open = self.open(name, start)?;
        let argument = self.sum()?;
        if self.peek() == Some(',') {
            return Err(
                self.error(format!("{name} takes one value. Write decimals with a point: 0.5."))
            );
        }
        self.close(open)?;
        Ok(Node::Call(function, Box::new(argument)))
    }

    /// The two arguments of a function whose name ends here.
    fn call_two(&mut self, name: &str, start: usize, function: Two) -> Result<Node, DataError> {
        let open = self.open(name, start)?;
        let first = self.sum()?;
        if !self.take(&[',', ';']) {
            return Err(self.error(format!("{name} takes two values: {name}(x, 0).")));
        }
        let second = self.sum()?;
        self.close(open)?;
        Ok(Node::CallTwo(function, Box::new(first), Box::new(second)))
    }

    /// Steps over the parenthesis after a function's name and tells where it stood.
    fn open(&mut self, name: &str, start: usize) -> Result<usize, DataError> {
        let example = if FUNCTIONS.iter().any(|(known, _)| *known == name) {
            format!("{name} needs its argument in parentheses: {name}(x).")
        } else {
            format!("{name} needs its arguments in parentheses: {name}(x, 0).")
        };
        if !self.take(&['(']) {
            return Err(self.error_at(start, example));
        }
        Ok(self.next - 1)
    }
}

fn unknown(name: &str) -> String {
    let known: Vec<&str> = FUNCTIONS
        .iter()
        .map(|(known, _)| *known)
        .chain(FUNCTIONS_OF_TWO.iter().map(|(known, _)| *known))
        .collect();
    if let Some(digits) = name.strip_prefix('x')
        && digits.chars().all(|c| c.is_ascii_digit())
    {
        return format!("{name} is unknown; the only variable is x. For a power write x^{digits}.");
    }
    format!("{name} is unknown. Use x, pi, e, or one of: {}.", known.join(", "))
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str, x: f64) -> f64 {
        Formula::parse(text).unwrap().value(x)
    }

    #[test]
    fn formulas_mean_what_mathematics_says() {
        for (text, x, value) in [
            ("-x^2", 3.0, -9.0),
            ("2^3^2", 0.0, 512.0),
            ("2^-x", 1.0, 0.5),
            ("1 - x - 1", 5.0, -5.0),
            ("12/x/2", 3.0, 2.0),
            ("2x² - 3x + 1", 2.0, 3.0),
            ("(x+1)(x−1)", 3.0, 8.0),
            ("x**2", 3.0, 9.0),
            ("1.5e2x", 2.0, 300.0),
            ("2e", 0.0, 2.0 * E),
            ("2exp(0)", 0.0, 2.0),
            ("sign(x) + abs(-x)", -2.0, 1.0),
            ("max(x, 0)", -1.0, 0.0),
            ("min(x; 0)", -1.0, -1.0),
            ("log(100) + ln(e) + log2(8)", 0.0, 6.0),
            ("π", 0.0, PI),
        ] {
            assert!((at(text, x) - value).abs() < 1e-12, "{text}");
        }
        assert!((at("exp(-x^2) * cos(pi x)", 0.5)).abs() < 1e-12);
    }

    #[test]
    fn errors_say_where_and_what_to_do() {
        for (text, position, hint) in [
            ("", 1, "ends"),
            ("x +", 4, "ends"),
            ("sin x", 1, "sin(x)"),
            ("2*(x+1", 3, "never closed"),
            ("x)", 2, "closes nothing"),
            ("0,5*x", 2, "point"),
            ("sin(0,5)", 6, "point"),
            ("x2", 1, "x^2"),
            ("foo(x)", 1, "sinh"),
            ("x 2", 3, "operator"),
            ("max(x)", 6, "two values"),
            ("1.2.3", 1, "no number"),
            ("x $ 2", 3, "operator"),
        ] {
            let Err(DataError::Formula { position: found, message, .. }) = Formula::parse(text)
            else {
                panic!("{text} should fail");
            };
            assert_eq!(found, position, "{text}: {message}");
            assert!(message.contains(hint), "{text}: {message}");
        }
        assert!(Formula::parse(&"(".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[-+*/^().,x0-9a-z²π ]{0,60}|.{0,40}") {
            if let Ok(formula) = Formula::parse(&text) {
                let _ = formula.value(1.0);
            }
        }
    }
}
