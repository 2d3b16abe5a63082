//! Which part of a list a page is, as the faults have it.

use super::answer::ApiRequest;
use super::fault::CloudFault;
use super::{Cloud, lock};

/// The part of a list of `all` entries that a page of `limit` is, which was to begin at `from`, and the total that goes
/// with it.
pub(super) fn part(
    cloud: &Cloud,
    ask: &ApiRequest,
    all: usize,
    from: usize,
    limit: usize,
) -> (std::ops::Range<usize>, usize) {
    let from = from.min(all);
    let fault = lock(&cloud.fault_rules).pages(&ask.path).filter(|_| from > 0);
    let first = match fault {
        Some(CloudFault::PagesRepeat) => 0,
        Some(CloudFault::PagesOverlap) => from.saturating_sub(limit / 2),
        Some(CloudFault::PagesBack) => from.saturating_sub(limit),
        Some(CloudFault::PagesEmpty) => all,
        _ => from,
    };
    let total = if fault == Some(CloudFault::TotalShrinks) { all - from } else { all };
    (first..first.saturating_add(limit).min(all), total)
}
