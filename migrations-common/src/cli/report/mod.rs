//! temporary
#![allow(missing_docs, clippy::all, clippy::disallowed_macros)]
use crate::app::App;
use crate::cli::args::{Format, Place};

use crate::event::Observer;
use crate::fleet::TargetStatus;
use crate::history::History;
use crate::plan::Plan;
use crate::problem::{Problem, Problems};
use crate::report::Report;
use crate::target::Target;
use std::sync::Arc;
pub struct Reporter {}
impl Reporter {
    pub fn new(_: Format, _events: bool, _verbose: bool, _program: &str) -> Self {
        Reporter {}
    }
    pub fn again(&self, _verb: &str, _apps: &[&App], _place: &Place) {}
    pub fn observer(&self) -> Observer {
        Arc::new(|e| println!("{e:.100?}"))
    }
    pub fn report(&self, r: &Report) {
        println!("{r:#?}")
    }
    pub fn status(&self, r: &[TargetStatus]) {
        for t in r {
            println!(
                "{} {:?} {:?} {:?} {:?}",
                t.target.label(),
                t.state,
                t.current,
                t.head,
                t.problems
            )
        }
    }
    pub fn history(&self, r: &[(Arc<Target>, Result<History, Problem>)]) {
        println!("{r:#?}")
    }
    pub fn plans(&self, _r: &[(Arc<Target>, Plan)], _: &Report) {}
    pub fn written(&self, r: &[String]) {
        println!("{r:#?}")
    }
    pub fn problems(&self, r: &Problems) {
        println!("{r:#?}")
    }
    pub fn warnings(&self, r: &[Problem]) {
        println!("{r:#?}")
    }
    pub fn apps(&self, r: &[App], p: &[Problem]) {
        println!("{} {p:?}", r.len())
    }
    pub fn server(&self, version: &str, shown: &str, started: Option<std::time::Duration>) {
        println!("{version} {shown} {started:?}")
    }
}
