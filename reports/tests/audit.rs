//! The page of an audit: what it says, and that nothing in it can run.

use std::collections::BTreeMap;

use bench::MethodCard;
use bench::audit::{
    AUDIT_FORMAT, AuditReport, AuditVerdict, AuditedRepo, ControlGeometry, Cosines, Curve, CurvePoint, Effect,
    Functional, Geometry, GeometryVerdict, Kept, OwnRank, PairGeometry, Provenance, Ranks, Residual, Setting,
    SettingMean, Space, StratumReport, TemporalContrast, WrongShare,
};

const HOSTILE: &str = "<script>alert(1)</script>\u{202e}\u{1b}[31m";

fn effect(mean: f64) -> Effect {
    let bounds = Some([mean - 0.01, mean + 0.01]);
    Effect { tasks: 40, repos: 2, mean: Some(mean), cluster: bounds, by_task: bounds, p: Some(0.5), p_holm: None }
}

fn repos() -> [bench::RepoId; 2] {
    ["a/one", "b/two"].map(|name| name.parse().expect("a repository"))
}

fn geometry() -> Geometry {
    let cosines = Cosines { pairs: 1, mean: 0.74, min: 0.3, max: 0.95, above_0_999: 0.0 };
    Geometry {
        verdict: Some(GeometryVerdict::Weak),
        repos: repos().to_vec(),
        averaged: 32,
        space: Space::Factor,
        contexts: Some(cosines),
        factor_a: Some(cosines),
        factor_b: None,
        delta: Some(Cosines { mean: 0.96, ..cosines }),
        residual_factor: Some(0.2),
        residual_delta: Some(0.3),
        effective_rank: Some(1.0),
        norm_share: Some(0.9),
        sensitivity: Some(0.15),
        kept_of_mean: None,
        pairs: vec![PairGeometry { repos: [0, 1], context: Some(0.74), delta: Some(0.96) }],
    }
}

fn stratum(id: &str) -> StratumReport {
    let points = [0.5, 1.0, 2.0, 4.0, 8.0].map(|lambda| CurvePoint { lambda, effect: effect(-0.05 * lambda) }).to_vec();
    StratumReport {
        id: id.to_owned(),
        title: HOSTILE.to_owned(),
        tasks: 40,
        share: 1.0,
        gain: effect(1.0),
        own_average: effect(-0.2),
        own_others: effect(-0.3),
        em_own_average: effect(0.1),
        em_own_others: Effect::default(),
        nll: [Some(1.4), Some(0.4), Some(0.2)],
        em: [None; 3],
        curves: vec![
            Curve { space: Space::Factor, residual: Residual::Own, points: points.clone() },
            Curve { space: Space::Factor, residual: Residual::Next, points },
        ],
    }
}

