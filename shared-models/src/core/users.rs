//! Who signs in: `core/users.sql`.

use std::time::SystemTime;

use crate::enumeration::enumeration;
use crate::table::table;

enumeration! {
    /// What a user may do for the account.
    "user_role" => UserRole {
        /// Everything, also adding users.
        Owner = "owner",
        /// Place orders.
        Buyer = "buyer",
        /// Look at orders and invoices.
        Viewer = "viewer",
    }
}

table! {
    /// A person who signs in.
    "core"."users" => User {
        /// Given by the database.
        id: i64,
        /// The account that this user acts for.
        account_id: i64,
        /// As typed; unique without regard to case.
        email: String,
        /// What the person wants to be called; none until told.
        name: Option<String>,
        /// What this user may do.
        role: UserRole,
        /// None before the first visit.
        last_seen_at: Option<SystemTime>,
        /// When the row was made.
        created_at: SystemTime,
        /// When the row last changed; kept by a trigger.
        updated_at: SystemTime,
    }
}
