//! What fields can hold: texts, dates, numbers, words of the vocabulary, lists.

use crate::calendar::{Date, Month};
use crate::number::{Draw, Ground, Number, Slot, Unit};
use crate::reader::{Field, Reader, Section};
use crate::report::did_you_mean;
use crate::vocabulary::{Vocabulary, Word, find};
use lode_model::{CommodityId, FormId, OriginId, ProcessId};
use std::fmt;
use toml::de::DeValue;

impl Field for String {
    fn shape() -> String {
        "a text in quotes".to_owned()
    }
    fn placeholder() -> Self {
        String::new()
    }
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
        match value.as_str() {
            Some(text) => text.trim().to_owned(),
            None => {
                reader.wrong_type(path, value, &Self::shape());
                Self::placeholder()
            }
        }
    }
    fn write(&self) -> Option<toml::Value> {
        (!self.is_empty()).then(|| toml::Value::String(self.clone()))
    }
}

impl Field for bool {
    fn shape() -> String {
        "true or false".to_owned()
    }
    fn placeholder() -> Self {
        false
    }
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
        value.as_bool().unwrap_or_else(|| {
            reader.wrong_type(path, value, &Self::shape());
            false
        })
    }
    fn write(&self) -> Option<toml::Value> {
        Some(toml::Value::Boolean(*self))
    }
}

impl Field for i32 {
    fn shape() -> String {
        "a whole number".to_owned()
    }
    fn placeholder() -> Self {
        0
    }
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
        let number = value.as_integer().and_then(|number| i32::from_str_radix(number.as_str(), number.radix()).ok());
        number.unwrap_or_else(|| {
            reader.wrong_type(path, value, &Self::shape());
            0
        })
    }
    fn write(&self) -> Option<toml::Value> {
        Some(toml::Value::Integer(i64::from(*self)))
    }
}

/// The text of a date, in quotes or bare.
fn date_text(value: &DeValue<'_>) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_datetime().map(ToString::to_string))
}

impl Field for Date {
    fn shape() -> String {
        "a day as 2026-01-06".to_owned()
    }
    fn placeholder() -> Self {
        Date { year: 0, month: 1, day: 1 }
    }
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
        let Some(text) = date_text(value) else {
            reader.wrong_type(path, value, &Self::shape());
            return Self::placeholder();
        };
        Date::parse(&text).unwrap_or_else(|| {
            let hint = match Month::parse(&text) {
                Some(month) => format!("write the day too, e.g. {}", month.first_day()),
                None => format!("write {}", Self::shape()),
            };
            reader.mistake(path, format!("`{text}` is no day"), Some(hint));
            Self::placeholder()
        })
    }
    fn write(&self) -> Option<toml::Value> {
        Some(toml::Value::String(self.to_string()))
    }
}

impl Field for Month {
    fn shape() -> String {
        "a month as 2026-01".to_owned()
    }
    fn placeholder() -> Self {
        Month { year: 0, month: 1 }
    }
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
        let Some(text) = date_text(value) else {
            reader.wrong_type(path, value, &Self::shape());
            return Self::placeholder();
        };
        Month::parse(&text).unwrap_or_else(|| {
            let hint = match Date::parse(&text) {
                Some(day) => format!("without the day: {}", day.month()),
                None => format!("write {}", Self::shape()),
            };
            reader.mistake(path, format!("`{text}` is no month"), Some(hint));
            Self::placeholder()
        })
    }
    fn write(&self) -> Option<toml::Value> {
        Some(toml::Value::String(self.to_string()))
    }
}

impl<T: Field> Field for Option<T> {
    fn shape() -> String {
        T::shape()
    }
    fn placeholder() -> Self {
        None
    }
    fn left_out() -> Option<Self> {
        Some(None)
    }
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
        Some(T::read(reader, value, path))
    }
    fn write(&self) -> Option<toml::Value> {
        self.as_ref().and_then(Field::write)
    }
    fn visit(&mut self, name: &str, see: &mut dyn FnMut(&str, &mut dyn Slot)) {
        if let Some(value) = self {
            value.visit(name, see);
        }
    }
}

