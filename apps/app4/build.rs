//! Embeds the migrations.

fn main() {
    migrations_embed::app();
}
