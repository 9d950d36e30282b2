//! Everything that is tested through the public face of the library, in one binary.

mod channels;
mod layers;
mod portal;
mod store;
mod support;