impl<T: Field> Field for Vec<T> {
    fn shape() -> String {
        format!("a list in brackets, each {}", T::shape())
    }
    fn placeholder() -> Self {
        Vec::new()
    }
    fn left_out() -> Option<Self> {
        Some(Vec::new())
    }
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
        let Some(items) = value.as_array() else {
            let shape = Self::shape();
            if value.is_table() {
                let name = path.rsplit('.').next().unwrap_or(path);
                reader.mistake(
                    path,
                    "is one table where a list of tables is expected",
                    Some(format!("write [[{name}]]")),
                );
            } else {
                reader.wrong_type(path, value, &shape);
            }
            return Vec::new();
        };
        let mut list = Vec::new();
        let mut labels: Vec<String> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let id = item.get_ref().as_table().and_then(|table| table.iter().find(|(key, _)| key.get_ref() == "id"));
            let id = id.and_then(|(_, value)| value.get_ref().as_str());
            let label = match id {
                Some(id) if !id.is_empty() && labels.iter().all(|label| label != id) => id.to_owned(),
                _ => (index + 1).to_string(),
            };
            let item_path = format!("{path}.{label}");
            labels.push(label);
            reader.saw(&item_path, item.span().start);
            list.push(T::read(reader, item.get_ref(), &item_path));
        }
        list
    }
    fn write(&self) -> Option<toml::Value> {
        let items: Vec<toml::Value> = self.iter().filter_map(Field::write).collect();
        (!items.is_empty()).then_some(toml::Value::Array(items))
    }
    fn visit(&mut self, name: &str, see: &mut dyn FnMut(&str, &mut dyn Slot)) {
        for (index, item) in self.iter_mut().enumerate() {
            item.visit(&format!("{name}.{}", index + 1), see);
        }
    }
}

fn read_float(value: &DeValue<'_>) -> Option<f64> {
    let text = match value {
        DeValue::Float(number) => number.as_str(),
        DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
        _ => return None,
    };
    text.parse().ok()
}

impl<U: Unit> Number<U> {
    fn read_table(section: &mut Section<'_, '_, '_>) -> Option<Self> {
        let path = section.path.clone();
        let mut number = |name: &'static str| {
            let value = section.take(name)?;
            let at = section.path_of(name);
            let number = read_float(value);
            if number.is_none() {
                section.reader.wrong_type(&at, value, "a number");
            }
            number
        };
        let (value, low, high) = (number("value"), number("low"), number("high"));
        let mut text = |name: &'static str| {
            let value = section.take(name)?;
            let at = section.path_of(name);
            Some(String::read(section.reader, value, &at))
        };
        let (origin, source, assumed, note, draw) =
            (text("origin"), text("source"), text("assumed"), text("note"), text("draw"));
        let Some(value) = value else {
            let hint = "write { value = …, low = …, high = …, assumed = \"why\" }".to_owned();
            section.reader.mistake(&path, "has no central value", Some(hint));
            return None;
        };
        let ground = match (origin, source, assumed) {
            (Some(origin), None, None) => {
                let origin = read_word(section.reader, &origin, &format!("{path}.origin"));
                Ground::Origin(origin.unwrap_or_else(|| OriginId::new("")))
            }
            (None, Some(source), None) => Ground::Source(source),
            (None, None, Some(reason)) if reason.is_empty() => {
                section.reader.mistake(
                    &format!("{path}.assumed"),
                    "gives no reason",
                    Some("say why in a few words".into()),
                );
                Ground::Author
            }
            (None, None, Some(reason)) => {
                if low.is_none() && high.is_none() {
                    let hint = "add low and high, so that it is drawn and its weight is seen".to_owned();
                    section.reader.mistake(&path, "is assumed and carries no range", Some(hint));
                }
                Ground::Assumed(reason)
            }
            (None, None, None) => {
                if low.is_some() || high.is_some() {
                    let hint =
                        "add assumed = \"why\", or origin = \"id of a record\", or source = \"title, date\"".to_owned();
                    section.reader.mistake(&path, "is a range that stands on nothing", Some(hint));
                }
                Ground::Author
            }
            _ => {
                let hint = "keep one of origin, source, assumed".to_owned();
                section.reader.mistake(&path, "names more than one ground", Some(hint));
                Ground::Author
            }
        };
        let mut number = Number::new(value, low.unwrap_or(value), high.unwrap_or(value), ground);
        number.note = note.unwrap_or_default();
        if let Some(word) = draw {
            match Draw::ALL.iter().find(|(_, known)| *known == word) {
                Some((draw, _)) => number.draw = *draw,
                None => {
                    let hint = "write \"triangular\" or \"log-triangular\"".to_owned();
                    section.reader.mistake(&format!("{path}.draw"), format!("`{word}` is no way to draw"), Some(hint));
                }
            }
        }
        if number.draw == Draw::LogTriangular && number.low <= 0.0 {
            let hint = "give a low end above 0, or draw = \"triangular\"".to_owned();
            section.reader.mistake(&path, "a logarithm needs a range above 0", Some(hint));
        }
        Some(number)
    }
}

