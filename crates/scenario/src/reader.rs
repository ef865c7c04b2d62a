//! Reads a table of the file into a record, keeps every mistake with its line, and goes on.
//!
//! Each noun is declared once, by `record!` or `kinds!`: from that one list come the struct, its reader, its writer, the names
//! of its numbers and its page in the book.

use crate::number::Slot;
use crate::report::{Mistake, did_you_mean};
use crate::vocabulary::Vocabulary;
use std::collections::{BTreeMap, BTreeSet};
use toml::de::{DeTable, DeValue};

/// One field as the book and the JSON Schema tell it.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldAbout {
    /// Its name in the file.
    pub name: &'static str,
    /// What may be written.
    pub shape: String,
    /// What holds if it is left out; `None` if it must be given.
    pub default: Option<String>,
    /// What it means.
    pub about: String,
}

/// One noun as the book and the JSON Schema tell it.
#[derive(Clone, PartialEq, Debug)]
pub struct RecordAbout {
    /// Its name.
    pub name: &'static str,
    /// For one of several kinds: the word that chooses it.
    pub word: Option<&'static str>,
    /// What it is.
    pub about: String,
    /// Its fields.
    pub fields: Vec<FieldAbout>,
}

/// What is read so far: mistakes, and where each field stands.
pub(crate) struct Reader<'a> {
    file: &'a str,
    line_ends: Vec<usize>,
    pub(crate) vocabulary: &'a Vocabulary,
    mistakes: Vec<Mistake>,
    lines: BTreeMap<String, usize>,
    bad: BTreeSet<String>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(file: &'a str, text: &str, vocabulary: &'a Vocabulary) -> Self {
        let line_ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
        Self { file, line_ends, vocabulary, mistakes: Vec::new(), lines: BTreeMap::new(), bad: BTreeSet::new() }
    }

    pub(crate) fn line_of(&self, byte: usize) -> usize {
        self.line_ends.partition_point(|end| *end < byte) + 1
    }

    pub(crate) fn saw(&mut self, path: &str, byte: usize) {
        let line = self.line_of(byte);
        self.lines.insert(path.to_owned(), line);
    }

    /// The line of a field, or of the nearest thing around it that stands in the file.
    fn line(&self, path: &str) -> Option<usize> {
        let mut path = path;
        loop {
            if let Some(line) = self.lines.get(path) {
                return Some(*line);
            }
            path = path.rsplit_once('.')?.0;
        }
    }

    /// Whether something is already known to be wrong with a field or with what it holds.
    pub(crate) fn is_bad(&self, path: &str) -> bool {
        self.bad.contains(path)
    }

    pub(crate) fn mistake(&mut self, path: &str, message: impl Into<String>, hint: Option<String>) {
        let line = self.line(path);
        self.bad.insert(path.to_owned());
        self.mistakes.push(Mistake {
            file: self.file.to_owned(),
            line,
            field: path.to_owned(),
            message: message.into(),
            hint,
        });
    }

    pub(crate) fn mistake_at(&mut self, byte: Option<usize>, message: String, hint: Option<String>) {
        let line = byte.map(|byte| self.line_of(byte));
        self.mistakes.push(Mistake { file: self.file.to_owned(), line, field: String::new(), message, hint });
    }

    pub(crate) fn wrong_type(&mut self, path: &str, found: &DeValue<'_>, shape: &str) {
        let what = match found {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.mistake(path, format!("is {what}"), Some(format!("write {shape}")));
    }

    pub(crate) fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes
    }
}

/// A table that is being read: which fields were asked for, and what is left over.
pub(crate) struct Section<'r, 'a, 't> {
    pub(crate) reader: &'r mut Reader<'a>,
    table: &'t DeTable<'t>,
    pub(crate) path: String,
    known: Vec<&'static str>,
    /// Fields of other kinds: the field and the word of its kind.
    pub(crate) elsewhere: Vec<(&'static str, &'static str)>,
}