fn report() -> AuditReport {
    let rank = |repo: bench::RepoId| OwnRank { repo, tasks: 20, by_task: 1.2, whole: 1.0, own: 0.2, others: 0.5 };
    let mean = |setting, lambda| SettingMean {
        setting,
        lambda,
        tasks: 40,
        nll: 0.4,
        nll_with_eos: 0.5,
        first_rank: 2.0,
        em: Some(0.25),
    };
    let functional = Functional {
        tasks: 40,
        repos: 2,
        average_of_others: false,
        means: vec![mean(Setting::Base, None), mean(Setting::FactorOwn, Some(0.5))],
        gain: effect(1.0),
        kept: Kept { share: Some(0.83), cluster: Some([0.8, 0.9]) },
        own_average: effect(-0.2),
        own_average_with_eos: effect(-0.19),
        em_own_average: effect(0.1),
        own_others: effect(-0.3),
        em_own_others: effect(0.12),
        ranks: Some(Ranks {
            candidates: 2,
            null: 1.5,
            mean: 1.2,
            below_null: effect(-0.3),
            wins: 0.8,
            wins_null: 0.5,
            repos: repos().map(rank).to_vec(),
        }),
        saturated: 0.41,
        strata: vec![stratum("all"), stratum("short")],
        wrong: vec![WrongShare {
            space: Space::Factor,
            lambda: 4.0,
            beaten: 1.0,
            beaten_by_repo: 1.0,
            own: effect(-0.4),
            wrong: effect(0.2),
        }],
        temporal: vec![TemporalContrast { against: Setting::Initial, nll: effect(-0.1), em: effect(0.0) }],
        temporal_claim: Some(false),
        swapped: Some(effect(0.03)),
        blend_check: Some(effect(0.0)),
    };
    let audited = |repo| AuditedRepo { repo, tasks: 20, commits: 1 };
    let card = MethodCard { context: HOSTILE.to_owned(), ..MethodCard::new("static", HOSTILE, "tiny") };
    AuditReport {
        format: AUDIT_FORMAT,
        method: "static".to_owned(),
        title: HOSTILE.to_owned(),
        verdict: AuditVerdict::Conditioned,
        geometry: Some(geometry()),
        controls: vec![ControlGeometry { name: "untrained head".to_owned(), geometry: geometry() }],
        functional,
        provenance: Some(Provenance { places: 2, largest_difference: 0.0 }),
        audited: repos().map(audited).to_vec(),
        without_adapter: Vec::new(),
        averaged: Vec::new(),
        left_out: 1,
        release: "0123456789abcdef".to_owned(),
        strata: "fedc".to_owned(),
        settings: BTreeMap::from([("splits".to_owned(), HOSTILE.to_owned())]),
        card,
    }
}

fn page(report: &AuditReport, controls: &[AuditReport]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = reports::audit::write(report, controls, folder.path()).expect("written");
    assert_eq!(path.file_name().expect("named"), reports::audit::PAGE);
    std::fs::read_to_string(path).expect("read")
}

#[test]
fn the_page_says_what_the_report_says() {
    let control = AuditReport { verdict: AuditVerdict::NotConditioned, geometry: None, ..report() };
    let page = page(&report(), &[control]);
    for text in [
        "<b>conditioned</b>",
        "<b>weak</b>",
        "does not hold",
        "not conditioned",
        "untrained head",
        "id=\"scatter\"",
        "id=\"ranks\"",
        "id=\"curve-factor-all\"",
        "83.0 [80.0, 90.0] %",
        "-0.2000",
        "[-0.2100, -0.1900]",
        "Vector of another kind - own",
        "state before any commit",
        "Tasks left out",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("curve-factor-short"), "only some strata are drawn");
}

#[test]
fn foreign_text_is_shown_and_never_run() {
    let page = page(&report(), &[]);
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}'));
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn reports_are_read_back() {
    let text = serde_json::to_string(&report()).expect("JSON");
    assert!(text.starts_with("{\"format\":1,\"method\":\"static\",\"title\":"));
    assert_eq!(serde_json::from_str::<AuditReport>(&text).expect("read"), report());
    assert!(serde_json::from_str::<AuditReport>(&text.replace("\"left_out\"", "\"left\"")).is_err());
}

/// The board reads what an audit writes.
#[test]
fn a_board_reads_the_report() {
    let folder = tempfile::tempdir().expect("a folder");
    for (verdict, words) in [
        (AuditVerdict::Conditioned, "conditioned"),
        (AuditVerdict::NotConditioned, "not conditioned"),
        (AuditVerdict::GenericMagnitude, "generic magnitude"),
        (AuditVerdict::Inconclusive, "inconclusive"),
    ] {
        let report = AuditReport { verdict, ..report() };
        bench::file::write_json(&folder.path().join(reports::board::AUDIT), &report).expect("written");
        let read = reports::board::read_audit(folder.path()).expect("an audit").expect("one");
        assert_eq!((read.verdict.as_str(), read.geometry.as_deref()), (words, Some("weak")));
        assert_eq!(read.is_doubtful(), verdict != AuditVerdict::Conditioned);
    }
}