impl<U: Unit> Field for Number<U> {
    fn shape() -> String {
        format!("a number ({}), or {{ value, low, high, assumed = \"why\" }}", U::NAME)
    }
    fn placeholder() -> Self {
        Number::point(U::LOW.max(0.0))
    }
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
        let number = match value {
            DeValue::Table(table) => {
                let mut section = Section::new(reader, table, path);
                let number = Self::read_table(&mut section);
                section.finish();
                number
            }
            DeValue::String(text) => {
                let hint = match text.trim_end_matches(['%', '％', ' ']).parse::<f64>() {
                    Ok(number) if text.contains(['%', '％']) => format!("write {}", number / 100.0),
                    Ok(number) => format!("write {number} without quotes"),
                    Err(_) => format!("write {}", Self::shape()),
                };
                reader.mistake(path, format!("`{text}` is a text"), Some(hint));
                None
            }
            _ => {
                let number = read_float(value).map(Number::point);
                if number.is_none() {
                    reader.wrong_type(path, value, &Self::shape());
                }
                number
            }
        };
        let Some(number) = number else { return Self::placeholder() };
        match number.fault() {
            Some((message, hint)) => {
                reader.mistake(path, message, hint);
                Self::placeholder()
            }
            None => number,
        }
    }
    fn write(&self) -> Option<toml::Value> {
        if !self.is_range() && self.ground == Ground::Author && self.note.is_empty() {
            return Some(toml::Value::Float(self.value));
        }
        let mut table = toml::Table::new();
        table.insert("value".into(), toml::Value::Float(self.value));
        if self.is_range() || matches!(self.ground, Ground::Assumed(_)) {
            table.insert("low".into(), toml::Value::Float(self.low));
            table.insert("high".into(), toml::Value::Float(self.high));
        }
        if self.draw != Draw::default() {
            table.insert("draw".into(), toml::Value::String(self.draw.word().to_owned()));
        }
        let (key, text) = match &self.ground {
            Ground::Author => ("", String::new()),
            Ground::Origin(origin) => ("origin", origin.to_string()),
            Ground::Source(source) => ("source", source.clone()),
            Ground::Assumed(reason) => ("assumed", reason.clone()),
        };
        if !key.is_empty() {
            table.insert(key.into(), toml::Value::String(text));
        }
        if !self.note.is_empty() {
            table.insert("note".into(), toml::Value::String(self.note.clone()));
        }
        Some(toml::Value::Table(table))
    }
    fn visit(&mut self, name: &str, see: &mut dyn FnMut(&str, &mut dyn Slot)) {
        see(name, self);
    }
}

/// An id that stands in a list of the vocabulary.
pub(crate) trait VocabularyId: Sized + Clone {
    const WHAT: &'static str;
    fn make(id: &str) -> Self;
    fn id(&self) -> &str;
    /// The id of what was typed, or a hint.
    fn find<'a>(vocabulary: &'a Vocabulary, typed: &'a str) -> Result<&'a str, Option<String>>;
}

fn read_word<T: VocabularyId>(reader: &mut Reader<'_>, typed: &str, path: &str) -> Option<T> {
    let vocabulary = reader.vocabulary;
    match T::find(vocabulary, typed.trim()) {
        Ok(id) => Some(T::make(id)),
        Err(hint) => {
            reader.mistake(path, format!("`{typed}` is no {} that is known", T::WHAT), hint);
            None
        }
    }
}

macro_rules! vocabulary_field {
    ($name:ident, $what:literal, $vocabulary:ident, $typed:ident => $find:expr) => {
        impl VocabularyId for $name {
            const WHAT: &'static str = $what;
            fn make(id: &str) -> Self {
                $name::new(id)
            }
            fn id(&self) -> &str {
                self.as_str()
            }
            fn find<'a>($vocabulary: &'a Vocabulary, $typed: &'a str) -> Result<&'a str, Option<String>> {
                $find
            }
        }

        impl Field for $name {
            fn shape() -> String {
                format!(
                    "{} {}",
                    if $what.starts_with(['a', 'e', 'i', 'o', 'u']) && $what != "use" { "an" } else { "a" },
                    $what
                )
            }
            fn placeholder() -> Self {
                $name::new("")
            }
            fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
                let Some(typed) = value.as_str() else {
                    reader.wrong_type(path, value, &Self::shape());
                    return Self::placeholder();
                };
                read_word(reader, typed, path).unwrap_or_else(Self::placeholder)
            }
            fn write(&self) -> Option<toml::Value> {
                Some(toml::Value::String(self.id().to_owned()))
            }
        }
    };
}

