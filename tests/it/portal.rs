//! The public portal over real HTTP: what a reader, a feed reader, a cache and an attacker would notice.

mod akin;
mod answer;
mod beside;
mod browser;
mod corrected;
mod ended;
mod english;
mod feeds;
mod hushed;
mod lifted;
mod named;
mod pages;
mod poster;
mod sayings;
mod taken_back;
mod verify;
mod wire;
