//! Room for what a layer above works out from a value, once for everybody who shares the value.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Holds at most one thing of each type. It is no part of the value it lies in: equal whatever it holds, and never
/// written. Clones share it, so what is kept here must be checked against the value before it is used.
#[derive(Clone, Default)]
pub struct Derived(Arc<Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>>);

impl Derived {
    /// The one of type `T`, an empty one at first.
    pub fn of<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = held
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::new(T::default()));
        one.clone().downcast().unwrap_or_default()
    }
}

impl PartialEq for Derived {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl std::fmt::Debug for Derived {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Derived")
    }
}