impl<'r, 'a, 't> Section<'r, 'a, 't> {
    pub(crate) fn new(reader: &'r mut Reader<'a>, table: &'t DeTable<'t>, path: &str) -> Self {
        Self { reader, table, path: path.to_owned(), known: Vec::new(), elsewhere: Vec::new() }
    }

    pub(crate) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// The value of a field, if it is given.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<&'t DeValue<'t>> {
        self.known.push(name);
        let (key, value) = self.table.iter().find(|(key, _)| key.get_ref() == name)?;
        let path = self.path_of(name);
        self.reader.saw(&path, key.span().start);
        Some(value.get_ref())
    }

    pub(crate) fn missing(&mut self, name: &'static str, shape: &str) {
        let path = self.path_of(name);
        self.reader.mistake(&path, "is missing", Some(format!("write {shape}")));
    }

    /// Tells of every field that nothing asked for.
    pub(crate) fn finish(self) {
        for (key, _) in self.table {
            let name = key.get_ref().as_ref();
            if self.known.contains(&name) {
                continue;
            }
            let path = self.path_of(name);
            self.reader.saw(&path, key.span().start);
            let others: Vec<&str> =
                self.elsewhere.iter().filter(|(field, _)| *field == name).map(|(_, word)| *word).collect();
            let hint = if others.is_empty() {
                did_you_mean(name, self.known.iter().copied()).map(|near| format!("did you mean `{near}`?"))
            } else {
                Some(format!("it belongs to kind `{}`", others.join("`, `")))
            };
            let hint = hint.or_else(|| Some(format!("known here: {}", self.known.join(", "))));
            self.reader.mistake(&path, "is no field here", hint);
        }
    }
}

/// What a field of a record can be. Reading always gives a value: where it cannot be read, the mistake is kept and a
/// placeholder stands in, because a file with a mistake is refused as a whole at the end.
pub(crate) trait Field: Sized + Clone {
    /// What may be written, for messages and for the book.
    fn shape() -> String;
    fn placeholder() -> Self;
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self;
    /// How it is written; `None` to leave it out.
    fn write(&self) -> Option<toml::Value>;

    /// The value if the field is left out; `None` if it must be given.
    fn left_out() -> Option<Self> {
        None
    }

    fn read_in(section: &mut Section<'_, '_, '_>, name: &'static str, default: Option<Self>) -> Self {
        match section.take(name) {
            Some(value) => {
                let path = section.path_of(name);
                Self::read(section.reader, value, &path)
            }
            None => default.or_else(Self::left_out).unwrap_or_else(|| {
                section.missing(name, &Self::shape());
                Self::placeholder()
            }),
        }
    }

    fn write_in(&self, name: &'static str, table: &mut toml::Table) {
        if let Some(value) = self.write() {
            table.insert(name.to_owned(), value);
        }
    }

    /// Shows every number within, under its name.
    fn visit(&mut self, _name: &str, _see: &mut dyn FnMut(&str, &mut dyn Slot)) {}

    /// Numbers of a field of a record; a field that lies flat in its record leaves its own name out.
    fn visit_in(&mut self, record: &str, name: &str, see: &mut dyn FnMut(&str, &mut dyn Slot)) {
        let path = if record.is_empty() { name.to_owned() } else { format!("{record}.{name}") };
        self.visit(&path, see);
    }

    /// The field in the list of its record; several where it lies flat in it.
    fn about(name: &'static str, about: String, default: Option<Self>) -> Vec<FieldAbout> {
        let default = default
            .map(|default| default.write().map_or("none".to_owned(), |value| value.to_string()))
            .or_else(|| Self::left_out().map(|_| "none".to_owned()));
        vec![FieldAbout { name, shape: Self::shape(), default, about }]
    }
}

