//! Parameters of an address. What is unknown, twice or not understood is a mistake; all are told at once.

use crate::fault::Answered;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lode_assess::{Basis, Economy};
use lode_catalogue::{Mistake, Report, did_you_mean};
use lode_model::{CommodityId, Stage, World, Year};
use lode_study::{commodity, economy, stage};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Most bytes of a query.
const MOST_BYTES: usize = 4096;
/// Years that one question may span.
const MOST_YEARS: Year = 100;

/// The parameters of an address, taken one by one.
#[derive(Debug)]
pub struct Parameters {
    left: BTreeMap<String, String>,
    report: Report,
    asked: Vec<&'static str>,
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::parse(parts.uri.query().unwrap_or("")))
    }
}

impl Parameters {
    /// Reads `a=b&c=d`.
    pub fn parse(query: &str) -> Self {
        let mut parameters = Self { left: BTreeMap::new(), report: Report::new(), asked: Vec::new() };
        if query.len() > MOST_BYTES {
            parameters.wrong("", format!("the address has more than {MOST_BYTES} bytes of parameters"), None);
            return parameters;
        }
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (unescaped(name), unescaped(value)) {
                (Some(name), Some(value)) => {
                    if parameters.left.insert(name.clone(), value).is_some() {
                        parameters.wrong(&name, format!("`{}` is given twice", short(&name)), None);
                    }
                }
                _ => parameters.wrong("", "a parameter is not UTF-8 text".into(), None),
            }
        }
        parameters
    }

    /// Reads an object of texts and numbers, as a run is given it.
    pub fn of(input: &serde_json::Value) -> Answered<Self> {
        let mut parameters = Self { left: BTreeMap::new(), report: Report::new(), asked: Vec::new() };
        let Some(object) = input.as_object() else {
            return Err(Mistake::in_file("", "the input is not an object").column("input").into());
        };
        for (name, value) in object {
            match value {
                serde_json::Value::Null => {}
                serde_json::Value::String(text) => drop(parameters.left.insert(name.clone(), text.clone())),
                serde_json::Value::Number(number) => drop(parameters.left.insert(name.clone(), number.to_string())),
                _ => parameters.wrong(name, format!("`{}` is neither a text nor a number", short(name)), None),
            }
        }
        Ok(parameters)
    }

    /// Adds a mistake of a parameter.
    pub fn wrong(&mut self, name: &str, message: String, hint: Option<String>) {
        let mut mistake = Mistake::in_file("", message);
        if !name.is_empty() {
            mistake = mistake.column(short(name));
        }
        self.report.push(match hint {
            Some(hint) => mistake.hint(hint),
            None => mistake,
        });
    }

    /// Whether a parameter is there.
    pub fn has(&self, name: &str) -> bool {
        self.left.contains_key(name)
    }

    /// A parameter; `None` if it is not there or empty.
    pub fn take(&mut self, name: &'static str) -> Option<String> {
        self.asked.push(name);
        self.left.remove(name).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub fn need(&mut self, name: &'static str, example: &str) -> Option<String> {
        let value = self.take(name);
        if value.is_none() {
            self.wrong(name, format!("`{name}` is missing"), Some(format!("write {name}={example}")));
        }
        value
    }

    /// A parameter that something else understands.
    pub fn read<T>(&mut self, name: &'static str, read: impl FnOnce(&str) -> Result<T, Mistake>) -> Option<T> {
        let text = self.take(name)?;
        self.understand(name, &text, read)
    }

    fn understand<T>(&mut self, name: &str, text: &str, read: impl FnOnce(&str) -> Result<T, Mistake>) -> Option<T> {
        match read(text) {
            Ok(value) => Some(value),
            Err(mistake) => {
                self.report.push(Mistake { file: String::new(), ..mistake.column(name) });
                None
            }
        }
    }

    /// A country or group; must be there.
    pub fn country(&mut self, world: &World, year: Year) -> Option<Economy> {
        let text = self.need("country", "JPN")?;
        self.understand("country", &text, |text| economy(world, text, year))
    }

    /// A commodity; must be there.
    pub fn commodity(&mut self, world: &World) -> Option<CommodityId> {
        let text = self.need("commodity", "rare-earths")?;
        self.understand("commodity", &text, |text| commodity(world, text))
    }

    /// A stage.
    pub fn stage(&mut self) -> Option<Stage> {
        self.read("stage", stage)
    }

    /// By weight, if not by value.
    pub fn basis(&mut self) -> Basis {
        let read = |text: &str| match text {
            "quantity" | "production" | "published" => Ok(Basis::Quantity),
            "value" => Ok(Basis::Value),
            _ => Err(Mistake::in_file("", format!("`{}` is not a basis", short(text))).hint("write quantity or value")),
        };
        self.read("basis", read).unwrap_or(Basis::Quantity)
    }

    /// A year or a span of years.
    pub fn years(&mut self) -> Option<RangeInclusive<Year>> {
        self.read("year", |text| {
            let year = |text: &str| text.parse::<Year>().ok().filter(|year| (1900..=2100).contains(year));
            let span = match text.split_once("..") {
                Some((from, to)) => year(from).zip(year(to)),
                None => year(text).map(|year| (year, year)),
            };
            match span {
                Some((from, to)) if from <= to && to - from <= MOST_YEARS => Ok(from..=to),
                _ => Err(Mistake::in_file("", format!("`{}` is not a year or a span of years", short(text)))
                    .hint("write 2024 or 2010..2024")),
            }
        })
    }

    /// Every mistake; what was never asked for is one.
    pub fn finish(mut self) -> Answered<()> {
        let left: Vec<String> = std::mem::take(&mut self.left).into_keys().collect();
        for name in left {
            let near = did_you_mean(&name, self.asked.iter().copied());
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None if self.asked.is_empty() => "this address takes none".to_owned(),
                None => format!("this address takes {}", self.asked.join(", ")),
            };
            self.wrong(&name, format!("`{}` is not a parameter of this address", short(&name)), Some(hint));
        }
        Ok(self.report.into_result(())?)
    }
}

/// The first characters of what somebody sent.
fn short(text: &str) -> &str {
    text.char_indices().nth(60).map_or(text, |(end, _)| &text[..end])
}

/// Takes `%xx` and `+` back; `None` if it is not UTF-8 text.
pub fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| (byte as char).to_digit(16));
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_taken_back_from_an_address_and_broken_text_is_refused() {
        assert_eq!(unescaped("%E6%97%A5%E6%9C%AC+x").as_deref(), Some("日本 x"));
        for wrong in ["%", "%4", "%zz", "%ff", "a%00"] {
            assert_eq!(unescaped(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_unknown_or_twice_is_told_at_once() {
        let mut parameters = Parameters::parse("contry=JPN&basis=mass&a=1&a=2");
        assert!(parameters.take("country").is_none());
        parameters.basis();
        let fault = format!("{:?}", parameters.finish().unwrap_err());
        for told in ["did you mean `country`?", "`mass` is not a basis", "`a` is given twice"] {
            assert!(fault.contains(told), "{told}: {fault}");
        }
    }
}
