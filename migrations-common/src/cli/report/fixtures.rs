//! Values for the tests of the reporters.
