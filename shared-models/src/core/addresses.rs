//! Where parcels and invoices go: `core/addresses.sql`.

use std::time::SystemTime;

use crate::table::table;

table! {
    /// Where an account wants parcels and invoices sent.
    "core"."addresses" => Address {
        /// Given by the database.
        id: i64,
        /// Whose it is.
        account_id: i64,
        /// Who takes the parcel.
        recipient: String,
        /// Street and number.
        line1: String,
        /// Floor, building or company.
        line2: Option<String>,
        /// As the country writes it; not always digits.
        postal_code: String,
        /// City or village.
        city: String,
        /// ISO 3166-1 alpha-2.
        country: String,
        /// Offered first at checkout; at most one an account.
        is_default: bool,
        /// When the row was made.
        created_at: SystemTime,
        /// When the row last changed; kept by a trigger.
        updated_at: SystemTime,
    }
}
