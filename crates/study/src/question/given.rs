//! Reads the fields of a question that came as JSON: what is missing, unknown or of another type is told at once.

use lode_catalogue::{Mistake, Report, did_you_mean};
use serde_json::{Map, Value};

/// Where mistakes of a question stand.
pub(super) const PLACE: &str = "command line";

/// A field as a book or a signature tells it.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldAbout {
    /// Its name.
    pub name: &'static str,
    /// What may be given.
    pub shape: &'static str,
    /// What holds if it is left out, as JSON; `None` if it must be given.
    pub default: Option<Value>,
}

/// What a field of a question can be.
pub(super) trait Part: Sized {
    /// What may be given.
    const SHAPE: &'static str;

    /// The value, if it is of this kind.
    fn read(value: &Value) -> Option<Self>;

    /// The value as JSON.
    fn write(&self) -> Value;

    /// What holds if it is left out.
    fn left_out() -> Option<Self> {
        None
    }
}

impl Part for String {
    const SHAPE: &'static str = "a text";

    fn read(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }

    fn write(&self) -> Value {
        self.as_str().into()
    }
}

impl Part for bool {
    const SHAPE: &'static str = "true or false";

    fn read(value: &Value) -> Option<Self> {
        value.as_bool()
    }

    fn write(&self) -> Value {
        (*self).into()
    }
}

impl Part for u64 {
    const SHAPE: &'static str = "a whole number of 0 or more";

    fn read(value: &Value) -> Option<Self> {
        value.as_u64()
    }

    fn write(&self) -> Value {
        (*self).into()
    }
}

impl Part for f64 {
    const SHAPE: &'static str = "a number";

    fn read(value: &Value) -> Option<Self> {
        value.as_f64().filter(|number| number.is_finite())
    }

    fn write(&self) -> Value {
        (*self).into()
    }
}

impl Part for Vec<String> {
    const SHAPE: &'static str = "a list of texts";

    fn read(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(String::read).collect()
    }

    fn write(&self) -> Value {
        self.clone().into()
    }

    fn left_out() -> Option<Self> {
        Some(Self::new())
    }
}

impl<T: Part> Part for Option<T> {
    const SHAPE: &'static str = T::SHAPE;

    fn read(value: &Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::read(value).map(Some) }
    }

    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::write)
    }

    fn left_out() -> Option<Self> {
        Some(None)
    }
}

/// The fields of a question, taken one by one.
pub(super) struct Given {
    left: Map<String, Value>,
    asked: Vec<&'static str>,
    pub report: Report,
}

impl Given {
    pub fn new(fields: Map<String, Value>) -> Self {
        Self { left: fields, asked: Vec::new(), report: Report::new() }
    }

    /// A field, or what holds if it is left out.
    pub fn take<T: Part>(&mut self, name: &'static str, default: Option<T>) -> Option<T> {
        self.asked.push(name);
        let Some(value) = self.left.remove(name) else {
            let value = default.or_else(T::left_out);
            if value.is_none() {
                self.report.push(
                    Mistake::in_file(PLACE, "is missing").column(name).hint(format!("give `{name}`, {}", T::SHAPE)),
                );
            }
            return value;
        };
        let read = T::read(&value);
        if read.is_none() {
            let what = match value {
                Value::Null => "is nothing",
                Value::Bool(_) => "is true or false",
                Value::Number(_) => "is a number out of place",
                Value::String(_) => "is a text",
                Value::Array(_) => "is a list",
                Value::Object(_) => "is a table",
            };
            self.report.push(Mistake::in_file(PLACE, what).column(name).hint(format!("give `{name}`, {}", T::SHAPE)));
        }
        read
    }

    /// Tells of every field that nothing asked for.
    pub fn finish(&mut self) {
        for name in self.left.keys() {
            let hint = match did_you_mean(name, self.asked.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if self.asked.is_empty() => "this question takes none".into(),
                None => format!("it takes {}", self.asked.join(", ")),
            };
            self.report.push(Mistake::in_file(PLACE, format!("`{name}` is no field of this question")).hint(hint));
        }
    }
}

/// Declares the kinds of questions: from one list come the types, their readers, their writers and their fields.
macro_rules! questions {
    ($(
        $(#[doc = $about:literal])+
        $kind:ident $word:literal {
            $($(#[doc = $doc:literal])+ $field:ident: $type:ty $(= $default:expr)? $(, from $low:literal to $high:literal)?;)*
        }
    )*) => {
        /// What is asked. The same value comes from the command line, from a notebook and from a packed study.
        #[derive(Clone, PartialEq, Debug)]
        pub enum Question {
            $($(#[doc = $about])+ $kind($kind),)*
        }

        $(
            $(#[doc = $about])+
            #[derive(Clone, PartialEq, Debug)]
            pub struct $kind {
                $($(#[doc = $doc])+ pub $field: $type,)*
            }

            impl $kind {
                #[allow(unused_variables)]
                fn read(given: &mut Given) -> Option<Self> {
                    $(
                        let default: Option<$type> = [$(Some($default.into()),)? None].into_iter().next().flatten();
                        let $field = given.take::<$type>(stringify!($field), default);
                    )*
                    given.finish();
                    Some(Self { $($field: $field?,)* })
                }

                #[allow(unused_variables)]
                fn check(&self, report: &mut Report) {
                    $($(
                        let bounds = ($low as f64, $high as f64);
                        if let Some(number) = Part::write(&self.$field).as_f64().filter(|number| *number < bounds.0 || *number > bounds.1) {
                            report.push(
                                Mistake::in_file(PLACE, format!("{number} is out of bounds"))
                                    .column(stringify!($field))
                                    .hint(format!("give {} to {}", bounds.0, bounds.1)),
                            );
                        }
                    )?)*
                }
            }
        )*

        impl Question {
            /// The words that choose a kind.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word of this kind.
            pub fn word(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => $word,)*
                }
            }

            fn read(word: &str, given: &mut Given) -> Option<Self> {
                match word {
                    $($word => $kind::read(given).map(Self::$kind),)*
                    _ => None,
                }
            }

            fn check(&self, report: &mut Report) {
                match self {
                    $(Self::$kind(question) => question.check(report),)*
                }
            }

            /// The question as JSON, complete with what was left out.
            pub fn json(&self) -> Value {
                let mut fields = Map::new();
                fields.insert("ask".into(), self.word().into());
                match self {
                    $(Self::$kind(question) => {
                        let _ = question;
                        $(fields.insert(stringify!($field).into(), Part::write(&question.$field));)*
                    })*
                }
                Value::Object(fields)
            }

            /// The fields of a kind by its word.
            pub fn fields(word: &str) -> Vec<FieldAbout> {
                match word {
                    $($word => vec![$({
                        let default: Option<$type> = [$(Some($default.into()),)? None].into_iter().next().flatten();
                        FieldAbout {
                            name: stringify!($field),
                            shape: <$type as Part>::SHAPE,
                            default: default.or_else(<$type as Part>::left_out).map(|value| value.write()),
                        }
                    }),*],)*
                    _ => Vec::new(),
                }
            }
        }
    };
}

pub(super) use questions;
