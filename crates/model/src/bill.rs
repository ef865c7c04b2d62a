//! A firm's own list of products, parts and materials.

use crate::CountryCode;

/// What a row of the list is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum BillKind {
    /// What a plant makes.
    Product,
    /// What goes into it, counted in pieces.
    Part,
    /// What a part is made of, weighed.
    Material,
}

/// One use of an item. An item that stands in several rows of a plant is one item with several uses.
#[derive(Clone, PartialEq, Debug)]
pub struct BillItem {
    /// Row as a spreadsheet shows it.
    pub row: u64,
    /// Plant that makes or uses it.
    pub plant: String,
    /// Id, unique within the plant.
    pub item: String,
    /// The item that it goes into; empty for a product.
    pub parent: String,
    /// Product, part or material.
    pub kind: BillKind,
    /// Pieces, or grams of a material, in one piece of the parent; `None` if the firm does not know.
    pub quantity: Option<f64>,
    /// The node of the process tables whose typical content fills what the firm does not know.
    pub typical: String,
    /// Who delivers it.
    pub supplier: String,
    /// Where it is made.
    pub country: Option<CountryCode>,
    /// Weight of one piece in grams.
    pub weight_grams: Option<f64>,
    /// Days of usual use in stock.
    pub stock_days: Option<f64>,
    /// Price of one piece, or of one gram of a material, in the firm's own money.
    pub price: Option<f64>,
    /// The item under the same parent that this one can stand in for.
    pub alternate_for: String,
    /// Share of the use that it can take over.
    pub alternate_share: Option<f64>,
    /// Months until it is qualified.
    pub qualification_months: Option<f64>,
    /// Pieces of a product made in a day.
    pub units_per_day: Option<f64>,
    /// Value of one piece of a product, in the firm's own money.
    pub value_per_unit: Option<f64>,
}

/// A list that has been checked: every parent is there, nothing goes into itself, materials do not outweigh their part.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct BillOfMaterials {
    /// Rows in the order of the file.
    pub items: Vec<BillItem>,
}