macro_rules! own_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Makes an id of any text.
            pub fn new(text: &str) -> Self {
                Self(std::sync::Arc::from(text))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

own_id!(
    /// A country by its ISO 3166-1 alpha-3 code, a region of the market, or a group of countries.
    PlaceId
);
own_id!(
    /// A chain of the market.
    ChainId
);
own_id!(
    /// A use of a form.
    UseId
);
own_id!(
    /// Names an event or lever of a scenario.
    EventId
);
own_id!(
    /// A line of a customs tariff: four to ten digits.
    HsLine
);

fn words<'a>(words: &'a [Word], typed: &str) -> Result<&'a str, Option<String>> {
    find(words.iter(), typed)
}

vocabulary_field!(PlaceId, "country, region or group", vocabulary, typed => words(&vocabulary.places, typed));
vocabulary_field!(ChainId, "chain", vocabulary, typed => words(&vocabulary.chains, typed));
vocabulary_field!(UseId, "use", vocabulary, typed => words(&vocabulary.uses, typed));
vocabulary_field!(CommodityId, "commodity", vocabulary, typed => words(&vocabulary.commodities, typed));
vocabulary_field!(ProcessId, "process", vocabulary, typed => words(&vocabulary.processes, typed));
vocabulary_field!(FormId, "form", vocabulary, typed => find(vocabulary.forms.iter().map(|form| &form.word), typed));
vocabulary_field!(OriginId, "origin", vocabulary, typed => match &vocabulary.origins {
    Some(origins) => words(origins, typed),
    None => Ok(typed),
});

impl HsLine {
    /// The first six digits, which are the same in every country.
    pub fn six_digits(&self) -> &str {
        self.0.get(..6).unwrap_or(&self.0)
    }
}

impl Field for HsLine {
    fn shape() -> String {
        "a customs line of four to ten digits in quotes".to_owned()
    }
    fn placeholder() -> Self {
        Self::new("")
    }
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
        let Some(text) = value.as_str() else {
            reader.wrong_type(path, value, &Self::shape());
            return Self::placeholder();
        };
        let digits: String = text.chars().filter(|letter| *letter != '.').collect();
        if !(4..=10).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            reader.mistake(path, format!("`{text}` is no customs line"), Some(format!("write {}", Self::shape())));
        }
        Self::new(&digits)
    }
    fn write(&self) -> Option<toml::Value> {
        Some(toml::Value::String(self.0.to_string()))
    }
}

impl Field for EventId {
    fn shape() -> String {
        "an id of letters, digits and hyphens".to_owned()
    }
    fn placeholder() -> Self {
        Self::new("")
    }
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
        let Some(text) = value.as_str() else {
            reader.wrong_type(path, value, &Self::shape());
            return Self::placeholder();
        };
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            reader.mistake(path, format!("`{text}` is no id"), Some(format!("write {}", Self::shape())));
        }
        Self::new(text)
    }
    fn write(&self) -> Option<toml::Value> {
        Some(toml::Value::String(self.0.to_string()))
    }
}

/// Where a control sends less, or a closed route led.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Places {
    /// Every place.
    All,
    /// Every place but these.
    AllExcept(Vec<PlaceId>),
    /// These.
    Only(Vec<PlaceId>),
}

impl Places {
    /// Whether a place is meant by its own id; groups are the reader's to resolve.
    pub fn names(&self, place: &str) -> bool {
        match self {
            Self::All => true,
            Self::AllExcept(places) => places.iter().all(|other| other.as_str() != place),
            Self::Only(places) => places.iter().any(|other| other.as_str() == place),
        }
    }
}

impl Field for Places {
    fn shape() -> String {
        "\"all\", a list of countries, or { all_except = [...] }".to_owned()
    }
    fn placeholder() -> Self {
        Self::All
    }
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
        match value {
            DeValue::String(text) if text == "all" => Self::All,
            DeValue::String(text) => match read_word(reader, text, path) {
                Some(place) => Self::Only(vec![place]),
                None => Self::All,
            },
            DeValue::Array(_) => {
                let places = Vec::<PlaceId>::read(reader, value, path);
                if places.is_empty() {
                    reader.mistake(path, "is empty", Some("write \"all\" or at least one country".into()));
                }
                Self::Only(places)
            }
            DeValue::Table(table) => {
                let mut section = Section::new(reader, table, path);
                let places = Vec::<PlaceId>::read_in(&mut section, "all_except", None);
                section.finish();
                if places.is_empty() {
                    reader.mistake(path, "is empty", Some("write \"all\" or { all_except = [\"USA\"] }".into()));
                }
                Self::AllExcept(places)
            }
            _ => {
                reader.wrong_type(path, value, &Self::shape());
                Self::All
            }
        }
    }
    fn write(&self) -> Option<toml::Value> {
        Some(match self {
            Self::All => toml::Value::String("all".into()),
            Self::Only(places) => places.write()?,
            Self::AllExcept(places) => {
                toml::Value::Table([("all_except".to_owned(), places.write()?)].into_iter().collect())
            }
        })
    }
}

