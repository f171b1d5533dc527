//! Reading any text neither panics nor points outside of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use migrations_effects::verdict::between;
use migrations_effects::{Known, Surroundings, read};

fuzz_target!(|text: &str| {
    let surroundings = Surroundings {
        search_path: vec!["public".to_owned()],
        placeholders: true,
    };
    let mut script = read(text, &surroundings);
    for effect in &script.effects {
        assert!(text.get(effect.span.clone()).is_some(), "{effect}");
    }
    Known::default().apply(&mut script);
    between(&script.effects, &script.effects);
});
