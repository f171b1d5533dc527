//! `apps`: what was discovered.

use migrations_common::cli::Reporter;

use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, reporter: &Reporter) -> u8 {
    let mut problems = workspace.warnings.clone();
    problems.extend(
        workspace
            .broken
            .iter()
            .flat_map(|(_, found)| found.0.iter().cloned()),
    );
    for series in workspace.apps.iter().flat_map(|app| &app.series) {
        problems.extend(series.problems.iter().map(|malformed| malformed.0.clone()));
        let migrations = series.migrations.iter();
        problems.extend(
            migrations
                .flat_map(|m| &m.problems)
                .map(|malformed| malformed.0.clone()),
        );
    }
    reporter.apps(&workspace.apps, &problems);
    match workspace.broken.first() {
        Some((_, problems)) => problems.exit_code(),
        None => 0,
    }
}
