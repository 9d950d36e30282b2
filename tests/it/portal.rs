//! The public portal over real HTTP: what a reader, a feed reader, a cache and an attacker would notice.

mod browser;
mod ended;
mod feeds;
mod pages;
mod verify;
mod wire;
