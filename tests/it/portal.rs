//! The public portal over real HTTP: what a reader, a feed reader, a cache and an attacker would notice.

mod akin;
mod browser;
mod ended;
mod english;
mod feeds;
mod pages;
mod taken_back;
mod verify;
mod wire;
