//! What accounts owe: `core/invoices.sql`.

use std::time::SystemTime;

use crate::enumeration::enumeration;
use crate::table::table;

enumeration! {
    /// How far an invoice has come.
    "invoice_status" => InvoiceStatus {
        /// Being written; may still change.
        Draft = "draft",
        /// Sent, not paid in full.
        Open = "open",
        /// Paid in full.
        Paid = "paid",
        /// Withdrawn; its number stays taken.
        Void = "void",
    }
}

table! {
    /// What an account owes.
    "core"."invoices" => Invoice {
        /// Given by the database.
        id: i64,
        /// Who owes it.
        account_id: i64,
        /// None for what was not bought in the shop, such as a yearly fee.
        order_id: Option<i64>,
        /// As printed, such as `2025-000317`; given when it is issued.
        number: Option<String>,
        /// How far it has come.
        status: InvoiceStatus,
        /// ISO 4217, three capital letters.
        currency: String,
        /// Tax included, in hundredths of the currency.
        total_cents: i64,
        /// When it was sent; none for a draft.
        issued_at: Option<SystemTime>,
        /// Until when it is to be paid; none for a draft.
        due_at: Option<SystemTime>,
        /// When the row was made.
        created_at: SystemTime,
        /// When the row last changed; kept by a trigger.
        updated_at: SystemTime,
        /// When the last cent came in.
        paid_at: Option<SystemTime>,
        /// None for the default address of the account.
        billing_address_id: Option<i64>,
    }
}