/// When an event begins.
#[derive(Clone, PartialEq, Debug)]
pub enum Start {
    /// On a day.
    On(Date),
    /// As a consequence of another event, such as a retaliation.
    After {
        /// The event that may lead to it.
        event: EventId,
        /// Months from the start of that event.
        delay_months: Number<crate::number::Months>,
        /// Chance that it comes.
        chance: Number<crate::number::Chance>,
    },
}

impl Field for Start {
    fn shape() -> String {
        "a day as 2026-01-06, or { after = \"event\", delay_months, chance }".to_owned()
    }
    fn placeholder() -> Self {
        Self::On(Date::placeholder())
    }
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
        let DeValue::Table(table) = value else { return Self::On(Date::read(reader, value, path)) };
        let mut section = Section::new(reader, table, path);
        let start = Self::After {
            event: EventId::read_in(&mut section, "after", None),
            delay_months: Number::read_in(&mut section, "delay_months", None),
            chance: Number::read_in(&mut section, "chance", None),
        };
        section.finish();
        start
    }
    fn write(&self) -> Option<toml::Value> {
        match self {
            Self::On(date) => date.write(),
            Self::After { event, delay_months, chance } => {
                let mut table = toml::Table::new();
                event.write_in("after", &mut table);
                delay_months.write_in("delay_months", &mut table);
                chance.write_in("chance", &mut table);
                Some(toml::Value::Table(table))
            }
        }
    }
    fn visit(&mut self, name: &str, see: &mut dyn FnMut(&str, &mut dyn Slot)) {
        if let Self::After { delay_months, chance, .. } = self {
            see(&format!("{name}.delay_months"), delay_months);
            see(&format!("{name}.chance"), chance);
        }
    }
}

/// How an event ends.
#[derive(Clone, PartialEq, Debug)]
pub enum Ending {
    /// Never within the run.
    Never,
    /// With this day, its last.
    On(Date),
    /// By a deal.
    Deal {
        /// First day on which a deal may end it.
        earliest: Date,
        /// Chance of a deal in each month from then on.
        monthly_chance: Number<crate::number::Chance>,
    },
    /// A time after its start.
    Lasting {
        /// Months.
        months: Number<crate::number::Months>,
    },
}

impl Field for Ending {
    fn shape() -> String {
        "\"never\", the last day as 2026-12-31, { months }, or { earliest, monthly_chance }".to_owned()
    }
    fn placeholder() -> Self {
        Self::Never
    }
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
        match value {
            DeValue::Table(table) => {
                let mut section = Section::new(reader, table, path);
                let lasting = table.iter().any(|(key, _)| key.get_ref() == "months");
                let ending = if lasting {
                    Self::Lasting { months: Number::read_in(&mut section, "months", None) }
                } else {
                    Self::Deal {
                        earliest: Date::read_in(&mut section, "earliest", None),
                        monthly_chance: Number::read_in(&mut section, "monthly_chance", None),
                    }
                };
                section.finish();
                ending
            }
            DeValue::String(text) if text == "never" => Self::Never,
            DeValue::String(text) if Date::parse(text).is_none() => {
                let near = did_you_mean(text, ["never"]).map(|near| format!("did you mean \"{near}\"?"));
                let hint = near.or_else(|| Some(format!("write {}", Self::shape())));
                reader.mistake(path, format!("`{text}` is no ending"), hint);
                Self::Never
            }
            _ => Self::On(Date::read(reader, value, path)),
        }
    }
    fn write(&self) -> Option<toml::Value> {
        let mut table = toml::Table::new();
        match self {
            Self::Never => return Some(toml::Value::String("never".into())),
            Self::On(date) => return date.write(),
            Self::Deal { earliest, monthly_chance } => {
                earliest.write_in("earliest", &mut table);
                monthly_chance.write_in("monthly_chance", &mut table);
            }
            Self::Lasting { months } => months.write_in("months", &mut table),
        }
        Some(toml::Value::Table(table))
    }
    fn visit(&mut self, name: &str, see: &mut dyn FnMut(&str, &mut dyn Slot)) {
        match self {
            Self::Deal { monthly_chance, .. } => see(&format!("{name}.monthly_chance"), monthly_chance),
            Self::Lasting { months } => see(&format!("{name}.months"), months),
            Self::Never | Self::On(_) => {}
        }
    }
}
