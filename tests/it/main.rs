//! Everything that is tested through the public face of the library, in one binary.

mod api;
mod channels;
mod cli_client;
mod cli_local;
mod cli_words;
mod contact_lists;
mod contacts;
mod drills;
mod flow;
mod layers;
mod live;
mod plans;
mod portal;
mod process;
mod render;
mod store;
mod support;
