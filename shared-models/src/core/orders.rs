//! Purchases: `core/orders.sql`.

use std::time::SystemTime;

use crate::enumeration::enumeration;
use crate::table::table;

enumeration! {
    /// How far an order has come.
    "order_status" => OrderStatus {
        /// Placed, not paid.
        Pending = "pending",
        /// Paid, not sent.
        Paid = "paid",
        /// On its way, or there.
        Shipped = "shipped",
        /// All of the money went back.
        Refunded = "refunded",
        /// Withdrawn by the customer or the shop.
        Cancelled = "cancelled",
    }
}

table! {
    /// What an account bought, as one purchase.
    "core"."orders" => Order {
        /// Given by the database.
        id: i64,
        /// Who pays.
        account_id: i64,
        /// Who placed it; belongs to the account.
        user_id: i64,
        /// How far it has come.
        status: OrderStatus,
        /// ISO 4217, three capital letters.
        currency: String,
        /// When the customer pressed the button; imported orders keep their own date.
        placed_at: SystemTime,
        /// When the row was made.
        created_at: SystemTime,
        /// When the row last changed; kept by a trigger.
        updated_at: SystemTime,
        /// None for orders from before addresses were kept.
        shipping_address_id: Option<i64>,
        /// When the payment was confirmed; stays after a cancellation.
        paid_at: Option<SystemTime>,
        /// The goods, tax included, without shipping, in hundredths of the currency.
        subtotal_cents: i64,
        /// What the customer pays for shipping, tax included, in hundredths of the currency.
        shipping_cents: i64,
    }
}
