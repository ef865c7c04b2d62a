//! Ids are types, one for each noun, so that a commodity can never be looked up as a form.

use std::fmt;
use std::sync::Arc;

macro_rules! define_id {
    ($(#[$doc:meta])* $name:ident, $noun:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The word for this kind of id in messages to people.
            pub const NOUN: &'static str = $noun;

            /// Makes an id of any text; whether it names something is the World's to say.
            pub fn new(text: &str) -> Self {
                Self(Arc::from(text))
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
                write!(f, "{}", self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

define_id!(
    /// Names a [`crate::Commodity`].
    CommodityId,
    "commodity"
);
define_id!(
    /// Names a [`crate::Form`].
    FormId,
    "form"
);
define_id!(
    /// Names a set of customs codes.
    HsSetId,
    "set of customs codes"
);
define_id!(
    /// Names a [`crate::Process`].
    ProcessId,
    "process"
);
define_id!(
    /// Names a [`crate::Control`].
    ControlId,
    "control"
);
define_id!(
    /// Names an [`crate::Origin`].
    OriginId,
    "origin"
);
