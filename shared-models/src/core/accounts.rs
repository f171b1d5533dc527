//! Customers: `core/accounts.sql`.

use std::time::SystemTime;

use crate::enumeration::enumeration;
use crate::table::table;

enumeration! {
    /// Whether a customer is a person or a company.
    "account_kind" => AccountKind {
        /// A person.
        Personal = "personal",
        /// A company.
        Business = "business",
    }
}

table! {
    /// A customer: a person or a company.
    "core"."accounts" => Account {
        /// Given by the database.
        id: i64,
        /// A person or a company.
        kind: AccountKind,
        /// As it stands on a parcel.
        name: String,
        /// ISO 3166-1 alpha-2; decides the tax rate.
        country: String,
        /// VAT number of a business; none for a person.
        tax_number: Option<String>,
        /// When the row was made.
        created_at: SystemTime,
        /// When the row last changed; kept by a trigger.
        updated_at: SystemTime,
    }
}