/// A record: a table of the file.
pub(crate) trait Record: Sized {
    fn read_record(section: &mut Section<'_, '_, '_>) -> Self;
    fn write_record(&self) -> toml::Table;
    fn record_numbers(&mut self, path: &str, see: &mut dyn FnMut(&str, &mut dyn Slot));
    fn record_placeholder() -> Self;
    fn record_about() -> RecordAbout;
}

/// Joins the lines of a documentation comment.
pub(crate) fn joined(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

macro_rules! record {
    ($(#[doc = $about:literal])+ pub struct $name:ident {
        $($(#[doc = $doc:literal])+ pub $field:ident: $type:ty $(= $default:expr)?,)*
    }) => {
        $(#[doc = $about])+
        #[derive(Clone, PartialEq, Debug)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $type,)*
        }

        impl $crate::reader::Record for $name {
            fn read_record(section: &mut $crate::reader::Section<'_, '_, '_>) -> Self {
                Self {
                    $($field: {
                        let default: Option<$type> = [$(Some($default),)? None].into_iter().next().flatten();
                        <$type as $crate::reader::Field>::read_in(section, stringify!($field), default)
                    },)*
                }
            }

            fn write_record(&self) -> toml::Table {
                let mut table = toml::Table::new();
                $($crate::reader::Field::write_in(&self.$field, stringify!($field), &mut table);)*
                table
            }

            fn record_numbers(&mut self, path: &str, see: &mut dyn FnMut(&str, &mut dyn $crate::number::Slot)) {
                $($crate::reader::Field::visit_in(&mut self.$field, path, stringify!($field), see);)*
            }

            fn record_placeholder() -> Self {
                Self { $($field: <$type as $crate::reader::Field>::placeholder(),)* }
            }

            fn record_about() -> $crate::reader::RecordAbout {
                let mut fields = Vec::new();
                $({
                    let default: Option<$type> = [$(Some($default),)? None].into_iter().next().flatten();
                    let about = $crate::reader::joined(&[$($doc),+]);
                    fields.extend(<$type as $crate::reader::Field>::about(stringify!($field), about, default));
                })*
                $crate::reader::RecordAbout {
                    name: stringify!($name), word: None, about: $crate::reader::joined(&[$($about),+]), fields,
                }
            }
        }

        impl $crate::reader::Field for $name {
            fn shape() -> String {
                format!("a table ({})", stringify!($name))
            }
            fn placeholder() -> Self {
                <Self as $crate::reader::Record>::record_placeholder()
            }
            fn read(reader: &mut $crate::reader::Reader<'_>, value: &toml::de::DeValue<'_>, path: &str) -> Self {
                let Some(table) = value.as_table() else {
                    reader.wrong_type(path, value, &<Self as $crate::reader::Field>::shape());
                    return <Self as $crate::reader::Field>::placeholder();
                };
                let mut section = $crate::reader::Section::new(reader, table, path);
                let record = <Self as $crate::reader::Record>::read_record(&mut section);
                section.finish();
                record
            }
            fn write(&self) -> Option<toml::Value> {
                Some(toml::Value::Table($crate::reader::Record::write_record(self)))
            }
            fn visit(&mut self, path: &str, see: &mut dyn FnMut(&str, &mut dyn $crate::number::Slot)) {
                $crate::reader::Record::record_numbers(self, path, see);
            }
        }
    };
}

/// One of several kinds, chosen by the word of one field; its own fields lie flat in the table that holds it.
macro_rules! kinds {
    ($(#[doc = $about:literal])+ pub enum $name:ident {
        $($(#[doc = $kind_about:literal])+ $kind:ident $word:literal {
            $($(#[doc = $doc:literal])+ $field:ident: $type:ty $(= $default:expr)?,)*
        },)*
    }) => {
        $(#[doc = $about])+
        #[derive(Clone, PartialEq, Debug)]
        pub enum $name {
            $($(#[doc = $kind_about])+ $kind { $($(#[doc = $doc])+ $field: $type,)* },)*
        }

        impl $name {
            /// The words that choose a kind.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word of this kind.
            pub fn word(&self) -> &'static str {
                match self {
                    $(Self::$kind { .. } => $word,)*
                }
            }

            /// Every kind with its fields.
            pub fn kinds_about() -> Vec<$crate::reader::RecordAbout> {
                vec![$({
                    #[allow(unused_mut)]
                    let mut fields: Vec<$crate::reader::FieldAbout> = Vec::new();
                    $({
                        let default: Option<$type> = [$(Some($default),)? None].into_iter().next().flatten();
                        let about = $crate::reader::joined(&[$($doc),+]);
                        fields.extend(<$type as $crate::reader::Field>::about(stringify!($field), about, default));
                    })*
                    $crate::reader::RecordAbout {
                        name: stringify!($name), word: Some($word), about: $crate::reader::joined(&[$($kind_about),+]), fields,
                    }
                }),*]
            }
        }

        impl $crate::reader::Field for $name {
            fn shape() -> String {
                format!("one of {}", Self::WORDS.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", "))
            }

            #[allow(unreachable_code)]
            fn placeholder() -> Self {
                $(return Self::$kind { $($field: <$type as $crate::reader::Field>::placeholder(),)* };)*
            }

            fn read(_: &mut $crate::reader::Reader<'_>, _: &toml::de::DeValue<'_>, _: &str) -> Self {
                <Self as $crate::reader::Field>::placeholder()
            }

            fn read_in(section: &mut $crate::reader::Section<'_, '_, '_>, name: &'static str, _: Option<Self>) -> Self {
                $($(section.elsewhere.push((stringify!($field), $word));)*)*
                let path = section.path_of(name);
                let shape = <Self as $crate::reader::Field>::shape();
                let Some(value) = section.take(name) else {
                    section.missing(name, &shape);
                    return <Self as $crate::reader::Field>::placeholder();
                };
                match value.as_str() {
                    $(Some($word) => Self::$kind {
                        $($field: {
                            let default: Option<$type> = [$(Some($default),)? None].into_iter().next().flatten();
                            <$type as $crate::reader::Field>::read_in(section, stringify!($field), default)
                        },)*
                    },)*
                    Some(other) => {
                        let near = $crate::report::did_you_mean(other, Self::WORDS.iter().copied());
                        let hint = near.map_or(format!("write {shape}"), |near| format!("did you mean `{near}`?"));
                        section.reader.mistake(&path, format!("`{other}` is no kind"), Some(hint));
                        $($(section.take(stringify!($field));)*)*
                        <Self as $crate::reader::Field>::placeholder()
                    }
                    None => {
                        section.reader.wrong_type(&path, value, &shape);
                        <Self as $crate::reader::Field>::placeholder()
                    }
                }
            }

            fn write(&self) -> Option<toml::Value> {
                None
            }

            fn write_in(&self, name: &'static str, table: &mut toml::Table) {
                table.insert(name.to_owned(), toml::Value::String(self.word().to_owned()));
                match self {
                    $(Self::$kind { $($field,)* } => {
                        $($crate::reader::Field::write_in($field, stringify!($field), table);)*
                    })*
                }
            }

            #[allow(unused_variables)]
            fn visit_in(&mut self, record: &str, _: &str, see: &mut dyn FnMut(&str, &mut dyn $crate::number::Slot)) {
                match self {
                    $(Self::$kind { $($field,)* } => {
                        $($crate::reader::Field::visit_in($field, record, stringify!($field), see);)*
                    })*
                }
            }

            fn about(name: &'static str, about: String, _: Option<Self>) -> Vec<$crate::reader::FieldAbout> {
                let shape = <Self as $crate::reader::Field>::shape();
                vec![$crate::reader::FieldAbout { name, shape, default: None, about: format!("{about} Its own fields are listed below.") }]
            }
        }
    };
}

pub(crate) use {kinds, record};
