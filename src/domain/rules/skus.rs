//! What is wrong with the tenant's products.

use crate::domain::facts::Tenant;
use crate::domain::finding::Found;
use crate::domain::kind::Kind;

/// Findings about products.
pub fn skus<T: Tenant>(tenant: &T, emit: &mut impl FnMut(Found)) {
    for sku in tenant.skus().iter().filter(|s| s.consumed > s.usable()) {
        let kind = Kind::SkuOverused;
        emit(Found { kind, severity: kind.severity(), user: None, group: None, sku: Some(sku.id) });
    }
}
