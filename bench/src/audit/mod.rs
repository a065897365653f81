//! The audit of conditioning (section 13 of the methods' rules): what was measured of each task, and what follows.
//!
//! [`AuditRow`] is the table that scoring writes; every statistic is a function of its rows. [`AuditReport`] is the file
//! `audit.json` that holds them all.

mod effect;
mod functional;
mod geometry;
mod report;
mod row;
mod setting;

pub use effect::Effect;
pub use functional::{
    Curve, CurvePoint, Functional, Kept, OwnRank, Ranks, SettingMean, StratumReport, TemporalContrast, WrongShare,
};
pub use geometry::{Cosines, Geometry, GeometryVerdict, PairGeometry};
pub use report::{AUDIT_FORMAT, AuditReport, AuditVerdict, AuditedRepo, ControlGeometry, Provenance};
pub use row::AuditRow;
pub use setting::{Residual, Setting, Space};
